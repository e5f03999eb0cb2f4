// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace diagonal {

/// A text from front to back in little memory. A gzip file is unpacked on the way, by its content, whatever its name;
/// UTF-16 with a mark is turned into UTF-8. That the bytes are UTF-8 is for the reader to check, line by line.
class TextStream {
  public:
    static constexpr size_t kWindow = size_t{1} << 20;

    /// Throws Error for what is no regular file or cannot be read.
    explicit TextStream(const std::filesystem::path& path, size_t window = kWindow);
    /// Of a text that outlives it.
    static TextStream ofText(std::string_view text, size_t window = kWindow);
    ~TextStream();
    TextStream(TextStream&&) noexcept;

    /// What comes next: as many bytes as the window has, or all that are left (isLast). They stay until the
    /// next call. Throws Error naming the file where it cannot be read on, a gzip file that is cut or damaged.
    std::string_view ahead();
    bool isLast() const { return m_isLast; }
    /// Goes on behind so many of the bytes that ahead() gave.
    void skip(size_t bytes) { m_begin += bytes; }
    /// Goes on behind a byte-order mark, where there is one.
    void skipByteOrderMark();

  private:
    class Source;

    explicit TextStream(size_t window);

    std::unique_ptr<Source> m_source;  ///< null: of a text
    std::unique_ptr<char[]> m_buffer;
    const char* m_data = nullptr;  ///< the buffer or the text
    size_t m_begin = 0, m_end = 0, m_window;
    bool m_isRead = false;  ///< to the end
    bool m_isLast = false;
};

/// The lines of a text one after another; LF, CRLF or CR ends them.
class LineReader {
  public:
    /// stream must outlive it. A byte-order mark is skipped.
    explicit LineReader(TextStream& stream) : m_stream(stream) { stream.skipByteOrderMark(); }

    struct Line {
        size_t number = 0;       ///< from 1
        std::string_view text;   ///< without its end; stays until the next call
        bool isTooLong = false;  ///< longer than the stream's window; the text is empty
    };

    /// False at the end. Empty lines (blanks) are skipped.
    bool next(Line& line);

  private:
    TextStream& m_stream;
    size_t m_number = 0, m_shown = 0;
    bool m_isAfterReturn = false;
};

}  // namespace diagonal
