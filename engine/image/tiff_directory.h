// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/formats.h"

// Directories of a TIFF structure (a TIFF, EXIF, raw pictures of cameras), with nothing believed. Used inside
// engine/image only.
namespace diagonal::formats {

class TiffDirectories {
  public:
    struct Entry {
        uint32_t tag = 0, type = 0, count = 0;
        size_t at = 0;  ///< where its value lies; within the bytes as far as valueSize() says
    };
    struct Directory {
        std::vector<Entry> entries;
        size_t next = 0;  ///< where the one behind it lies; 0: there is none
    };

    explicit TiffDirectories(Bytes bytes) : m_bytes(bytes) {
        m_isBig = bytes.size() >= 8 && bytes[0] == 'M' && bytes[1] == 'M';
        m_isOne = m_isBig || (bytes.size() >= 8 && bytes[0] == 'I' && bytes[1] == 'I');
    }

    bool isOne() const { return m_isOne; }
    size_t first() const { return m_isOne ? u32(4) : 0; }

    uint32_t u16(size_t at) const { return m_isBig ? big16(m_bytes, at) : little16(m_bytes, at); }
    uint32_t u32(size_t at) const { return m_isBig ? big32(m_bytes, at) : little32(m_bytes, at); }

    /// Without the entries whose values would lie outside. Empty for a place where none can be.
    Directory read(size_t at) const {
        Directory directory;
        if (at < 8 || at > m_bytes.size() || m_bytes.size() - at < 2) return directory;
        const size_t count = std::min<size_t>(u16(at), (m_bytes.size() - at - 2) / 12);
        for (size_t i = 0; i < count; ++i) {
            const size_t place = at + 2 + i * 12;
            Entry entry{u16(place), u16(place + 2), u32(place + 4), place + 8};
            const uint64_t size = uint64_t{entry.count} * sizeOf(entry.type);
            if (size > 4) entry.at = u32(place + 8);
            if (size == 0 || size > m_bytes.size() || entry.at > m_bytes.size() - size) continue;
            directory.entries.push_back(entry);
        }
        const size_t end = at + 2 + count * 12;
        if (m_bytes.size() - end >= 4) directory.next = u32(end);
        return directory;
    }

    static std::optional<Entry> find(const Directory& directory, uint32_t tag) {
        const auto found = std::ranges::find(directory.entries, tag, &Entry::tag);
        return found == directory.entries.end() ? std::nullopt : std::optional(*found);
    }
    /// A number of 16 or 32 bits.
    std::optional<uint32_t> number(const Directory& directory, uint32_t tag, uint32_t index = 0) const {
        const auto entry = find(directory, tag);
        if (!entry || index >= entry->count) return std::nullopt;
        if (entry->type == 3) return u16(entry->at + size_t{2} * index);
        if (entry->type == 4 || entry->type == 13) return u32(entry->at + size_t{4} * index);
        return std::nullopt;
    }
    /// ASCII up to its first 0, without blanks at the ends; at most 64 characters.
    std::string text(const Directory& directory, uint32_t tag) const {
        const auto entry = find(directory, tag);
        if (!entry || entry->type != 2) return {};
        std::string text;
        for (size_t i = 0; i < std::min<size_t>(entry->count, 64) && m_bytes[entry->at + i] != 0; ++i)
            text += static_cast<char>(m_bytes[entry->at + i]);
        text.erase(text.find_last_not_of(' ') + 1);
        return text.erase(0, text.find_first_not_of(' '));
    }

  private:
    static uint32_t sizeOf(uint32_t type) {
        constexpr uint8_t kSizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
        return type < std::size(kSizes) ? kSizes[type] : 0;
    }

    Bytes m_bytes;
    bool m_isBig = false, m_isOne = false;
};

}  // namespace diagonal::formats
