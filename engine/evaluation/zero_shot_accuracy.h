// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

namespace diagonal {

/// Index of the most similar label for each image, the first of equal ones, -1 where no similarity is finite. images:
/// [n, d], labels: [k, d], unit length. Memory for 1,024 x 8,192 similarities, whatever n and k.
std::vector<int> bestLabels(const torch::Tensor& images, const torch::Tensor& labels);

/// Share of equal entries, 0..1, among those with truth >= 0; -1 when there are none.
double accuracy(const std::vector<int>& predicted, const std::vector<int>& truth);

}  // namespace diagonal
