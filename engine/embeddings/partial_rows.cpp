// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/partial_rows.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMagic = "DIAGONAL ROWS 1\n";
constexpr std::chrono::seconds kFlushEvery{2};
constexpr uint32_t kMostItemBytes = uint32_t{1} << 30;

/// Length and CRC-32 of what follows.
struct Frame {
    uint32_t size = 0, checksum = 0;
};

uint32_t checksumOf(std::string_view bytes) {
    return static_cast<uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

template <typename Number>
void put(std::string& to, Number value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void putText(std::string& to, std::string_view text) {
    put(to, static_cast<uint32_t>(text.size()));
    to += text;
}

/// Bytes of an item, read in turn; what goes beyond their end is said once, by isWhole().
class Taker {
  public:
    explicit Taker(std::string_view bytes) : m_left(bytes) {}

    std::string_view bytes(size_t size) {
        if (size > m_left.size()) {
            m_isWhole = false;
            return {};
        }
        const std::string_view taken = m_left.substr(0, size);
        m_left.remove_prefix(size);
        return taken;
    }
    template <typename Number>
    Number number() {
        Number value = 0;
        const std::string_view taken = bytes(sizeof value);
        if (!taken.empty()) std::memcpy(&value, taken.data(), sizeof value);
        return value;
    }
    std::string text() { return std::string(bytes(number<uint32_t>())); }
    bool isWhole() const { return m_isWhole; }
    bool isAtEnd() const { return m_isWhole && m_left.empty(); }

  private:
    std::string_view m_left;
    bool m_isWhole = true;
};

std::string packed(const EmbeddedItem& item) {
    std::string bytes;
    put(bytes, item.stamp);
    putText(bytes, item.error);
    put(bytes, static_cast<uint32_t>(item.rows.size()));
    for (const auto& row : item.rows) {
        putText(bytes, row.name);
        for (const std::string& cell : row.more)
            putText(bytes, cell);
        bytes.append(reinterpret_cast<const char*>(row.values.data()), row.values.size() * sizeof(float));
    }
    return bytes;
}

bool unpack(std::string_view bytes, size_t dim, size_t columns, EmbeddedItem& item) {
    Taker taker(bytes);
    item.stamp = taker.number<uint64_t>();
    item.error = taker.text();
    const auto rows = taker.number<uint32_t>();
    item.rows.clear();
    for (uint32_t i = 0; i < rows && taker.isWhole(); ++i) {
        EmbeddedItem::Row row;
        row.name = taker.text();
        for (size_t column = 0; column < columns && taker.isWhole(); ++column)
            row.more.push_back(taker.text());
        const std::string_view values = taker.bytes(dim * sizeof(float));
        if (!taker.isWhole()) return false;
        row.values.resize(dim);
        std::memcpy(row.values.data(), values.data(), values.size());
        item.rows.push_back(std::move(row));
    }
    return taker.isAtEnd();
}

}  // namespace

fs::path PartialRows::fileOf(const fs::path& target) {
    fs::path name = target;
    if (!name.has_filename()) name = name.parent_path();  // "out.projector/"
    return name.native() + ".partial";
}

PartialRows::PartialRows(const fs::path& target, const std::string& recipe, int64_t dim,
                         std::vector<std::string> columns, bool resume)
    : m_target(target),
      m_file(fileOf(target)),
      m_dim(dim),
      m_columns(std::move(columns)),
      m_stream(nullptr, std::fclose),
      m_flushed(std::chrono::steady_clock::now()) {
    open();
    std::string head(kMagic);
    putText(head, recipe);
    m_begin = static_cast<int64_t>(head.size());
    struct stat info {};
    const bool isNew = ::fstat(::fileno(m_stream.get()), &info) != 0 || info.st_size == 0;
    if (resume && readHead(head)) {
        readItems();
        return;
    }
    m_isBegunAnew = resume && !isNew;
    if (::ftruncate(::fileno(m_stream.get()), 0) != 0) fail("be written");
    std::rewind(m_stream.get());
    if (std::fwrite(head.data(), 1, head.size(), m_stream.get()) != head.size()) fail("be written");
}

PartialRows::~PartialRows() = default;

void PartialRows::fail(const char* action) const {
    const int error = errno;
    throw Error(
        displayName(m_target), std::string("cannot ") + action + ": " + std::strerror(error),
        error == ENOSPC || error == EDQUOT || error == EFBIG ? "Free some space and go on with what is there" : "");
}

void PartialRows::open() {
    for (;;) {
        const int descriptor = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor < 0) fail("be written");
        m_stream.reset(::fdopen(descriptor, "r+"));
        if (!m_stream) {
            ::close(descriptor);
            fail("be written");
        }
        // File systems that know no locks have none.
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
            throw Error(displayName(m_target), "another program is writing it",
                        "Wait for that, or choose another name");
        // Whoever held it may have removed it meanwhile.
        struct stat opened {
        }, named{};
        if (::fstat(descriptor, &opened) == 0 && ::stat(m_file.c_str(), &named) == 0 && opened.st_ino == named.st_ino)
            return;
    }
}

