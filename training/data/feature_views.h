// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace diagonal {

constexpr int kPicturesForFeatures = 32;  ///< that pass an image tower together

/// What an image tower that does not learn makes of views of each picture: float16 [images, views, width], in place of
/// pixels. The first view is the whole picture, the others are augmented. Filled by one thread; then any may read.
class FeatureViews {
  public:
    FeatureViews(size_t images, size_t views, size_t width)
        : m_views(views), m_width(width), m_rows(images * views * width), m_ids(images), m_known(images * views) {}

    size_t views() const { return m_views; }
    size_t width() const { return m_width; }
    size_t bytes() const { return m_rows.size() * sizeof(uint16_t); }

    /// imageId: see Batch.
    void set(size_t image, size_t view, const uint16_t* row, int64_t imageId) {
        const size_t place = image * m_views + view;
        std::copy_n(row, m_width, m_rows.begin() + static_cast<std::ptrdiff_t>(place * m_width));
        m_known[place] = 1;
        m_ids[image] = imageId;
    }
    /// Whether the picture could be read.
    bool has(size_t image, size_t view) const { return m_known[image * m_views + view] != 0; }
    std::span<const uint16_t> row(size_t image, size_t view) const {
        return {m_rows.data() + (image * m_views + view) * m_width, m_width};
    }
    int64_t imageId(size_t image) const { return m_ids[image]; }

  private:
    size_t m_views, m_width;
    std::vector<uint16_t> m_rows;
    std::vector<int64_t> m_ids;
    std::vector<uint8_t> m_known;
};

}  // namespace diagonal
