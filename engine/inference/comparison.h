// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "engine/inference/zero_shot.h"

namespace diagonal {

/// In place of a label: none is given.
constexpr size_t kNoLabel = std::numeric_limits<size_t>::max();

/// How far two rankings of one picture lie apart.
struct PictureComparison {
    size_t picture = 0;    ///< the caller's number of it
    LabelScore left = {};  ///< the best of each side; its label is kNoLabel where that is not given
    LabelScore right = {};
    double distance = 0;     ///< as rankingDistance: 0 equal, 1 nothing in common
    bool isAtLeast = false;  ///< a ranking is cut off: the true distance may be greater

    bool agrees() const { return left.label == right.label; }
};

/// Total variation distance of two probability distributions over labels, half the sum of |p - q|: 0 for equal ones, 1
/// for those that share no label. A ranking may be cut off (the first five, say): what is said of a label that a side
/// does not list is at most its last probability, and at most what is left to 1; the distance is then the least that
/// is possible. Probabilities that add up to more than 1 (of sigmoids) are divided by their sum. Labels stand once.
double rankingDistance(std::span<const LabelScore> left, std::span<const LabelScore> right);

/// Two rankings, best first and not empty, whose labels have the same numbers; and whether the best label is given.
PictureComparison compareRankings(size_t picture, std::span<const LabelScore> left, std::span<const LabelScore> right,
                                  bool isLeftGiven = true, bool isRightGiven = true);

/// The order to look at: disagreements first, the farthest apart first; then agreements likewise; then by number.
bool comesBefore(const PictureComparison& a, const PictureComparison& b);

/// How many pictures have this label on the left and that on the right.
struct LabelPairCount {
    size_t left = 0, right = 0;
    size_t pictures = 0;
};

struct ComparisonTotals {
    size_t pictures = 0, agreeing = 0;
    double meanDistance = 0;
    std::vector<LabelPairCount> pairs;  ///< most pictures first, equal ones by label

    double agreement() const;  ///< share, 0..1; 0 without pictures
};

ComparisonTotals totalsOf(std::span<const PictureComparison> comparisons);

}  // namespace diagonal
