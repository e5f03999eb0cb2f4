// SPDX-License-Identifier: Apache-2.0
#include "engine/image/place_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kBlock = 1 << 20;

[[noreturn]] void fail(const fs::path& file, const std::string& action) {
    const int code = errno;
    const bool isFull = code == ENOSPC || code == EDQUOT;
    throw Error(displayName(file), action + ": " + std::strerror(code), isFull ? "Free some space" : "");
}

class Descriptor {
  public:
    Descriptor(const fs::path& file, int flags, mode_t mode = 0)
        : m_number(::open(file.c_str(), flags | O_CLOEXEC, mode)) {}
    ~Descriptor() {
        if (m_number >= 0) ::close(m_number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    bool isOpen() const { return m_number >= 0; }
    int number() const { return m_number; }

  private:
    int m_number;
};

/// Reads until the block is full or the file ends; negative: failed.
ssize_t readBlock(int descriptor, std::vector<char>& block) {
    size_t done = 0;
    while (done < block.size()) {
        const ssize_t count = ::read(descriptor, block.data() + done, block.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return count;
        if (count == 0) break;
        done += static_cast<size_t>(count);
    }
    return static_cast<ssize_t>(done);
}

void writeBlock(int descriptor, const char* data, size_t size, const fs::path& target) {
    while (size > 0) {
        const ssize_t count = ::write(descriptor, data, size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(target, "cannot be written");
        data += count;
        size -= static_cast<size_t>(count);
    }
}

void writeCopy(const fs::path& from, const fs::path& temporary, const std::stop_token& stop) {
    const Descriptor source(from, O_RDONLY | O_NONBLOCK);
    if (!source.isOpen()) fail(from, "cannot be read");
    struct stat status = {};
    if (::fstat(source.number(), &status) != 0) fail(from, "cannot be read");
    if (!S_ISREG(status.st_mode)) throw Error(displayName(from), "is not a regular file");
    const Descriptor target(temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (!target.isOpen()) fail(temporary, "cannot be written");
    std::vector<char> block(kBlock);
    for (;;) {
        if (stop.stop_requested()) throw Cancelled();
        const ssize_t count = readBlock(source.number(), block);
        if (count < 0) fail(from, "cannot be read");
        if (count == 0) break;
        writeBlock(target.number(), block.data(), static_cast<size_t>(count), temporary);
    }
    // File systems without permissions or times keep theirs.
    [[maybe_unused]] const int mode = ::fchmod(target.number(), status.st_mode & 0777);
    const timespec times[2] = {status.st_atim, status.st_mtim};
    ::futimens(target.number(), times);
    if (::fsync(target.number()) != 0) fail(temporary, "cannot be written");
}

/// 0, or what went wrong.
int renameWithoutOverwriting(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return errno;
    // A file system that cannot do it at once: NFS, say.
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    if (::unlink(from.c_str()) == 0) return 0;
    const int code = errno;
    ::unlink(to.c_str());
    return code;
}

}  // namespace

std::optional<FileMark> markOf(const fs::path& file) {
    struct stat status = {};
    if (::lstat(file.c_str(), &status) != 0) return {};
    return FileMark{status.st_size, int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

bool isTaken(const fs::path& name) {
    struct stat status = {};
    return ::lstat(name.c_str(), &status) == 0;
}

bool haveSameContent(const fs::path& one, const fs::path& other, const std::stop_token& stop) {
    const Descriptor first(one, O_RDONLY | O_NONBLOCK), second(other, O_RDONLY | O_NONBLOCK);
    struct stat a = {}, b = {};
    if (!first.isOpen() || !second.isOpen() || ::fstat(first.number(), &a) != 0 || ::fstat(second.number(), &b) != 0 ||
        !S_ISREG(a.st_mode) || !S_ISREG(b.st_mode) || a.st_size != b.st_size)
        return false;
    std::vector<char> left(kBlock), right(kBlock);
    for (;;) {
        if (stop.stop_requested()) throw Cancelled();
        const ssize_t count = readBlock(first.number(), left);
        if (count < 0 || count != readBlock(second.number(), right)) return false;
        if (count == 0) return true;
        if (!std::equal(left.begin(), left.begin() + count, right.begin())) return false;
    }
}

void renameFile(const fs::path& from, const fs::path& to) {
    const int code = renameWithoutOverwriting(from, to);
    if (code == 0) return;
    errno = code;
    fail(from, "cannot be moved to " + displayName(to));
}

void copyFile(const fs::path& from, const fs::path& to, const fs::path& temporary, const std::stop_token& stop) {
    ::unlink(temporary.c_str());  // of a run that was killed
    try {
        writeCopy(from, temporary, stop);
        if (const int code = renameWithoutOverwriting(temporary, to); code != 0) {
            errno = code;
            fail(to, "cannot be put in place");
        }
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
}

void moveLink(const fs::path& from, const fs::path& to, const fs::path& target) {
    if (::symlink(target.c_str(), to.c_str()) != 0) fail(to, "cannot be made");
    if (::unlink(from.c_str()) == 0) return;
    const int code = errno;
    ::unlink(to.c_str());
    errno = code;
    fail(from, "cannot be moved away");
}

void moveFile(const fs::path& from, const fs::path& to, const fs::path& temporary, const std::stop_token& stop) {
    std::error_code failure;
    if (fs::path target = fs::read_symlink(from, failure); !failure) {
        moveLink(from, to, target.is_relative() ? fs::absolute(from).parent_path() / target : target);
        return;
    }
    const int code = renameWithoutOverwriting(from, to);
    if (code == 0) return;
    errno = code;
    if (code != EXDEV) fail(from, "cannot be moved to " + displayName(to));
    copyFile(from, to, temporary, stop);
    syncFolder(to.parent_path());
    if (::unlink(from.c_str()) == 0) return;
    const int reason = errno;
    ::unlink(to.c_str());
    errno = reason;
    fail(from, "cannot be moved away");
}

}  // namespace diagonal
