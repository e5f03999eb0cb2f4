// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/inference/zero_shot.h"

namespace diagonal {

/// Dot products of one image with every label; both sides of unit length. Quick enough for ten thousand images between
/// two key strokes.
std::vector<float> labelCosines(std::span<const float> image, const Embeddings& labels);

/// Of each label the highest among its synonyms. texts: a row for each of textsOf(labels).
std::vector<float> bestOfSynonyms(std::vector<float> texts, const std::vector<Label>& labels);

/// How cosines become probabilities: softmax(cosine / temperature), or sigmoid(cosine / temperature + bias). Cosine
/// keeps softmax's probabilities.
struct Scoring {
    double temperature = 0.01;
    Score score = Score::Softmax;
    double bias = 0;

    Scoring() = default;
    Scoring(double temperature, Score score = Score::Softmax, double bias = 0)
        : temperature(temperature), score(score), bias(bias) {}
    bool operator==(const Scoring&) const = default;
};

/// The labels, best first.
std::vector<LabelScore> rankLabels(std::span<const float> cosines, const Scoring& scoring);

/// What a tile says of an image.
struct TopLabel {
    int best = -1;
    int second = -1;  ///< -1: there is but one label
    double probability = 0, secondProbability = 0;
    float cosine = 0;
    bool sure = false;
};

/// The two best of rankLabels without ranking the rest.
TopLabel topLabel(std::span<const float> cosines, const Scoring& scoring);

/// Whether a picture is given its best label (isAssigned of the engine).
bool isAssigned(const TopLabel& top, const std::vector<Label>& labels, Score score);

}  // namespace diagonal
