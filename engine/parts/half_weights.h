// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace diagonal {

// Weights that are stored in bf16 and used with wider activations. Outside of autocast, which narrows activations
// itself, they are widened where they are used; the graph keeps them narrow, and their gradients are fp32.

/// The weight in x's type; itself where nothing is to be done.
torch::Tensor widened(const torch::Tensor& weight, const torch::Tensor& x);

/// The weight in that type, under autocast too.
torch::Tensor widenedTo(torch::ScalarType type, const torch::Tensor& weight);

/// torch.nn.functional.linear. weight: [out, in]
torch::Tensor linearOfHalf(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

/// torch.nn.functional.embedding: rows of table [rows, width], in the type that is asked for. A row's gradient is
/// summed in that type: the start token alone stands in every text.
torch::Tensor embeddingRows(const torch::Tensor& table, const torch::Tensor& ids, torch::ScalarType type);

}  // namespace diagonal
