// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diagonal {

/// UTF-8 name of a path for messages and lists: control characters and bytes that are no UTF-8 are shown as \xNN, and
/// so is a backslash before such digits. pathFromDisplayName undoes it.
std::string displayName(const std::filesystem::path& path);
std::filesystem::path pathFromDisplayName(std::string_view name);

/// A descriptor for reading a regular file, for the caller to close, and its size. Throws Error.
std::pair<int, uint64_t> openRegular(const std::filesystem::path& path);

/// All bytes of a regular file of at most maxBytes. Throws Error.
std::vector<uint8_t> readBytes(const std::filesystem::path& path, uint64_t maxBytes = uint64_t{1} << 31);
std::string readText(const std::filesystem::path& path, uint64_t maxBytes = uint64_t{1} << 31);

/// fsync of a folder makes a rename in it last; file systems that cannot do it are left alone.
void syncFolder(const std::filesystem::path& folder);

/// A file that is there whole or not at all: written under a temporary name beside the target, and on commit() flushed,
/// fsync'ed and renamed. Without commit() the temporary is removed. Throws Error (disk full, no permission).
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path target);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(const void* data, size_t size);
    void write(std::string_view text) { write(text.data(), text.size()); }
    void commit();

  private:
    [[noreturn]] void fail(const char* action) const;
    void flush();

    std::filesystem::path m_target, m_temporary;
    std::vector<char> m_buffer;
    int m_descriptor = -1;
};

void writeFile(const std::filesystem::path& target, std::string_view content);

/// A file mapped read-only into memory for the life of the object. Throws Error.
class MappedFile {
  public:
    explicit MappedFile(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const uint8_t> bytes() const { return {m_data, m_size}; }

    /// Lets the system take the memory of bytes that are not needed any more; they stay readable.
    void release(const void* begin, size_t size) const;

  private:
    const uint8_t* m_data = nullptr;
    size_t m_size = 0;
};

}  // namespace diagonal
