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

}  // namespace diagonal
