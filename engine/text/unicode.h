// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace diagonal {

constexpr char32_t kReplacementCharacter = 0xFFFD;

enum class CharacterClass { Letter, Number, Other };

/// Unicode's general categories L and N, as open_clip's splitter knows them.
CharacterClass classOf(char32_t c);

/// Unicode's White_Space.
bool isWhiteSpace(char32_t c);

/// What Python's str.split and str.strip take for white space: White_Space and U+001C to U+001F.
bool isPythonSpace(char32_t c);

/// The character at text[at], which moves behind it. Bytes that are no UTF-8 become U+FFFD, as many as Python's
/// errors="replace" makes of them. `at` must be inside.
char32_t nextCharacter(std::string_view text, size_t& at);

std::u32string decodeUtf8(std::string_view text);
void appendUtf8(std::string& out, char32_t c);
std::string encodeUtf8(std::u32string_view text);

/// The text, bytes that are no UTF-8 replaced as nextCharacter does it.
std::string repairUtf8(std::string_view text);

/// A letter with its marks, a digit or "_": what regular expressions call \w.
bool isWordCharacter(char32_t c);

/// Unicode normalisation form C.
std::u32string toNfc(std::u32string text);

/// Normalisation form D of Unicode 9, which Hugging Face's tokenizers knows: newer characters stay as they are.
std::u32string toNfd(std::u32string_view text);

/// One character in lower case (U+0130 becomes two), whatever stands beside it.
void appendLower(std::u32string& out, char32_t c);

/// Python's str.lower: a capital sigma that ends a word becomes a final one.
std::u32string toLower(std::u32string_view text);

}  // namespace diagonal
