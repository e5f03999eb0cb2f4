// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diagonal {

/// The character sets that UTF-8 is mistaken for, most likely first. The Windows ones have no holes: an unassigned byte
/// is Latin-1's character, and byte 1A stands for U+FFFD, a byte that is lost.
enum class Charset : uint8_t {
    Latin1,
    Windows1252,
    Windows1251,
    Windows1250,
    Windows1253,
    Windows1254,
    Windows1257,
    Iso8859Part2,
    MacRoman,
    Cp437,
};
constexpr int kCharsets = 10;

bool isWindows(Charset charset);
char32_t decodeByte(Charset charset, uint8_t byte);

/// The text in one byte per character, nothing when a character is not in the set.
std::optional<std::string> encodeIn(Charset charset, std::u32string_view text);

/// Sound UTF-8 only, or also what Java and CESU-8 make of U+0000 and of surrogates.
enum class Utf8 { Strict, Variants };
std::optional<std::u32string> decodeUtf8If(std::string_view bytes, Utf8 kind);

}  // namespace diagonal
