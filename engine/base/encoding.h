// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

// How bytes become text. Texts are UTF-8, with a byte-order mark or without one, or UTF-16 with a mark; what is
// neither is refused by name, never guessed. Names of files may be any bytes.

/// How many bytes from the front are well-formed UTF-8.
size_t utf8Length(std::string_view text);

/// Whether the bytes are well-formed UTF-8.
bool isUtf8(std::string_view text);

/// Bytes as hexadecimal digits, and back; what follows an odd or wrong digit is left out.
std::string hexadecimal(std::string_view bytes);
std::string bytesOfHexadecimal(std::string_view digits);

/// What a text's first bytes say of its encoding, and how many of them are the mark.
struct EncodingMark {
    enum class Kind { Utf8, Utf16Little, Utf16Big, Utf32 } kind = Kind::Utf8;
    size_t size = 0;

    static EncodingMark of(std::string_view begin);
};

/// UTF-16 to UTF-8, piece by piece. Half a surrogate pair and half a unit become bytes that are no UTF-8, so that
/// whoever checks finds them in their place.
class Utf16Decoder {
  public:
    explicit Utf16Decoder(bool isBig) : m_isBig(isBig) {}

    void add(std::string_view bytes, std::string& out);
    void finish(std::string& out);

  private:
    void addUnit(uint32_t unit, std::string& out);

    bool m_isBig, m_hasByte = false;
    unsigned char m_byte = 0;  ///< of a unit whose second one is to come
    uint32_t m_high = 0;       ///< of a pair whose second half is to come; 0: none
};

/// The bytes without their mark, UTF-16 in UTF-8; not checked: for lists of names.
std::string withoutMark(std::string bytes);

/// The same of a text. Throws Error with the line for what is no UTF-8 and for a zero byte; name is its subject.
std::string decodedText(std::string bytes, const std::string& name);

/// decodedText of a file. Throws Error.
std::string readPlainText(const std::filesystem::path& path, uint64_t maxBytes = uint64_t{1} << 31);

/// The lines of a text without what ends them: LF, CRLF or CR.
std::vector<std::string_view> linesOf(std::string_view text);

}  // namespace diagonal
