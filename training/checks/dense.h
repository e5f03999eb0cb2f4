// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include "engine/parts/config.h"
#include "training/checks/operation.h"

/// What layers compute, written out in plain arithmetic as their papers have it: what other kernels are compared with.
/// Slow, and in the type of its inputs.
namespace diagonal::dense {

/// x [..., in], weight [out, in], bias [out] -> [..., out]
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);
/// Over the last dimension (Ba et al., 2016).
torch::Tensor layerNorm(const torch::Tensor& x, const torch::Tensor& gain, const torch::Tensor& bias);
/// (Hendrycks & Gimpel, 2016)
torch::Tensor activate(const torch::Tensor& x, Activation activation);
/// query [..., queries, width], key [..., length, width], allowed bool [..., queries, length] or undefined -> what each
/// head looks at, [..., heads, queries, length] (Vaswani et al., 2017).
torch::Tensor attentionShares(const torch::Tensor& query, const torch::Tensor& key, int64_t heads,
                              const torch::Tensor& allowed = {});
/// The same with value [..., length, width] -> [..., queries, width].
torch::Tensor attention(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value, int64_t heads,
                        const torch::Tensor& allowed = {});
/// Attention [n, length, width] of x to itself. weights: in_proj's weight and bias, out_proj's, from `first` on.
torch::Tensor selfAttention(const torch::Tensor& x, const TensorList& weights, size_t first, int64_t heads,
                            bool causal);
/// A pre-norm transformer block. weights: from `first` on in the order of ResidualAttentionBlock.
torch::Tensor block(const torch::Tensor& x, const TensorList& weights, size_t first, int64_t heads, bool causal,
                    Activation activation);
inline constexpr size_t kBlockWeights = 12;

/// x [n, in, h, w], weight [out, in, k, k] -> [n, out, h, w], with zeros around x.
torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& weight);
/// Over all but the channels, dimension 1, with the given statistics [channels].
torch::Tensor batchNorm(const torch::Tensor& x, const torch::Tensor& gain, const torch::Tensor& bias,
                        const torch::Tensor& mean, const torch::Tensor& variance);
/// x [..., d] with rows of unit length.
torch::Tensor unitRows(const torch::Tensor& x);

/// What FastCLIP knows before a batch.
struct FastClipInputs {
    torch::Tensor u;  ///< [2, n]: moving estimates of the batch's samples; 0: met for the first time
    double gamma, rho;
};
/// Whose gradient is FastCLIP-v3's (arXiv 2407.01445), of features [n, d] and ln of the scale. In losses.cpp.
torch::Tensor fastClip(const FastClipInputs& inputs, const torch::Tensor& image, const torch::Tensor& text,
                       const torch::Tensor& logScale);

}  // namespace diagonal::dense
