// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

#include "engine/evaluation/answers.h"

namespace diagonal {

/// scale * features . weights + bias: what a row of scores is made of.
struct Classifier {
    torch::Tensor weights;    ///< [c, d]
    torch::Tensor bias = {};  ///< [c], or none
    double scale = 1;         ///< 1 / temperature
};

/// Scores [n, c] of some rows.
torch::Tensor scoresOf(const torch::Tensor& features, const Classifier& classifier);

/// Answers to rows whose truths are 0 to c - 1; probabilities are the softmax of the scores. features: [n, d] float32
/// on the CPU. A row with a score that is no number has no answer where none is finite; else those that are finite
/// count. Memory for 1,024 rows of scores.
Answers classify(const torch::Tensor& features, const std::vector<int>& truth, const Classifier& classifier);

/// Whether each answer is right, 1 or 0: the first of equal scores is the answer.
std::vector<uint8_t> rightAnswers(const torch::Tensor& features, const std::vector<int>& truth,
                                  const Classifier& classifier);

/// The share of right answers, 0..1.
double accuracyOf(const torch::Tensor& features, const std::vector<int>& truth, const Classifier& classifier);

/// Majority of the k nearest rows of `known` by cosine, each counting once; of equal votes the lowest class, as
/// scikit-learn's KNeighborsClassifier decides. Probabilities are shares of the votes. Rows that are not finite are no
/// neighbours and have no answer. Both [., d] of unit length. Memory for 512 x 8,192 similarities.
Answers nearestNeighbours(const torch::Tensor& features, const std::vector<int>& truth, const torch::Tensor& known,
                          const std::vector<int>& knownLabels, int classes, int k);

}  // namespace diagonal
