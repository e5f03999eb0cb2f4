// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

namespace diagonal {

/// The temperature T whose softmax(cosines / T) makes the truth likeliest (Guo et al., 2017), within 0.0002 to 1.
/// cosines: [n, c] float; rows that are not finite are left out. Throws Error where no row is left, and where all
/// answers are right, so that no temperature is low enough.
double fitTemperature(const torch::Tensor& cosines, const std::vector<int>& truth);

}  // namespace diagonal
