// SPDX-License-Identifier: Apache-2.0
#include "training/data/shards.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostShards = 1'000'000;
constexpr size_t kBlock = 64 << 10;
constexpr uint64_t kLargestText = 1 << 20;

/// "0000..0099" as its numbers, filled with zeros to the length of the longer end; nothing when it is none.
std::optional<std::vector<std::string>> expandRange(const std::string& text) {
    const size_t dots = text.find("..");
    if (dots == std::string::npos) return std::nullopt;
    const std::string ends[2] = {text.substr(0, dots), text.substr(dots + 2)};
    uint32_t numbers[2] = {};
    bool isPadded = false;
    for (size_t i = 0; i < 2; ++i) {
        const char* last = ends[i].data() + ends[i].size();
        const auto [rest, failure] = std::from_chars(ends[i].data(), last, numbers[i]);
        if (failure != std::errc() || rest != last) return std::nullopt;
        isPadded = isPadded || (ends[i].size() > 1 && ends[i][0] == '0');
    }
    const uint32_t steps = numbers[0] < numbers[1] ? numbers[1] - numbers[0] : numbers[0] - numbers[1];
    const size_t width = isPadded ? std::max(ends[0].size(), ends[1].size()) : 0;
    if (steps >= kMostShards || width > 255) return std::nullopt;
    std::vector<std::string> names;
    for (uint32_t i = 0; i <= steps; ++i) {
        const std::string number = std::to_string(numbers[0] < numbers[1] ? numbers[0] + i : numbers[0] - i);
        names.push_back(std::string(width > number.size() ? width - number.size() : 0, '0') + number);
    }
    return names;
}

std::vector<std::string> expandList(const std::string& text) {
    std::vector<std::string> names;
    for (size_t start = 0; start <= text.size();) {
        const size_t end = std::min(text.find(',', start), text.size());
        names.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return names;
}

void refuseCompressed(const fs::path& path) {
    static constexpr std::array<std::pair<std::string_view, const char*>, 4> kForms = {
        {{"\x1F\x8B", "gunzip"}, {"\x28\xB5\x2F\xFD", "unzstd"}, {"\xFD\x37zXZ", "unxz"}, {"BZh", "bunzip2"}}};
    std::array<char, 8> begin = {};
    std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
    for (const auto& [magic, program] : kForms)
        if (std::string_view(begin.data(), begin.size()).starts_with(magic))
            throw Error(displayName(path), "the tar file is compressed, so its images cannot be read in place",
                        std::string("Unpack it with ") + program + "; images hardly shrink by compression");
}

struct FreeArchive {
    void operator()(archive* a) const { archive_read_free(a); }
};

/// Bytes of the member that comes next; empty when they cannot be read.
std::string readMember(archive* tar, uint64_t size) {
    std::string bytes(size, '\0');
    size_t done = 0;
    while (done < size) {
        const la_ssize_t count = archive_read_data(tar, bytes.data() + done, size - done);
        if (count <= 0) return {};
        done += static_cast<size_t>(count);
    }
    return bytes;
}

/// What keeps a member from being read in place, null for nothing.
const char* problemOfEntry(archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_filetype(entry) == AE_IFLNK) return "is a link";
    if (archive_entry_filetype(entry) != AE_IFREG) return "is no regular file";
    if (archive_entry_sparse_count(entry) > 0) return "is kept with holes (sparse)";
    if (archive_entry_size_is_set(entry) == 0 || archive_entry_size(entry) < 0) return "has no size";
    return nullptr;
}

}  // namespace

bool isShardPattern(const std::string& name) {
    const size_t open = name.find('{');
    return open != std::string::npos && name.find('}', open) != std::string::npos &&
           name.find(".tar") != std::string::npos;
}

