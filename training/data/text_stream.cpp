// SPDX-License-Identifier: Apache-2.0
#include "training/data/text_stream.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kWindows = 4;  ///< in the buffer
constexpr size_t kPackedBlock = size_t{1} << 18;
constexpr size_t kDecodedBlock = 4096;
constexpr std::string_view kGzipMagic = "\x1F\x8B";

struct Descriptor {
    explicit Descriptor(const fs::path& path) : number(openRegular(path).first) {}
    ~Descriptor() { ::close(number); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number;
};

}  // namespace

/// The bytes of a file, unpacked where they are gzip's, in UTF-8 where they are UTF-16.
class TextStream::Source {
  public:
    explicit Source(const fs::path& path) : m_path(path), m_file(path), m_packed(kPackedBlock) {
        takeBlock();
        m_isGzip = std::string_view(m_packed.data(), m_left).starts_with(kGzipMagic);
        if (m_isGzip && inflateInit2(&m_gzip, 16 + MAX_WBITS) != Z_OK) {
            m_isGzip = false;
            throw Error(displayName(path), "there is no memory to unpack it");
        }
    }
    ~Source() {
        if (m_isGzip) inflateEnd(&m_gzip);
    }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    /// At least one byte, 0 at the end.
    size_t read(char* out, size_t size) {
        if (!m_isBegun) begin();
        while (m_textAt == m_text.size()) {
            if (!m_decoder) return readBytes(out, size);
            m_text.clear();
            m_textAt = 0;
            char block[kDecodedBlock];
            const size_t count = readBytes(block, sizeof block);
            m_decoder->add({block, count}, m_text);
            if (count == 0) m_decoder->finish(m_text);
            if (count == 0 && m_text.empty()) return 0;
        }
        const size_t count = std::min(size, m_text.size() - m_textAt);
        std::memcpy(out, m_text.data() + m_textAt, count);
        m_textAt += count;
        return count;
    }

  private:
    /// Looks for the mark of another encoding.
    void begin() {
        m_isBegun = true;
        char bytes[4];
        for (size_t count = 1; count > 0 && m_text.size() < sizeof bytes; m_text.append(bytes, count))
            count = readBytes(bytes, sizeof bytes - m_text.size());
        const EncodingMark mark = EncodingMark::of(m_text);
        using enum EncodingMark::Kind;
        if (mark.kind == Utf32) throw Error(displayName(m_path), "this is UTF-32, not UTF-8", "Save it as UTF-8");
        if (mark.kind == Utf8) return;
        m_decoder.emplace(mark.kind == Utf16Big);
        std::string begin = std::exchange(m_text, {});
        m_decoder->add(std::string_view(begin).substr(mark.size), m_text);
    }

    size_t readBytes(char* out, size_t size) {
        if (m_isGzip) return unpack(out, size);
        if (m_left == 0) return readFile(out, size);
        const size_t count = std::min(size, m_left);
        std::memcpy(out, m_packed.data() + m_at, count);
        m_at += count;
        m_left -= count;
        return count;
    }

    size_t readFile(char* out, size_t size) {
        while (true) {
            const ssize_t count = ::read(m_file.number, out, size);
            if (count >= 0) return static_cast<size_t>(count);
            if (errno != EINTR) throw Error(displayName(m_path), std::strerror(errno));
        }
    }

    void takeBlock() {
        m_at = 0;
        m_left = readFile(m_packed.data(), m_packed.size());
    }

