// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <mutex>

namespace diagonal {

enum class Padding {
    Half,  ///< kernel / 2 on each side
    None,
    Same,  ///< TensorFlow's: ceil(side / stride) outputs; an odd number of zeros has one more behind than in front
};

/// A convolution with a square kernel: [n, in, rows, columns] -> [n, out, …].
struct ConvShape {
    int64_t in = 1, out = 1, kernel = 1, stride = 1, groups = 1;
    Padding padding = Padding::Half;

    /// Zeros on each side; Same: what `padded` leaves.
    int64_t border() const { return padding == Padding::Half ? kernel / 2 : 0; }
};

/// x with the zeros around it that the convolution itself does not add.
torch::Tensor padded(const torch::Tensor& x, const ConvShape& shape);

/// What follows a convolution.
enum class Then { Nothing, Relu, Relu6, Gelu };

/// x is overwritten where no gradient needs it.
torch::Tensor activated(torch::Tensor x, Then then);

/// A convolution with all that is linear after it: weight [out, in / groups, kernel, kernel], bias [out].
struct FoldedConvolution {
    torch::Tensor weight, bias;
};

/// A convolution, a sum and an activation in one kernel of oneDNN, on the CPU, without gradients.
class PackedConvolution {
  public:
    /// `fold` is called at the first use.
    PackedConvolution(const ConvShape& shape, Then then, std::function<FoldedConvolution()> fold)
        : m_shape(shape), m_then(then), m_fold(std::move(fold)) {}

    torch::Tensor operator()(const torch::Tensor& x) const;
    /// activation(convolution(x) + shortcut), written into `shortcut`: a new tensor of that size costs more time than
    /// the sum.
    torch::Tensor operator()(const torch::Tensor& x, const torch::Tensor& shortcut) const;

  private:
    void pack() const;

    ConvShape m_shape;
    Then m_then;
    mutable std::function<FoldedConvolution()> m_fold;
    mutable std::once_flag m_once;
    mutable torch::Tensor m_weight, m_bias;
};

}  // namespace diagonal
