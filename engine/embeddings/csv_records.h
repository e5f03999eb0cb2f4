// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// Takes the first record of RFC 4180 off a text: quotes, doubled quotes, embedded line ends; LF, CRLF or CR. False at
/// the end. Empty lines are no records. What is never closed goes to the end.
bool takeRecord(std::string_view& text, char delimiter, std::vector<std::string>& cells);

}  // namespace diagonal
