// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/file.h"

namespace diagonal {

/// Writes a zip archive of stored members, the content of each at a multiple of 64 bytes; zip64 where sizes need it.
class ZipWriter {
  public:
    explicit ZipWriter(AtomicFile& file) : m_file(file) {}

    void add(const std::string& name, std::span<const uint8_t> content);
    void add(const std::string& name, std::string_view content);
    /// Writes the directory; nothing may follow.
    void finish();

  private:
    struct Member {
        std::string name;
        uint64_t offset = 0, size = 0;
        uint32_t crc = 0;
    };
    void write(const std::string& bytes);

    AtomicFile& m_file;
    uint64_t m_position = 0;
    std::vector<Member> m_members;
};

}  // namespace diagonal
