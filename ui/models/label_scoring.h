// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/inference/zero_shot.h"

namespace diagonal {

/// Dot products of one image with every label; both sides of unit length. Quick enough for ten thousand images between
/// two key strokes.
std::vector<float> labelCosines(std::span<const float> image, const Embeddings& labels);

/// The labels, best first, with softmax(cosine / temperature).
std::vector<LabelScore> rankLabels(std::span<const float> cosines, double temperature);

/// What a tile says of an image.
struct TopLabel {
    int best = -1;
    int second = -1;  ///< -1: there is but one label
    double probability = 0, secondProbability = 0;
    float cosine = 0;
    bool sure = false;
};

/// The two best of rankLabels without ranking the rest.
TopLabel topLabel(std::span<const float> cosines, double temperature);

}  // namespace diagonal
