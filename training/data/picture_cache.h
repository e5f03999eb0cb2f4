// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/image/image.h"

namespace diagonal {

/// Decoded pictures by index, kept while they fit a limit of bytes. Any thread may call it.
class PictureCache {
  public:
    PictureCache(size_t pictures, uint64_t limit) : m_pictures(pictures), m_limit(limit) {}

    /// Null when it is not kept.
    std::shared_ptr<const Image> find(size_t index) const {
        const std::lock_guard lock(m_mutex);
        return m_pictures.at(index);
    }

    void keep(size_t index, std::shared_ptr<const Image> image) {
        const std::lock_guard lock(m_mutex);
        if (m_pictures.at(index) != nullptr || m_bytes + image->rgb.size() > m_limit) return;
        m_bytes += image->rgb.size();
        m_pictures[index] = std::move(image);
    }

  private:
    mutable std::mutex m_mutex;
    std::vector<std::shared_ptr<const Image>> m_pictures;
    uint64_t m_limit;
    uint64_t m_bytes = 0;
};

}  // namespace diagonal
