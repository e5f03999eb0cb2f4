// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace diagonal {

/// ftfy.fix_text of ftfy 6.3.1 with its defaults: line by line, until nothing changes any more, HTML entities become
/// characters (until a "<" is met), mojibake is undone, ligatures, full-width letters, curly quotes and line breaks
/// become plain ones, terminal escapes and control characters go, and what is left is composed (NFC).
std::u32string fixText(std::u32string_view text);

}  // namespace diagonal
