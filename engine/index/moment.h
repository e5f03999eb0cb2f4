// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace diagonal {

/// What a query makes of one frame of a video: the best of the whole frame and its patches.
struct CurvePoint {
    int32_t time = 0, start = 0, stop = 0;  ///< ms, as LibraryRow has them
    float cosine = 0, relevance = 0;
    int64_t row = 0;
};

/// Consecutive frames of a video that fit a query.
struct Moment {
    int32_t start = 0, stop = 0, best = 0;  ///< ms; best: time of the best frame
    int64_t row = 0;                        ///< of the best frame
    float cosine = 0, relevance = 0;        ///< of the best frame
    std::string cue;                        ///< the line of its subtitles that has the query's words; else empty
};

}  // namespace diagonal
