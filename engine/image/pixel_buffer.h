// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace diagonal {

/// Where pixels lie: so many bytes, which need not be zero.
using Allocate = std::function<std::shared_ptr<uint8_t[]>(size_t)>;

/// Bytes, aligned for numbers, of a kind of memory that their maker chooses: a GPU copies pinned ones without a wait.
/// Copies share them.
class PixelBuffer {
  public:
    PixelBuffer() = default;
    explicit PixelBuffer(size_t size, const Allocate& allocate = {})
        : m_memory(allocate ? allocate(size) : std::shared_ptr<uint8_t[]>(new uint8_t[size])), m_size(size) {}

    uint8_t* data() const { return m_memory.get(); }
    size_t size() const { return m_size; }
    uint8_t* begin() const { return data(); }
    uint8_t* end() const { return data() + m_size; }
    /// Keeps the first `size` bytes, at most all.
    void shrink(size_t size) { m_size = std::min(size, m_size); }

    /// Who holds the bytes, for those that outlive the buffer.
    const std::shared_ptr<uint8_t[]>& memory() const { return m_memory; }

    bool operator==(const PixelBuffer& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

  private:
    std::shared_ptr<uint8_t[]> m_memory;
    size_t m_size = 0;
};

}  // namespace diagonal
