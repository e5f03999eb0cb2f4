// SPDX-License-Identifier: Apache-2.0
#include "engine/text/charsets.h"

#include <algorithm>
#include <array>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

constexpr uint8_t kLostByte = 0x1A;

/// The characters of bytes 80 to FF, one set behind the other.
constexpr char16_t kUpperHalves[kCharsets * 128] = {
#include "engine/text/tables/charsets.inc"
};

struct Code {
    char16_t character;
    uint8_t byte;
};

using Codes = std::array<Code, 128>;

/// The upper halves by character.
const std::array<Codes, kCharsets>& codes() {
    static const auto tables = [] {
        std::array<Codes, kCharsets> sorted{};
        for (size_t set = 0; set < kCharsets; ++set) {
            for (size_t i = 0; i < 128; ++i)
                sorted[set][i] = {kUpperHalves[set * 128 + i], static_cast<uint8_t>(i + 128)};
            std::ranges::sort(sorted[set], {}, &Code::character);
        }
        return sorted;
    }();
    return tables;
}

uint8_t at(std::string_view bytes, size_t i) {
    return i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : uint8_t{0};
}

bool isIn(uint8_t byte, int low, int high) {
    return byte >= low && byte <= high;
}

/// ftfy's pattern ends with "$", which in Python also holds before a line break that ends the text; so a last line
/// break passes for the byte that is missing.
bool isLastBreak(std::string_view bytes, size_t i) {
    return i + 1 == bytes.size() && bytes[i] == '\n';
}

/// A pair of surrogates, each as three bytes; 0 when there is none.
char32_t surrogatePair(std::string_view bytes, size_t i) {
    if (i + 6 > bytes.size() || at(bytes, i) != 0xED || !isIn(at(bytes, i + 1), 0xA0, 0xAF) ||
        !isIn(at(bytes, i + 2), 0x80, 0xBF) || at(bytes, i + 3) != 0xED || !isIn(at(bytes, i + 4), 0xB0, 0xBF))
        return 0;
    if (!isIn(at(bytes, i + 5), 0x80, 0xBF) && !isLastBreak(bytes, i + 5)) return 0;
    const auto bits = [&](size_t k, uint32_t mask) { return static_cast<char32_t>(at(bytes, i + k) & mask); };
    return (bits(1, 0x0F) << 16) + (bits(2, 0x3F) << 10) + (bits(4, 0x0F) << 6) + bits(5, 0x3F) + 0x10000;
}

}  // namespace

bool isWindows(Charset charset) {
    return charset >= Charset::Windows1252 && charset <= Charset::Windows1257;
}

char32_t decodeByte(Charset charset, uint8_t byte) {
    if (byte >= 0x80) return kUpperHalves[static_cast<size_t>(charset) * 128 + byte - 0x80];
    return byte == kLostByte && isWindows(charset) ? kReplacementCharacter : byte;
}

std::optional<std::string> encodeIn(Charset charset, std::u32string_view text) {
    const Codes& table = codes()[static_cast<size_t>(charset)];
    std::string bytes;
    bytes.reserve(text.size());
    for (const char32_t c : text) {
        if (c < 0x80) {
            if (c == kLostByte && isWindows(charset)) return std::nullopt;
            bytes += static_cast<char>(c);
        } else if (c == kReplacementCharacter && isWindows(charset)) {
            bytes += static_cast<char>(kLostByte);
        } else {
            const auto code = std::ranges::lower_bound(table, c, {}, &Code::character);
            if (code == table.end() || code->character != c) return std::nullopt;
            bytes += static_cast<char>(code->byte);
        }
    }
    return bytes;
}

std::optional<std::u32string> decodeUtf8If(std::string_view bytes, Utf8 kind) {
    std::u32string text;
    text.reserve(bytes.size());
    for (size_t i = 0; i < bytes.size();) {
        if (kind == Utf8::Variants) {
            if (at(bytes, i) == 0xC0 && i + 1 < bytes.size() &&
                (at(bytes, i + 1) == 0x80 || isLastBreak(bytes, i + 1))) {
                text += U'\0';
                i += 2;
                continue;
            }
            if (const char32_t c = surrogatePair(bytes, i); c != 0) {
                text += c;
                i += 6;
                continue;
            }
        }
        const bool isReplacement = bytes.substr(i).starts_with("\xEF\xBF\xBD");
        const char32_t c = nextCharacter(bytes, i);
        if (c == kReplacementCharacter && !isReplacement) return std::nullopt;
        text += c;
    }
    return text;
}

}  // namespace diagonal