std::vector<std::string> expandShards(const std::string& pattern) {
    std::vector<std::string> names = {""};
    size_t at = 0;
    while (at < pattern.size()) {
        const size_t open = std::min(pattern.find('{', at), pattern.size());
        for (std::string& name : names)
            name.append(pattern, at, open - at);
        if (open == pattern.size()) break;
        const size_t close = pattern.find('}', open);
        const std::string inside =
            close == std::string::npos ? std::string() : pattern.substr(open + 1, close - open - 1);
        auto parts = expandRange(inside);
        if (!parts && inside.find(',') != std::string::npos && inside.find('{') == std::string::npos)
            parts = expandList(inside);
        if (!parts || parts->size() * names.size() > kMostShards)
            throw Error(displayName(pattern), "the names of shards cannot be told from this",
                        "Write, for example, name-{0000..0099}.tar");
        std::vector<std::string> longer;
        for (const std::string& name : names)
            for (const std::string& part : *parts)
                longer.push_back(name + part);
        names = std::move(longer);
        at = close + 1;
    }
    return names;
}

bool readShard(const fs::path& path, const std::function<bool(const std::string&)>& wanted,
               const std::function<void(ShardMember, std::string)>& use,
               const std::function<void(const std::string&)>& note) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (status.type() == fs::file_type::not_found) throw Error(displayName(path), "there is no such file");
    if (!fs::is_regular_file(status)) throw Error(displayName(path), "not a regular file");
    const uint64_t fileSize = fs::file_size(path, failure);
    refuseCompressed(path);
    const std::unique_ptr<archive, FreeArchive> tar(archive_read_new());
    archive_read_support_format_tar(tar.get());
    if (archive_read_open_filename(tar.get(), path.c_str(), kBlock) != ARCHIVE_OK)
        throw Error(displayName(path), std::string("cannot be read: ") + std::strerror(archive_errno(tar.get())));
    archive_entry* entry = nullptr;
    size_t members = 0;
    bool isWhole = true;
    while (true) {
        const int result = archive_read_next_header(tar.get(), &entry);
        if (result == ARCHIVE_EOF) break;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            if (members == 0) throw Error(displayName(path), "this is no tar file, or a damaged one");
            note("damaged or cut behind " + std::to_string(members) + " files");
            isWhole = false;
            break;
        }
        ++members;
        // Names in PAX headers are UTF-8, which the C locale does not turn into its own.
        const char* given = archive_entry_pathname(entry);
        if (given == nullptr) given = archive_entry_pathname_utf8(entry);
        if (given == nullptr || *given == '\0') {
            note("file " + std::to_string(members) + " has no name");
            continue;
        }
        if (archive_entry_filetype(entry) == AE_IFDIR) continue;
        ShardMember member{given, static_cast<uint64_t>(archive_filter_bytes(tar.get(), 0)), 0};
        if (const char* problem = problemOfEntry(entry); problem != nullptr) {
            note(displayName(member.name) + " " + problem);
            continue;
        }
        member.size = static_cast<uint64_t>(archive_entry_size(entry));
        if (member.offset > fileSize || member.size > fileSize - member.offset) {
            note(displayName(member.name) + " is cut: the file ends before it does");
            isWhole = false;
            break;
        }
        std::string small;
        if (member.size <= kLargestText && wanted(member.name)) small = readMember(tar.get(), member.size);
        isWhole = isWhole && (small.size() == member.size || member.size > kLargestText || !wanted(member.name));
        use(std::move(member), std::move(small));
    }
    if (members == 0) throw Error(displayName(path), "there are no files in it");
    return isWhole;
}

std::vector<uint8_t> readBytesAt(const fs::path& path, uint64_t offset, uint64_t size) {
    std::vector<uint8_t> bytes(size);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) throw Error(displayName(path), std::strerror(errno));
    size_t done = 0;
    while (done < size) {
        const ssize_t count = ::pread(file, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            const std::string problem = count < 0 ? std::strerror(errno) : "the file became shorter";
            ::close(file);
            throw Error(displayName(path), problem);
        }
        done += static_cast<size_t>(count);
    }
    ::close(file);
    return bytes;
}

}  // namespace diagonal
