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
    /// x [..., in] -> [..., out], of the plain weight's type.
    virtual torch::Tensor operator()(const torch::Tensor& x) const = 0;
};

/// weight [out, in], bias [out] or undefined, on the CPU.
using Pack = std::shared_ptr<PackedWeight> (*)(const torch::Tensor& weight, const torch::Tensor& bias);

/// The numbers as they are (float32, or bfloat16 where isBf16Packed), in the blocks of oneDNN, which plain products
/// make anew at each call. They are made when the weight is used a second time: a single use is not worth the time and
/// memory. Null where LibTorch has no oneDNN.
std::shared_ptr<PackedWeight> packBlocks(const torch::Tensor& weight, const torch::Tensor& bias);

/// Whether oneDNN multiplies bfloat16 on this processor.
bool isBf16Packed();

/// Of float32: signed 8-bit integers with a scale for each output (FBGEMM or oneDNN). Inputs are quantized to 8 bits
/// batch by batch. Throws Error where LibTorch has no such kernels for this processor.
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

/// Packs all linear maps of a model on the CPU for "fp32", "int8" or, where isBf16Packed, "bf16"; none for other
/// precisions. Its weights must not change from then on.
void packWeights(torch::nn::Module& model, std::string_view precision);

}  // namespace diagonal
