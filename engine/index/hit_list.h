// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <queue>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/index/query.h"
#include "engine/index/search.h"

namespace diagonal {

/// Turns ranked rows into hits: near-duplicate pictures become one, frames of a video its moments.
class HitList {
  public:
    struct Video {
        std::vector<Moment> moments;  ///< above the line, or with the words in their subtitles
    };
    using Videos = std::unordered_map<int32_t, Video>;

    /// videos: those with something above the line. All stay the caller's.
    HitList(const Snapshot& snapshot, const Query& query, const Videos& videos, const SearchOptions& options,
            double line);

    /// The next best row: none comes that is better.
    void add(int64_t row, float relevance);
    /// A video that is in `videos`, where it has no hit yet, even if there are `top` hits: take() cuts.
    void addFound(int32_t file);
    /// Whether `top` hits stand before all that is to come.
    bool isFull() const { return m_before >= m_options.top; }
    /// Best first: those above the line, then the others.
    std::vector<SearchHit> take();

  private:
    void addPicture(int64_t row, int32_t file, bool isAbove);
    void addVideo(int64_t row, int32_t file);
    void addMoments(int64_t row, int32_t file, bool isAbove, std::vector<Moment> moments);
    void addHit(int64_t row, int32_t file, bool isAbove, std::vector<Moment> moments);

    const Snapshot& m_snapshot;
    const Query& m_query;
    const Videos& m_videos;
    SearchOptions m_options;
    double m_line;
    std::vector<SearchHit> m_hits;
    int64_t m_before = 0;                ///< hits that stand before the row at hand
    std::priority_queue<float> m_later;  ///< relevances of moments that stand behind it
    std::vector<size_t> m_pictures;      ///< places in m_hits that others may be like
    std::vector<float> m_pictureRows, m_row;
    std::unordered_set<int32_t> m_seen;  ///< videos
};

}  // namespace diagonal
