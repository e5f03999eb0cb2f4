// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// Without ASCII white space at both ends.
std::string_view trimmed(std::string_view text);

/// A to Z as a to z; all else as it is.
std::string lowered(std::string_view text);

/// Without the mark that some programs write before UTF-8.
std::string_view withoutByteOrderMark(std::string_view text);

/// Takes the first line off the text, without the signs that end it.
std::string_view takeLine(std::string_view& text);

/// "1 picture", "20 pictures"; of words that take no s `many`.
std::string counted(size_t number, const std::string& one, const std::string& many = {});

/// "a, b, c", or with " or " as `last`, "a, b or c".
std::string joined(const std::vector<std::string>& parts, std::string_view last = ", ");

}  // namespace diagonal
