// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <string_view>

namespace diagonal {

/// A linear layer's weight and bias in the layout that a kernel of this processor reads, for inference.
class PackedWeight {
  public:
    virtual ~PackedWeight() = default;
    /// x float32 [..., in] -> float32 [..., out]
    virtual torch::Tensor operator()(const torch::Tensor& x) const = 0;
};

/// weight [out, in], bias [out]: float32 on the CPU.
using Pack = std::shared_ptr<PackedWeight> (*)(const torch::Tensor& weight, const torch::Tensor& bias);

/// float32 in the blocks of oneDNN, which plain products make anew at each call. They are made when the weight is used a
/// second time: a single use is not worth the time and memory. Null where LibTorch has no oneDNN.
std::shared_ptr<PackedWeight> packFloat(const torch::Tensor& weight, const torch::Tensor& bias);

/// Signed 8-bit integers with a scale for each output (FBGEMM or oneDNN). Inputs are quantized to 8 bits batch by
/// batch. Throws Error where LibTorch has no such kernels for this processor.
std::shared_ptr<PackedWeight> packInt8(const torch::Tensor& weight, const torch::Tensor& bias);

/// A layer with linear maps. Its own weights stay: gradients are taken through them.
class Packable {
  public:
    virtual ~Packable() = default;
    virtual void pack(Pack how) = 0;
};

/// torch.nn.functional.linear; through `packed`, if any, where no gradient is asked for.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                     const std::shared_ptr<PackedWeight>& packed);

/// Packs all linear maps of a model on the CPU for "fp32" or "int8", and none for other precisions. Its weights must not
/// change from then on.
void packWeights(torch::nn::Module& model, std::string_view precision);

}  // namespace diagonal