    /// Members one after another, as gzip writes them; zeros behind them are of a tape.
    size_t unpack(char* out, size_t size) {
        m_gzip.next_out = reinterpret_cast<Bytef*>(out);
        m_gzip.avail_out = static_cast<uInt>(std::min<size_t>(size, 1U << 30));
        const uInt room = m_gzip.avail_out;
        while (m_gzip.avail_out == room) {
            if (m_left == 0) takeBlock();
            if (m_left == 0 && !m_isInside) return 0;
            if (m_left == 0) throw damaged("the gzip file is cut");
            if (!m_isInside && m_packed[m_at] == '\0') {
                ++m_at;
                --m_left;
                continue;
            }
            if (!m_isInside) inflateReset(&m_gzip);
            m_gzip.next_in = reinterpret_cast<Bytef*>(m_packed.data() + m_at);
            m_gzip.avail_in = static_cast<uInt>(m_left);
            const int result = inflate(&m_gzip, Z_NO_FLUSH);
            m_at += m_left - m_gzip.avail_in;
            m_left = m_gzip.avail_in;
            if (result != Z_OK && result != Z_STREAM_END) throw damaged("the gzip file is damaged");
            m_isInside = result == Z_OK;
        }
        return room - m_gzip.avail_out;
    }

    Error damaged(const char* problem) const {
        return {displayName(m_path), problem + (m_gzip.msg == nullptr ? "" : std::string(": ") + m_gzip.msg),
                "Get the file again"};
    }

    fs::path m_path;
    Descriptor m_file;
    std::vector<char> m_packed;  ///< a block of the file
    size_t m_at = 0, m_left = 0;
    z_stream m_gzip = {};
    bool m_isGzip = false, m_isInside = false;  ///< of a gzip member
    bool m_isBegun = false;
    std::string m_text;  ///< to be given before what comes from the file
    size_t m_textAt = 0;
    std::optional<Utf16Decoder> m_decoder;
};

TextStream::TextStream(const fs::path& path, size_t window)
    : m_source(std::make_unique<Source>(path)),
      m_buffer(std::make_unique_for_overwrite<char[]>(kWindows * window)),
      m_data(m_buffer.get()),
      m_window(window) {
}

TextStream::TextStream(size_t window) : m_window(window) {
}

TextStream TextStream::ofText(std::string_view text, size_t window) {
    TextStream stream(window);
    stream.m_data = text.data();
    stream.m_end = text.size();
    stream.m_isRead = true;
    return stream;
}

TextStream::~TextStream() = default;
TextStream::TextStream(TextStream&&) noexcept = default;

std::string_view TextStream::ahead() {
    if (m_source != nullptr && m_end - m_begin < m_window && !m_isRead) {
        std::memmove(m_buffer.get(), m_data + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
        while (m_end < kWindows * m_window && !m_isRead) {
            const size_t count = m_source->read(m_buffer.get() + m_end, kWindows * m_window - m_end);
            m_end += count;
            m_isRead = count == 0;
        }
    }
    m_isLast = m_isRead && m_end - m_begin <= m_window;
    return {m_data + m_begin, std::min(m_end - m_begin, m_window)};
}

void TextStream::skipByteOrderMark() {
    if (ahead().starts_with("\xEF\xBB\xBF")) skip(3);
}

bool LineReader::next(Line& line) {
    constexpr std::string_view kBlanks = " \t\f\v", kEnds = "\r\n";
    while (true) {
        m_stream.skip(m_shown);
        std::string_view text = m_stream.ahead();
        if (m_isAfterReturn && text.starts_with('\n')) {
            m_stream.skip(1);
            text = m_stream.ahead();
        }
        m_shown = 0;
        m_isAfterReturn = false;
        if (text.empty()) return false;
        line.number = ++m_number;
        size_t end = text.find_first_of(kEnds);
        line.isTooLong = end == std::string_view::npos && !m_stream.isLast();
        for (; end == std::string_view::npos && !m_stream.isLast(); end = text.find_first_of(kEnds)) {
            m_stream.skip(text.size());
            text = m_stream.ahead();
        }
        end = std::min(end, text.size());
        line.text = line.isTooLong ? std::string_view() : text.substr(0, end);
        m_shown = std::min(end + 1, text.size());
        m_isAfterReturn = end < text.size() && text[end] == '\r';
        if (line.isTooLong || line.text.find_first_not_of(kBlanks) != std::string_view::npos) return true;
    }
}

}  // namespace diagonal
