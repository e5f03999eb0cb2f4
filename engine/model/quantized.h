// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>

namespace diagonal {

/// A linear layer's weight as signed 8-bit integers with a scale for each output, packed for LibTorch's kernels
/// (FBGEMM or oneDNN). Inputs are quantized to 8 bits batch by batch; the result is float32.
class Int8Weight {
  public:
    /// weight [out, in], bias [out]: float32 on the CPU. Throws Error where LibTorch has no such kernels for this
    /// processor.
    Int8Weight(const torch::Tensor& weight, const torch::Tensor& bias);
    ~Int8Weight();

    /// x [..., in] -> [..., out]
    torch::Tensor operator()(const torch::Tensor& x) const;

  private:
    struct Packed;
    std::unique_ptr<Packed> m_packed;
};

/// A layer whose linear maps can be computed in 8 bits. Its own weights stay: gradients are taken through them.
class Quantizable {
  public:
    virtual ~Quantizable() = default;
    virtual void quantize() = 0;
};

/// torch.nn.functional.linear; with `int8` where no gradient is asked for.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                     const std::shared_ptr<Int8Weight>& int8);

/// All Quantizable layers of a model.
void quantize(torch::nn::Module& model);

}  // namespace diagonal
