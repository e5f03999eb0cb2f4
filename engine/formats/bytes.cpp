// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

/// Length of the plain UTF-8 character at the begin of the text, 0 if there is none.
size_t plainCharacter(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    const uint8_t first = byte(0);
    if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
    const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    uint32_t code = first & (0x7FU >> length);
    for (size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3F);
    }
    const bool overlong = code < (length == 4 ? 0x10000U : length == 3 ? 0x800U : 0xA0U);  // 0x80 to 0x9F: controls
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return overlong || surrogate || code > 0x10FFFF ? 0 : length;
}

}  // namespace

bool isPlainText(std::string_view text) {
    while (!text.empty()) {
        const size_t length = plainCharacter(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string inQuotes(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string result = "\"";
    while (!text.empty()) {
        if (result.size() > 120) {
            result += "…";
            break;
        }
        const size_t length = plainCharacter(text);
        if (length > 0) {
            result += text.substr(0, length);
        } else {
            const auto byte = static_cast<uint8_t>(text[0]);
            result += "\\x";
            result += kHex[byte >> 4];
            result += kHex[byte & 15];
        }
        text.remove_prefix(length > 0 ? length : 1);
    }
    return result + "\"";
}

}  // namespace diagonal
