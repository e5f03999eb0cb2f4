// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

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
    explicit PictureCache(uint64_t limit) : m_limit(limit) {}

    /// Null when it is not kept.
    std::shared_ptr<const Picture> find(size_t index) const {
        const std::lock_guard lock(m_mutex);
        const auto found = m_pictures.find(index);
        return found == m_pictures.end() ? nullptr : found->second;
    }

    void keep(size_t index, const std::shared_ptr<const Picture>& picture) {
        const std::lock_guard lock(m_mutex);
        const uint64_t bytes = picture->image.rgb.size();
        if (m_bytes + bytes > m_limit) return;
        if (m_pictures.try_emplace(index, picture).second) m_bytes += bytes;
    }

  private:
    mutable std::mutex m_mutex;
    std::unordered_map<size_t, std::shared_ptr<const Picture>> m_pictures;
    uint64_t m_limit;
    uint64_t m_bytes = 0;
};

}  // namespace diagonal
