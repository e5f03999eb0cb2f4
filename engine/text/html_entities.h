// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace diagonal {

/// Python's html.unescape: HTML5's rules for names and numbers, with and without semicolons.
std::u32string unescapeHtml(std::u32string_view text);

/// The careful kind that ftfy uses: only with a semicolon, and names in capitals (&EACUTE;) where they mean nothing
/// else.
std::u32string unescapeCarefully(std::u32string_view text);

/// Ampersands that were escaped over and over (&amp;amp;amp;) with at most so many links, which come to the same.
std::u32string shortenAmpersands(std::u32string_view text, size_t most);

}  // namespace diagonal
