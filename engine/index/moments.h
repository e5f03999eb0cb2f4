// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/index/search.h"
#include "engine/index/snapshot.h"

namespace diagonal {

/// What of a video's frames becomes one moment.
struct MomentRule {
    double slack = 0.5;  ///< how far below the line the frames may fall that a moment goes on with, σ
    int32_t gap = 1500;  ///< ms below the line that a moment bridges
};

/// The moments of one video, in order of time: runs of frames with one at or above the line at least. points: frames
/// and parts of frames in any order; of each time the best one counts.
std::vector<Moment> momentsOf(std::span<const Searcher::CurvePoint> points, double line, const MomentRule& rule = {});

/// Cues that have all words of a query in them, whatever their case: whole or with an ending ("dog": "dogs"); Chinese,
/// Japanese and Korean ones anywhere. Words like "the" do not count. Indices, in order.
std::vector<size_t> findCues(std::span<const LibraryCue> cues, std::string_view query);

}  // namespace diagonal
