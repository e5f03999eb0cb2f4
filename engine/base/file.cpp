// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/temporary.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kBufferSize = 1 << 20;

/// What \xNN at text[at] stands for, nothing where no such four characters begin.
std::optional<char> escapedByte(std::string_view text, size_t at) {
    const auto digit = [&](size_t i) -> int {
        const char c = text[i];
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    if (at + 4 > text.size() || text[at] != '\\' || text[at + 1] != 'x') return std::nullopt;
    if (digit(at + 2) < 0 || digit(at + 3) < 0) return std::nullopt;
    return static_cast<char>(digit(at + 2) * 16 + digit(at + 3));
}

template <typename Container>
Container readAll(const fs::path& path, uint64_t maxBytes) {
    const auto [descriptor, size] = openRegular(path);
    if (size > maxBytes) {
        ::close(descriptor);
        throw Error(displayName(path), "the file is larger than " + std::to_string(maxBytes) + " bytes");
    }
    Container content(size, 0);
    size_t done = 0;
    while (done < size) {
        const ssize_t count = ::read(descriptor, content.data() + done, size - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const int code = errno;
            ::close(descriptor);
            throw Error(displayName(path), std::strerror(code));
        }
        if (count == 0) break;
        done += static_cast<size_t>(count);
    }
    ::close(descriptor);
    content.resize(done);
    return content;
}

}  // namespace

std::pair<int, uint64_t> openRegular(const fs::path& path) {
    // A FIFO must not make us wait.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        throw Error(displayName(path), errno == ENOENT ? "there is no such file or folder" : std::strerror(errno));
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        throw Error(displayName(path), S_ISDIR(status.st_mode) ? "this is a folder, not a file" : "not a regular file");
    }
    return {descriptor, static_cast<uint64_t>(status.st_size)};
}

std::string displayName(const fs::path& path) {
    static constexpr char kHex[] = "0123456789abcdef";
    const std::string_view bytes = path.native();
    std::string name;
    for (size_t i = 0; i < bytes.size();) {
        // The next characters that are shown as they are.
        const size_t good = i + utf8Length(bytes.substr(i));
        while (i < good && static_cast<unsigned char>(bytes[i]) >= 0x20 && bytes[i] != '\x7F' && !escapedByte(bytes, i))
            name += bytes[i++];
        if (i == bytes.size()) break;
        const auto byte = static_cast<unsigned char>(bytes[i++]);
        name += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
    return name;
}

fs::path pathFromDisplayName(std::string_view name) {
    std::string bytes;
    for (size_t i = 0; i < name.size();) {
        const auto byte = escapedByte(name, i);
        bytes += byte ? *byte : name[i];
        i += byte ? 4 : 1;
    }
    return bytes;
}

std::vector<uint8_t> readBytes(const fs::path& path, uint64_t maxBytes) {
    return readAll<std::vector<uint8_t>>(path, maxBytes);
}

std::string readText(const fs::path& path, uint64_t maxBytes) {
    return readAll<std::string>(path, maxBytes);
}

void syncFolder(const fs::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

AtomicFile::AtomicFile(fs::path target) : m_target(std::move(target)) {
    m_temporary = makeTemporary(m_target, ".tmp-", [this](const fs::path& name) {
        m_descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        return m_descriptor >= 0;
    });
    if (m_descriptor < 0) fail("cannot be written");
    m_buffer.reserve(kBufferSize);
}

AtomicFile::~AtomicFile() {
    if (m_descriptor < 0) return;
    ::close(m_descriptor);
    ::unlink(m_temporary.c_str());
}

void AtomicFile::fail(const char* action) const {
    const int code = errno;
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    throw Error(displayName(m_target), std::string(action) + ": " + std::strerror(code),
                full ? "Free some space and try again; what was there before is unchanged" : "");
}

void AtomicFile::write(const void* data, size_t size) {
    if (m_buffer.size() + size > kBufferSize) flush();
    const auto* bytes = static_cast<const char*>(data);
    if (size < kBufferSize) {
        m_buffer.insert(m_buffer.end(), bytes, bytes + size);
        return;
    }
    while (size > 0) {
        const ssize_t count = ::write(m_descriptor, bytes, size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot be written");
        bytes += count;
        size -= static_cast<size_t>(count);
    }
}

void AtomicFile::flush() {
    size_t done = 0;
    while (done < m_buffer.size()) {
        const ssize_t count = ::write(m_descriptor, m_buffer.data() + done, m_buffer.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot be written");
        done += static_cast<size_t>(count);
    }
    m_buffer.clear();
}

void AtomicFile::commit() {
    flush();
    if (::fsync(m_descriptor) != 0) fail("cannot be written");
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) fail("cannot be put in place");
    ::close(m_descriptor);
    m_descriptor = -1;
    syncFolder(m_target.parent_path());
}

void writeFile(const fs::path& target, std::string_view content) {
    AtomicFile file(target);
    file.write(content);
    file.commit();
}

MappedFile::MappedFile(const fs::path& path) {
    const auto [descriptor, size] = openRegular(path);
    if (size > 0) {
        void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        const int code = errno;
        ::close(descriptor);
        if (data == MAP_FAILED) throw Error(displayName(path), std::strerror(code));
        m_data = static_cast<const uint8_t*>(data);
        m_size = size;
    } else {
        ::close(descriptor);
    }
}

void MappedFile::release(const void* begin, size_t size) const {
    const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto first = (reinterpret_cast<uintptr_t>(begin) + page - 1) / page * page;
    const auto end = (reinterpret_cast<uintptr_t>(begin) + size) / page * page;
    if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
}

MappedFile::~MappedFile() {
    if (m_data != nullptr) ::munmap(const_cast<uint8_t*>(m_data), m_size);
}

}  // namespace diagonal
