// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace diagonal {

/// What open_clip's HFTokenizer does to a text before its tokenizer sees it (ftfy and html.unescape), as far as
/// captions need it: HTML entities (numeric, and the common names) become characters, curly quotes become straight,
/// control characters go. Text that was decoded with a wrong character set is left as it is.
std::string cleanText(std::string_view text);

}  // namespace diagonal