bool PartialRows::readHead(const std::string& head) {
    std::string found(head.size(), '\0');
    std::rewind(m_stream.get());
    return std::fread(found.data(), 1, found.size(), m_stream.get()) == found.size() && found == head;
}

/// From an offset on, which becomes that of what follows; false at the end and where what is there is not whole.
bool PartialRows::readItem(EmbeddedItem& item, int64_t& offset) const {
    Frame frame;
    if (std::fread(&frame, sizeof frame, 1, m_stream.get()) != 1 || frame.size > kMostItemBytes) return false;
    struct stat info {};
    const auto end = offset + static_cast<int64_t>(sizeof frame) + frame.size;
    if (::fstat(::fileno(m_stream.get()), &info) != 0 || end > info.st_size) return false;
    std::string bytes(frame.size, '\0');
    if (std::fread(bytes.data(), 1, bytes.size(), m_stream.get()) != bytes.size()) return false;
    if (checksumOf(bytes) != frame.checksum) return false;
    if (!unpack(bytes, static_cast<size_t>(m_dim), m_columns.size(), item)) return false;
    offset = end;
    return true;
}

void PartialRows::readItems() {
    EmbeddedItem item;
    for (int64_t offset = m_begin; readItem(item, offset);) {
        m_rows += static_cast<int64_t>(item.rows.size());
        m_ends.push_back({offset, m_rows, item.stamp});
    }
    keepOnly(m_ends.size());
}

void PartialRows::keepOnly(size_t items) {
    m_ends.resize(items);
    m_rows = m_ends.empty() ? 0 : m_ends.back().rows;
    const int64_t end = m_ends.empty() ? m_begin : m_ends.back().offset;
    if (std::fflush(m_stream.get()) != 0 || ::ftruncate(::fileno(m_stream.get()), end) != 0 ||
        std::fseek(m_stream.get(), static_cast<long>(end), SEEK_SET) != 0)
        fail("be written");
}

void PartialRows::add(const EmbeddedItem& item) {
    const std::string bytes = packed(item);
    if (bytes.size() > kMostItemBytes)
        throw Error(displayName(m_target), "one of its things has more than 1 GB of rows",
                    "Take fewer frames of videos");
    const Frame frame{static_cast<uint32_t>(bytes.size()), checksumOf(bytes)};
    if (std::fwrite(&frame, sizeof frame, 1, m_stream.get()) != 1 ||
        std::fwrite(bytes.data(), 1, bytes.size(), m_stream.get()) != bytes.size())
        fail("be written");
    m_rows += static_cast<int64_t>(item.rows.size());
    const int64_t begin = m_ends.empty() ? m_begin : m_ends.back().offset;
    m_ends.push_back({begin + static_cast<int64_t>(sizeof frame + bytes.size()), m_rows, item.stamp});
    if (std::chrono::steady_clock::now() - m_flushed >= kFlushEvery) flush();
}

void PartialRows::flush() {
    if (std::fflush(m_stream.get()) != 0) fail("be written");
    ::fsync(::fileno(m_stream.get()));
    m_flushed = std::chrono::steady_clock::now();
}

void PartialRows::forEach(const std::function<void(size_t item, EmbeddedItem&)>& visit) const {
    if (std::fflush(m_stream.get()) != 0) fail("be written");
    if (std::fseek(m_stream.get(), static_cast<long>(m_begin), SEEK_SET) != 0) fail("be read");
    EmbeddedItem item;
    int64_t offset = m_begin;
    for (size_t i = 0; i < m_ends.size(); ++i) {
        errno = EIO;
        if (!readItem(item, offset)) fail("be read");
        visit(i, item);
    }
    // Between reading and writing the position is set.
    std::fseek(m_stream.get(), 0, SEEK_END);
}

void PartialRows::remove() {
    ::unlink(m_file.c_str());
}

void RowsOfItems::forEach(const std::function<void(const EmbeddingRow&)>& visit) const {
    m_items.forEach([&visit](size_t, const EmbeddedItem& item) {
        for (const auto& row : item.rows)
            visit({row.name, row.values, row.more});
    });
}

}  // namespace diagonal
