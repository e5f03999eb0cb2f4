// SPDX-License-Identifier: Apache-2.0
#include "engine/index/reach.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace fs = std::filesystem;

ReachedFile reachOf(const fs::path& file) {
    if (const auto stamp = stampOf(file)) return {Reach::File, *stamp, {}};
    struct stat status = {};
    if (::stat(file.c_str(), &status) == 0) return {Reach::Other, {}, {}};
    const int code = errno;
    if (code != ENOENT && code != ENOTDIR && code != ELOOP) return {Reach::Unknown, {}, std::strerror(code)};
    if (::lstat(file.c_str(), &status) != 0) return {Reach::Nothing, {}, {}};
    return {Reach::Dangling, {}, "there is no such file or folder"};
}

bool isReadable(const fs::path& file, const FileStamp& stamp) {
    constexpr int64_t kEnd = 4096;
    int descriptor = -1;
    try {
        descriptor = openRegular(file).first;
    } catch (const Error&) {
        return false;
    }
    std::array<char, kEnd> bytes{};
    const auto isRead = [&](int64_t at) {
        return ::pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(at)) >= 0;
    };
    const bool isWhole = isRead(0) && isRead(std::max<int64_t>(stamp.size - kEnd, 0));
    ::close(descriptor);
    const auto now = stampOf(file);
    return isWhole && now && isSameStamp(*now, stamp);
}

bool isSameStamp(const FileStamp& one, const FileStamp& other) {
    return one.size == other.size && one.modified == other.modified && one.changed == other.changed;
}

}  // namespace diagonal
