// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/image/image.h"

namespace diagonal {

/// What augmentation starts from.
struct Picture {
    Image image;
    int64_t id = 0;  ///< a hash of the pixels
};

/// Decoded pictures by index, kept while they fit a limit of bytes. Any thread may call it.
class PictureCache {
  public:
    PictureCache(size_t pictures, uint64_t limit) : m_pictures(pictures), m_limit(limit) {}

    /// Null when it is not kept.
    std::shared_ptr<const Picture> find(size_t index) const {
        const std::lock_guard lock(m_mutex);
        return m_pictures.at(index);
    }

    void keep(size_t index, std::shared_ptr<const Picture> picture) {
        const std::lock_guard lock(m_mutex);
        const uint64_t bytes = picture->image.rgb.size();
        if (m_pictures.at(index) != nullptr || m_bytes + bytes > m_limit) return;
        m_bytes += bytes;
        m_pictures[index] = std::move(picture);
    }

  private:
    mutable std::mutex m_mutex;
    std::vector<std::shared_ptr<const Picture>> m_pictures;
    uint64_t m_limit;
    uint64_t m_bytes = 0;
};

}  // namespace diagonal
