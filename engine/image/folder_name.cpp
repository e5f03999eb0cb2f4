// SPDX-License-Identifier: Apache-2.0
#include "engine/image/folder_name.h"

#include <algorithm>
#include <array>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

constexpr size_t kMostBytes = 200, kMostFileBytes = 255;

/// Control characters, and those that turn the direction of what is written behind them.
bool isControl(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// Cut in front of the character that does not fit.
void cut(std::string& text, size_t bytes) {
    if (text.size() <= bytes) return;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
        --bytes;
    text.resize(bytes);
}

std::string withoutEdges(const std::string& text) {
    const size_t begin = text.find_first_not_of(" .");
    return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(" .") + 1 - begin);
}

/// What Windows keeps for devices, whatever the ending.
bool isReserved(const std::string& name) {
    static constexpr std::array<std::string_view, 6> kNames = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    std::string stem = nameKey(name.substr(0, name.find('.')));
    stem.erase(stem.find_last_not_of(' ') + 1);
    if (std::find(kNames.begin(), kNames.end(), stem) != kNames.end()) return true;
    const std::string_view digit = std::string_view(stem).substr(std::min<size_t>(3, stem.size()));
    const bool isNumber =
        (digit.size() == 1 && digit[0] >= '0' && digit[0] <= '9') || digit == "¹" || digit == "²" || digit == "³";
    return isNumber && (stem.starts_with("com") || stem.starts_with("lpt"));
}

}  // namespace

std::string safeFolderName(std::string_view text) {
    constexpr std::u32string_view kForbidden = U"/\\:*?\"<>|";
    std::string name;
    for (size_t at = 0; at < text.size();) {
        const char32_t c = nextCharacter(text, at);
        if (isWhiteSpace(c))
            name += ' ';
        else if (kForbidden.find(c) != std::u32string_view::npos)
            name += '_';
        else if (!isControl(c))
            appendUtf8(name, c);
    }
    name = withoutEdges(name);
    cut(name, kMostBytes);
    name = withoutEdges(name);
    if (isReserved(name)) name.insert(std::min(name.find('.'), name.size()), "_");
    return name.empty() ? "unnamed" : name;
}

std::string labelFolderName(std::string_view label) {
    return safeFolderName(label.substr(0, label.find('|')));
}

std::string nameKey(std::string_view name) {
    return encodeUtf8(toNfc(toLower(decodeUtf8(name))));
}

std::string numberedName(const std::string& name, int number) {
    const size_t dot = name.rfind('.');
    const size_t end = dot == std::string::npos || dot == 0 ? name.size() : dot;
    const std::string mark = " (" + std::to_string(number) + ")";
    std::string stem = name.substr(0, end), ending = name.substr(end);
    cut(ending, kMostFileBytes / 2);
    cut(stem, kMostFileBytes - mark.size() - ending.size());
    return stem + mark + ending;
}

}  // namespace diagonal
