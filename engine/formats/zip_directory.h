// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace diagonal {

/// One file in a zip archive; its bytes lie inside the archive and belong to no other member.
struct ZipMember {
    std::string_view name;  ///< in the archive's bytes
    uint64_t offset = 0;    ///< in bytes from the begin of the archive to the content
    uint64_t size = 0;      ///< in bytes, as it lies in the archive
    uint32_t crc = 0;       ///< CRC-32 of the content
    bool compressed = false;
};

/// The directory of a zip archive of one part, with zip64 (PKWARE APPNOTE 6.3). Nothing is unpacked. Refused: encrypted
/// members, names that leave the archive, members that overlap or stand twice, local headers that differ from the
/// directory.
class ZipDirectory {
  public:
    /// `archive` must outlive the directory. Throws Error.
    ZipDirectory(std::span<const uint8_t> archive, const std::string& file);

    const std::vector<ZipMember>& members() const { return m_members; }  ///< in the order of their bytes
    const ZipMember* find(std::string_view name) const;

  private:
    std::vector<ZipMember> m_members;
    std::unordered_map<std::string_view, size_t> m_byName;
};

}  // namespace diagonal
