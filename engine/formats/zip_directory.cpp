// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/zip_directory.h"

#include <algorithm>
#include <optional>

#include "engine/base/error.h"
#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

constexpr uint64_t kMaxMembers = 65'536;
constexpr uint64_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56, kLocator64Size = 20;
constexpr uint32_t kFull = 0xFFFFFFFF;  // the true value stands in a zip64 record

/// Reads one archive; every position is checked before it is used.
class Reader {
  public:
    Reader(std::span<const uint8_t> archive, const std::string& file) : m_archive(archive), m_file(file) {}

    std::vector<ZipMember> members() {
        findDirectory();
        struct Placed {
            ZipMember member;
            uint64_t begin;  // of the local header
        };
        std::vector<Placed> placed;
        placed.reserve(m_count);
        uint64_t position = m_begin;
        for (uint64_t i = 0; i < m_count; ++i) {
            auto& [member, begin] = placed.emplace_back();
            position = readCentral(position, member, begin);
        }
        if (position != m_begin + m_size) throw damaged("its directory has another size than it says");
        std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.begin < b.begin; });
        std::vector<ZipMember> members;
        members.reserve(m_count);
        uint64_t end = 0;
        for (const auto& [member, begin] : placed) {
            if (begin < end) throw damaged("its members overlap (" + inQuotes(member.name) + ")");
            end = member.offset + member.size;
            members.push_back(member);
        }
        return members;
    }

  private:
    Error damaged(const std::string& problem) const {
        return Error(m_file, "this zip archive is damaged: " + problem, "Get the file again");
    }
    template <typename Number>
    Number at(uint64_t position) const {
        return loadNumber<Number>(m_archive.data() + position);
    }
    /// Whether `size` bytes at `position` end at or before `limit`.
    static bool fits(uint64_t position, uint64_t size, uint64_t limit) {
        return position <= limit && size <= limit - position;
    }

    /// The end record is the last thing in an archive, but for a comment of up to 64 KiB.
    uint64_t findEnd() const {
        if (m_archive.size() >= kEndSize) {
            const uint64_t last = m_archive.size() - kEndSize;
            for (uint64_t back = 0; back <= std::min<uint64_t>(last, 0xFFFF); ++back) {
                const uint64_t position = last - back;
                if (at<uint32_t>(position) == 0x06054B50 && at<uint16_t>(position + 20) == back) return position;
            }
        }
        throw Error(m_file, "this zip archive is cut: the list of its members, which stands at the end, is missing",
                    "The download or copy stopped early: get the file again");
    }

    void findDirectory() {
        const uint64_t end = findEnd();
        uint64_t limit = end;
        m_count = at<uint16_t>(end + 10);
        m_size = at<uint32_t>(end + 12);
        m_begin = at<uint32_t>(end + 16);
        if (at<uint16_t>(end + 4) != 0 || at<uint16_t>(end + 6) != 0 || at<uint16_t>(end + 8) != m_count)
            throw damaged("it claims to have several parts");
        if (end >= kLocator64Size && at<uint32_t>(end - kLocator64Size) == 0x07064B50) {
            limit = at<uint64_t>(end - kLocator64Size + 8);
            if (!fits(limit, kEnd64Size, end - kLocator64Size) || at<uint32_t>(limit) != 0x06064B50)
                throw damaged("its zip64 record is not where it should be");
            const auto count = at<uint64_t>(limit + 32), size = at<uint64_t>(limit + 40),
                       begin = at<uint64_t>(limit + 48);
            const auto agrees = [](uint64_t small, uint64_t full, uint64_t large) {
                return small == large || small == full;
            };
            if (!agrees(m_count, 0xFFFF, count) || !agrees(m_size, kFull, size) || !agrees(m_begin, kFull, begin) ||
                at<uint64_t>(limit + 24) != count || at<uint32_t>(limit + 16) != 0 || at<uint32_t>(limit + 20) != 0)
                throw damaged("its two end records contradict each other");
            m_count = count;
            m_size = size;
            m_begin = begin;
        }
        if (!fits(m_begin, m_size, limit)) throw damaged("its directory lies outside the file");
        if (m_count > kMaxMembers)
            throw Error(m_file, "this zip archive has " + std::to_string(m_count) +
                                    " members; a checkpoint has at most " + std::to_string(kMaxMembers));
        if (m_count > m_size / kCentralSize) throw damaged("its directory is too short for its members");
    }

    /// Takes the numbers of a zip64 extra field for those that are full, in their fixed order.
    void readExtra64(uint64_t position, uint64_t size, std::initializer_list<uint64_t*> numbers,
                     std::string_view name) {
        const uint64_t end = position + size;
        if (std::none_of(numbers.begin(), numbers.end(), [](const uint64_t* number) { return *number == kFull; }))
            return;
        while (fits(position, 4, end)) {
            const uint64_t fieldSize = at<uint16_t>(position + 2);
            if (!fits(position + 4, fieldSize, end)) break;
            if (at<uint16_t>(position) == 1) {
                uint64_t number = position + 4;
                for (uint64_t* value : numbers) {
                    if (*value != kFull) continue;
                    if (!fits(number, 8, position + 4 + fieldSize)) throw damaged(inQuotes(name) + " has no size");
                    *value = at<uint64_t>(number);
                    number += 8;
                }
                return;
            }
            position += 4 + fieldSize;
        }
        throw damaged(inQuotes(name) + " has no size");
    }

    void checkName(std::string_view name) const {
        const bool outside = name.empty() || name.front() == '/' || name.find('\\') != name.npos || name == ".." ||
                             name.starts_with("../") || name.ends_with("/..") || name.find("/../") != name.npos;
        if (outside || !isPlainText(name))
            throw Error(m_file, "this zip archive has a member with the forbidden name " + inQuotes(name),
                        "No tool writes such names: do not trust this file");
    }

    /// Reads the entry of one member in the directory and checks its local header. Returns where the next entry is.
    uint64_t readCentral(uint64_t position, ZipMember& member, uint64_t& begin) {
        const uint64_t limit = m_begin + m_size;
        if (!fits(position, kCentralSize, limit) || at<uint32_t>(position) != 0x02014B50)
            throw damaged("an entry of its directory is missing");
        const uint64_t nameSize = at<uint16_t>(position + 28), extraSize = at<uint16_t>(position + 30),
                       commentSize = at<uint16_t>(position + 32), extra = position + kCentralSize + nameSize;
        if (!fits(position + kCentralSize, nameSize + extraSize + commentSize, limit))
            throw damaged("an entry of its directory is cut");
        member.name = asText(m_archive.subspan(position + kCentralSize, nameSize));
        checkName(member.name);
        const auto flags = at<uint16_t>(position + 8), method = at<uint16_t>(position + 10);
        if ((flags & 0x2041) != 0)
            throw Error(m_file, inQuotes(member.name) + " in this zip archive is encrypted", "Decrypt the file first");
        member.compressed = method != 0;
        member.crc = at<uint32_t>(position + 16);
        member.size = at<uint32_t>(position + 20);
        uint64_t unpacked = at<uint32_t>(position + 24), disk = at<uint16_t>(position + 34);
        begin = at<uint32_t>(position + 42);
        readExtra64(extra, extraSize, {&unpacked, &member.size, &begin}, member.name);
        if (disk != 0) throw damaged("it claims to have several parts");
        if (!member.compressed && member.size != unpacked) throw damaged(inQuotes(member.name) + " has two sizes");
        readLocal(member, begin, flags, method, unpacked);
        return extra + extraSize + commentSize;
    }

    /// Finds the content behind the local header, which must say what the directory says.
    void readLocal(ZipMember& member, uint64_t begin, uint16_t flags, uint16_t method, uint64_t unpacked) {
        if (!fits(begin, kLocalSize, m_begin) || at<uint32_t>(begin) != 0x04034B50)
            throw damaged(inQuotes(member.name) + " is not where the directory says");
        const uint64_t nameSize = at<uint16_t>(begin + 26), extraSize = at<uint16_t>(begin + 28);
        member.offset = begin + kLocalSize + nameSize + extraSize;
        if (!fits(begin + kLocalSize, nameSize + extraSize, m_begin) || !fits(member.offset, member.size, m_begin))
            throw damaged(inQuotes(member.name) + " lies outside the file");
        auto size = uint64_t{at<uint32_t>(begin + 18)}, localUnpacked = uint64_t{at<uint32_t>(begin + 22)};
        readExtra64(begin + kLocalSize + nameSize, extraSize, {&localUnpacked, &size}, member.name);
        // With flag 8 the sizes may follow the content instead, which leaves zeros here.
        const auto differs = [&](uint64_t local, uint64_t central) {
            return local != central && !((flags & 8) != 0 && local == 0);
        };
        if (asText(m_archive.subspan(begin + kLocalSize, nameSize)) != member.name ||
            at<uint16_t>(begin + 6) != flags || at<uint16_t>(begin + 8) != method || differs(size, member.size) ||
            differs(localUnpacked, unpacked) || differs(at<uint32_t>(begin + 14), member.crc))
            throw damaged("the header of " + inQuotes(member.name) + " contradicts the directory");
    }

    std::span<const uint8_t> m_archive;
    const std::string& m_file;
    uint64_t m_count = 0, m_begin = 0, m_size = 0;  // of the directory
};

}  // namespace

ZipDirectory::ZipDirectory(std::span<const uint8_t> archive, const std::string& file)
    : m_members(Reader(archive, file).members()) {
    m_byName.reserve(m_members.size());
    for (size_t i = 0; i < m_members.size(); ++i) {
        if (!m_byName.emplace(m_members[i].name, i).second)
            throw Error(file, "this zip archive has two members named " + inQuotes(m_members[i].name),
                        "Get the file again");
    }
}

const ZipMember* ZipDirectory::find(std::string_view name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_members[found->second];
}

}  // namespace diagonal
