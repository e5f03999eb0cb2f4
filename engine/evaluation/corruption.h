// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/image.h"

namespace diagonal {

/// What pictures suffer, with the strengths of ImageNet-C (Hendrycks & Dietterich, 2019).
enum class Corruption { GaussianNoise, GaussianBlur, Contrast, Jpeg };

inline constexpr int kMostSevere = 5;

const std::vector<Corruption>& corruptions();
/// ImageNet-C's: "gaussian_noise", "gaussian_blur", "contrast", "jpeg_compression".
std::string nameOf(Corruption corruption);

/// The picture, made worse. severity: 1 to 5. seed: of the noise. Applied to what the model sees, at its size.
Image corrupted(const Image& image, Corruption corruption, int severity, uint64_t seed);

}  // namespace diagonal
