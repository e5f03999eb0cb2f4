// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/csv_records.h"

namespace diagonal {

namespace {

/// The cell at the begin of the text, which is taken off.
std::string takeCell(std::string_view& text, char delimiter) {
    std::string cell;
    bool isQuoted = false;
    if (text.starts_with('"')) {
        isQuoted = true;
        text.remove_prefix(1);
    }
    while (!text.empty()) {
        const char c = text.front();
        if (isQuoted && c == '"') {
            text.remove_prefix(1);
            isQuoted = text.starts_with('"');
            if (!isQuoted) continue;
        } else if (!isQuoted && (c == delimiter || c == '\n' || c == '\r')) {
            break;
        }
        cell += text.front();
        text.remove_prefix(1);
    }
    return cell;
}

}  // namespace

bool takeRecord(std::string_view& text, char delimiter, std::vector<std::string>& cells) {
    const size_t begin = text.find_first_not_of("\r\n");
    text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
    cells.clear();
    if (text.empty()) return false;
    for (;;) {
        cells.push_back(takeCell(text, delimiter));
        if (!text.starts_with(delimiter)) return true;
        text.remove_prefix(1);
    }
}

}  // namespace diagonal
