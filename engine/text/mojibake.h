// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace diagonal {

/// UTF-8 that was decoded with another character set, perhaps several times over, becomes what it was: ftfy 6.3.1's
/// fix_encoding. Other text stays as it is.
std::u32string fixEncoding(std::u32string text);

/// C1 control characters become what they are in windows-1252.
void fixC1Controls(std::u32string& text);

}  // namespace diagonal
