// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/job.h"
#include "engine/index/snapshot.h"

namespace diagonal {

struct NearestText {
    int64_t text = 0;  ///< index
    float cosine = 0;
};

/// The texts nearest to a picture, best first. picture: [dim], texts: [n, dim], unit length; what is no number is left
/// out.
std::vector<NearestText> nearestTexts(std::span<const float> picture, std::span<const float> texts, int64_t top);

struct Match {
    int64_t text = 0;  ///< index
    int64_t row = 0;   ///< of the library
    float cosine = 0;
};

/// Pictures for texts, `each` a text, each picture (or video) given once in all: the best pair first, then the best of
/// those left. Of a text its best first, the texts in order. texts: [n, dim], unit length. Throws Error for another
/// width, Cancelled. Progress in texts.
std::vector<Match> findMatches(const Snapshot& snapshot, std::span<const float> texts, int64_t each,
                               const JobContext& job = {});

}  // namespace diagonal
