// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/part_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

PartFile::PartFile(const std::filesystem::path& target) : m_target(target), m_path(target.string() + ".part") {
    m_descriptor = ::open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    struct stat status = {};
    if (m_descriptor < 0) fail("cannot be written");
    if (::fstat(m_descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(m_descriptor);
        throw Error(displayName(m_path), "not a regular file", "Remove it");
    }
    m_size = static_cast<uint64_t>(status.st_size);
}

PartFile::~PartFile() {
    ::close(m_descriptor);
}

void PartFile::fail(const char* action) const {
    const int code = errno;
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    throw Error(displayName(m_target), std::string(action) + ": " + std::strerror(code),
                full ? "Free some space and try again; it goes on from here" : "");
}

void PartFile::hashExisting(const JobContext& job) {
    std::vector<char> buffer(1 << 20);
    uint64_t done = 0;
    while (done < m_size) {
        job.throwIfStopped();
        const ssize_t count = ::pread(m_descriptor, buffer.data(), buffer.size(), static_cast<off_t>(done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot be read");
        if (count == 0) break;
        m_hash.add(buffer.data(), static_cast<size_t>(count));
        done += static_cast<uint64_t>(count);
    }
    m_size = done;
}

void PartFile::append(const char* data, size_t size) {
    while (size > 0) {
        const ssize_t count = ::pwrite(m_descriptor, data, size, static_cast<off_t>(m_size));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot be written");
        m_hash.add(data, static_cast<size_t>(count));
        m_size += static_cast<uint64_t>(count);
        data += count;
        size -= static_cast<size_t>(count);
    }
}

void PartFile::restart() {
    if (::ftruncate(m_descriptor, 0) != 0) fail("cannot be written");
    m_size = 0;
    m_hash.reset();
}

void PartFile::finish() {
    if (::ftruncate(m_descriptor, static_cast<off_t>(m_size)) != 0 || ::fsync(m_descriptor) != 0)
        fail("cannot be written");
    if (::rename(m_path.c_str(), m_target.c_str()) != 0) fail("cannot be put in place");
    syncFolder(m_target.parent_path());
}

void PartFile::remove() {
    ::unlink(m_path.c_str());
}

}  // namespace diagonal
