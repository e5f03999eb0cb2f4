// SPDX-License-Identifier: Apache-2.0
#include "engine/base/encoding.h"

#include <algorithm>
#include <charconv>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace {

constexpr const char* kSaveAsUtf8 = "Save it as UTF-8 (in Excel “CSV UTF-8”, in Notepad the encoding UTF-8)";

bool isHighSurrogate(uint32_t unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}

bool isLowSurrogate(uint32_t unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

void appendCode(std::string& out, uint32_t code) {
    const auto byte = [&out](uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6);
        byte(0x80 | (code & 0x3F));
    } else {
        if (code < 0x10000) {
            byte(0xE0 | code >> 12);
        } else {
            byte(0xF0 | code >> 18);
            byte(0x80 | (code >> 12 & 0x3F));
        }
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    }
}

/// Of the byte at `at`, from 1; LF, CRLF and CR end a line.
size_t lineOf(std::string_view text, size_t at) {
    size_t line = 1;
    for (size_t i = 0; i < at; ++i)
        if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n')) ++line;
    return line;
}

}  // namespace

size_t utf8Length(std::string_view text) {
    size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return i;
        uint32_t code = lead & (0xFFU >> (length + 1));
        for (size_t k = 1; k < length; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xC0) != 0x80) return i;
            code = (code << 6) | (byte & 0x3FU);
        }
        constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return i;
        i += length;
    }
    return i;
}

std::string hexadecimal(std::string_view bytes) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string digits;
    for (const char c : bytes)
        digits += {kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]};
    return digits;
}

std::string bytesOfHexadecimal(std::string_view digits) {
    std::string bytes;
    for (size_t i = 0; i + 1 < digits.size(); i += 2) {
        unsigned byte = 0;
        const char* end = digits.data() + i + 2;
        if (std::from_chars(digits.data() + i, end, byte, 16).ptr != end) break;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

bool isUtf8(std::string_view text) {
    return utf8Length(text) == text.size();
}

EncodingMark EncodingMark::of(std::string_view begin) {
    using enum Kind;
    if (begin.starts_with("\xEF\xBB\xBF")) return {Utf8, 3};
    if (begin.starts_with(std::string_view("\xFF\xFE\0\0", 4)) ||
        begin.starts_with(std::string_view("\0\0\xFE\xFF", 4)))
        return {Utf32, 4};
    if (begin.starts_with("\xFF\xFE")) return {Utf16Little, 2};
    if (begin.starts_with("\xFE\xFF")) return {Utf16Big, 2};
    return {};
}

void Utf16Decoder::addUnit(uint32_t unit, std::string& out) {
    if (m_high != 0 && isLowSurrogate(unit)) {
        appendCode(out, 0x10000 + ((m_high - 0xD800) << 10) + (unit - 0xDC00));
        m_high = 0;
        return;
    }
    if (m_high != 0) appendCode(out, m_high);
    m_high = isHighSurrogate(unit) ? unit : 0;
    if (m_high == 0) appendCode(out, unit);
}

void Utf16Decoder::add(std::string_view bytes, std::string& out) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (m_hasByte) addUnit(m_isBig ? m_byte << 8U | byte : byte << 8U | m_byte, out);
        m_byte = byte;
        m_hasByte = !m_hasByte;
    }
}

void Utf16Decoder::finish(std::string& out) {
    if (m_high != 0) appendCode(out, m_high);
    if (m_hasByte) out += '\xFF';
    m_high = 0;
    m_hasByte = false;
}

std::string withoutMark(std::string bytes) {
    const EncodingMark mark = EncodingMark::of(bytes);
    if (mark.kind != EncodingMark::Kind::Utf16Little && mark.kind != EncodingMark::Kind::Utf16Big) {
        if (mark.kind == EncodingMark::Kind::Utf8) bytes.erase(0, mark.size);
        return bytes;
    }
    std::string text;
    Utf16Decoder decoder(mark.kind == EncodingMark::Kind::Utf16Big);
    decoder.add(std::string_view(bytes).substr(mark.size), text);
    decoder.finish(text);
    return text;
}

std::string decodedText(std::string bytes, const std::string& name) {
    const EncodingMark mark = EncodingMark::of(bytes);
    if (mark.kind == EncodingMark::Kind::Utf32) throw Error(name, "line 1: this is UTF-32, not UTF-8", kSaveAsUtf8);
    std::string text = withoutMark(std::move(bytes));
    const size_t good = utf8Length(text), zero = text.find('\0');
    const auto place = [&](size_t at) { return "line " + std::to_string(lineOf(text, at)) + ": "; };
    if (zero < good)
        throw Error(name, place(zero) + "there is a zero byte, so this is not a text file, or UTF-16 without its mark",
                    kSaveAsUtf8);
    if (good < text.size())
        throw Error(name,
                    place(good) + (mark.size == 2 ? "half a character, so this is not UTF-16" : "this is not UTF-8"),
                    kSaveAsUtf8);
    return text;
}

std::string readPlainText(const std::filesystem::path& path, uint64_t maxBytes) {
    return decodedText(readText(path, maxBytes), displayName(path));
}

std::vector<std::string_view> linesOf(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find_first_of("\r\n"), text.size());
        lines.push_back(text.substr(0, end));
        const bool isPair = end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n';
        text.remove_prefix(std::min(end + (isPair ? 2 : 1), text.size()));
    }
    return lines;
}

}  // namespace diagonal
