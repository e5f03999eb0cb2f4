// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace diagonal {

/// True when characters stand side by side that hardly anybody writes, but that come out when UTF-8 is decoded with
/// another character set: ftfy 6.3.1's heuristic.
bool isBad(std::u32string_view text);

/// How many characters from text[at] look like UTF-8 in another character set, 0 when none do.
size_t utf8LookalikeLength(std::u32string_view text, size_t at);

}  // namespace diagonal
