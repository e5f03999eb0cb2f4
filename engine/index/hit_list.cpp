// SPDX-License-Identifier: Apache-2.0
#include "engine/index/hit_list.h"

#include <algorithm>

#include "engine/index/row_products.h"

namespace diagonal {

namespace {

constexpr size_t kMostCompared = 5000;

}  // namespace

HitList::HitList(const Snapshot& snapshot, const Query& query, const Videos& videos, const SearchOptions& options,
                 double line)
    : m_snapshot(snapshot),
      m_query(query),
      m_videos(videos),
      m_options(options),
      m_line(line),
      m_row(static_cast<size_t>(snapshot.model.dim)) {
}

void HitList::add(int64_t row, float relevance) {
    while (!m_later.empty() && (m_later.top() >= relevance || relevance < m_line)) {
        m_later.pop();
        ++m_before;
    }
    const int32_t file = m_snapshot.rows[static_cast<size_t>(row)].file;
    readRows(m_snapshot, row, 1, m_row.data());
    if (m_snapshot.files[static_cast<size_t>(file)].kind == MediaKind::Video)
        addVideo(row, file);
    else
        addPicture(row, file, relevance >= m_line);
}

void HitList::addPicture(int64_t row, int32_t file, bool isAbove) {
    const bool isCompared = m_options.foldAlike && m_pictures.size() < kMostCompared;
    if (isCompared) {
        const size_t dim = m_row.size();
        for (size_t i = 0; i < m_pictures.size(); ++i)
            if (dotProduct(m_row.data(), m_pictureRows.data() + i * dim, dim) >= m_options.alikeCosine) {
                m_hits[m_pictures[i]].alike.push_back(row);
                return;
            }
    }
    if (isFull()) return;
    if (isCompared) {
        m_pictures.push_back(m_hits.size());
        m_pictureRows.insert(m_pictureRows.end(), m_row.begin(), m_row.end());
    }
    ++m_before;
    addHit(row, file, isAbove, {});
}

void HitList::addVideo(int64_t row, int32_t file) {
    if (isFull() || !m_seen.insert(file).second) return;
    const auto known = m_videos.find(file);
    if (known != m_videos.end()) {
        addMoments(row, file, true, known->second.moments);
        return;
    }
    const LibraryRow& frame = m_snapshot.rows[static_cast<size_t>(row)];
    addMoments(row, file, false, {{frame.start, frame.stop, frame.time, row, 0, 0, {}}});
}

void HitList::addFound(int32_t file) {
    if (!m_seen.insert(file).second) return;
    const auto& moments = m_videos.at(file).moments;
    addMoments(moments.front().row, file, true, moments);
}

void HitList::addMoments(int64_t row, int32_t file, bool isAbove, std::vector<Moment> moments) {
    for (Moment& moment : moments) {
        readRows(m_snapshot, moment.row, 1, m_row.data());
        moment.cosine = m_query.cosine(m_row.data());
        moment.relevance = m_query.relevance(m_row.data());
        if (m_options.foldVideos) continue;
        m_later.push(moment.relevance);
        addHit(moment.row, file, isAbove, {moment});
    }
    if (!m_options.foldVideos) return;
    ++m_before;
    readRows(m_snapshot, row, 1, m_row.data());
    addHit(row, file, isAbove, std::move(moments));
}

void HitList::addHit(int64_t row, int32_t file, bool isAbove, std::vector<Moment> moments) {
    SearchHit& hit = m_hits.emplace_back();
    hit.row = row;
    hit.file = file;
    hit.isAbove = isAbove;
    hit.moments = std::move(moments);
    m_query.explain(m_row.data(), hit);
}

std::vector<SearchHit> HitList::take() {
    std::ranges::stable_sort(m_hits, [](const SearchHit& a, const SearchHit& b) {
        return a.isAbove != b.isAbove ? a.isAbove : a.relevance > b.relevance;
    });
    if (static_cast<int64_t>(m_hits.size()) > m_options.top) m_hits.resize(static_cast<size_t>(m_options.top));
    return std::move(m_hits);
}

}  // namespace diagonal
