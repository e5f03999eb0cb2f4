// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/image/image.h"
#include "training/data/random.h"

namespace diagonal {

/// What cameras, scanners and encoders do to a drawing; all in place and equal on every machine.

/// Adds noise of -amplitude … amplitude to each value (grey: the same to the three of a pixel).
void addNoise(Image& image, int amplitude, bool grey, Random& random);

/// Kernel (1, weight, 1) / (weight + 2), both ways; weight 1 … 8, the smaller the softer.
void blur(Image& image, int weight);

/// JPEG's losses without its bytes: 8 x 8 cosine transform, quality 1 … 100, chroma at half resolution.
void jpegLosses(Image& image, int quality);

}  // namespace diagonal
