// SPDX-License-Identifier: Apache-2.0
#include "engine/index/row_file.h"

#include <c10/util/Half.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/index/library_database.h"

namespace diagonal {

namespace {

[[noreturn]] void failRows(const std::filesystem::path& path, const char* action, int code) {
    const bool isFull = code == ENOSPC || code == EDQUOT || code == EFBIG;
    throw Error(displayName(path), std::string(action) + ": " + std::strerror(code),
                isFull ? "Make room and begin again: what was written before is kept" : "");
}

}  // namespace

RowFile::RowFile(std::filesystem::path path, int64_t rows, size_t rowBytes)
    : m_path(std::move(path)), m_rowBytes(rowBytes), m_rows(rows), m_written(rows) {
    m_descriptor = ::open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (m_descriptor < 0) failRows(m_path, "cannot be written", errno);
    struct stat status = {};
    const bool isRegular = ::fstat(m_descriptor, &status) == 0 && S_ISREG(status.st_mode);
    const auto needed = static_cast<uint64_t>(rows) * rowBytes;
    if (isRegular && static_cast<uint64_t>(status.st_size) >= needed) return;
    ::close(m_descriptor);
    throw Error(displayName(m_path),
                isRegular ? "it is cut short: rows that the library knows are missing" : "it is no file",
                "Restore it from a copy, or begin a new library");
}

RowFile::~RowFile() {
    ::close(m_descriptor);
}

void RowFile::add(std::span<const std::byte> rows) {
    m_pending.insert(m_pending.end(), rows.begin(), rows.end());
    m_rows += static_cast<int64_t>(rows.size() / m_rowBytes);
}

std::vector<std::byte> RowFile::read(int64_t row, int64_t count) const {
    if (row < 0 || count < 0 || count > m_rows || row > m_rows - count) failDamagedRows(m_path.parent_path());
    std::vector<std::byte> bytes(static_cast<size_t>(count) * m_rowBytes);
    const int64_t onDisk = std::clamp<int64_t>(m_written - row, 0, count);
    const size_t size = static_cast<size_t>(onDisk) * m_rowBytes;
    for (size_t done = 0; done < size;) {
        const ssize_t got = ::pread(m_descriptor, bytes.data() + done, size - done,
                                    static_cast<off_t>(static_cast<size_t>(row) * m_rowBytes + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) failRows(m_path, "cannot be read", got < 0 ? errno : EIO);
        done += static_cast<size_t>(got);
    }
    if (onDisk < count) {
        const size_t first = static_cast<size_t>(row + onDisk - m_written) * m_rowBytes;
        std::copy_n(m_pending.begin() + static_cast<ptrdiff_t>(first), bytes.size() - size,
                    bytes.begin() + static_cast<ptrdiff_t>(size));
    }
    return bytes;
}

void RowFile::flush() {
    const size_t begin = static_cast<size_t>(m_written) * m_rowBytes;
    for (size_t done = 0; done < m_pending.size();) {
        const ssize_t count =
            ::pwrite(m_descriptor, m_pending.data() + done, m_pending.size() - done, static_cast<off_t>(begin + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) failRows(m_path, "cannot be written", errno);
        done += static_cast<size_t>(count);
    }
    if (!m_pending.empty() && ::fdatasync(m_descriptor) != 0) failRows(m_path, "cannot be written", errno);
    m_pending.clear();
    m_written = m_rows;
}

void RowFile::cut(int64_t rows) {
    m_rows = rows;
    if (rows <= m_written) {
        m_written = rows;
        m_pending.clear();
    } else {
        m_pending.resize(static_cast<size_t>(rows - m_written) * m_rowBytes);
    }
}

void failDamagedRows(const std::filesystem::path& folder) {
    throw Error(displayName(folder / kLibraryFile), "it is damaged: it names rows that are not there",
                "Restore it from a copy, or begin a new library");
}

std::filesystem::path rowFileName(int64_t number, RowType type) {
    return "rows-" + std::to_string(number) + (type == RowType::Float16 ? ".fp16" : ".fp32");
}

std::shared_ptr<const MappedFile> mapRows(const std::filesystem::path& path, int64_t rows, size_t rowBytes) {
    if (rows == 0) return nullptr;
    auto file = std::make_shared<const MappedFile>(path);
    if (file->bytes().size() / rowBytes < static_cast<size_t>(rows))
        throw Error(displayName(path), "it is cut short: rows that the library knows are missing",
                    "Restore it from a copy, or begin a new library");
    return file;
}

std::vector<std::byte> packedRow(std::span<const float> values, RowType type) {
    if (type == RowType::Float32) {
        const auto bytes = std::as_bytes(values);
        return {bytes.begin(), bytes.end()};
    }
    std::vector<std::byte> bytes(values.size() * sizeof(uint16_t));
    for (size_t i = 0; i < values.size(); ++i) {
        const c10::Half half = values[i];
        std::memcpy(bytes.data() + i * sizeof half.x, &half.x, sizeof half.x);
    }
    return bytes;
}

}  // namespace diagonal
