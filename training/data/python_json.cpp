// SPDX-License-Identifier: Apache-2.0
#include "training/data/python_json.h"

#include <charconv>
#include <cmath>
#include <system_error>

namespace diagonal {

namespace {

/// A longer number is none: Python's own reader takes 4,300 digits.
constexpr size_t kLongestNumber = 8192;
constexpr const char* kNoCharacter = "\\u0000";

bool isOfToken(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '+' ||
           c == '-';
}

/// Whether a token is a value that Python's json writes or reads, and the standard or a double does not hold.
bool isBeyondJson(std::string_view token) {
    if (token == "NaN" || token == "Infinity" || token == "-Infinity") return true;
    double value = 0;
    const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (failure != std::errc::result_out_of_range || end != token.data() + token.size()) return false;
    // A number too small for a double is read as zero.
    const size_t exponent = token.find_first_of("eE");
    return exponent == std::string_view::npos || token[exponent + 1] != '-';
}

bool isHighHalf(unsigned unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}

bool isLowHalf(unsigned unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

std::optional<char> PythonJson::get() {
    if (m_back.empty()) return m_next();
    const char c = m_back.back();
    m_back.pop_back();
    return c;
}

/// A number or a word.
void PythonJson::takeToken(char first) {
    std::string token(1, first);
    for (auto c = get(); c; c = get()) {
        if (!isOfToken(*c) || token.size() == kLongestNumber) {
            m_back += *c;
            break;
        }
        token += *c;
    }
    m_out += isBeyondJson(token) ? "null" : token;
}

/// Four digits; nothing where they are none. `read` receives what was read.
std::optional<unsigned> PythonJson::hexadecimal(std::string& read) {
    for (int i = 0; i < 4; ++i) {
        const auto c = get();
        if (!c) return std::nullopt;
        read += *c;
        if (std::string_view("0123456789abcdefABCDEF").find(*c) == std::string_view::npos) return std::nullopt;
    }
    unsigned unit = 0;
    std::from_chars(read.data() + read.size() - 4, read.data() + read.size(), unit, 16);
    return unit;
}

/// Behind a backslash.
void PythonJson::takeEscape() {
    const auto kind = get();
    m_out += '\\';
    if (!kind) return;
    if (*kind != 'u') {
        m_out += *kind;
        return;
    }
    std::string first = "u";
    const auto unit = hexadecimal(first);
    if (!unit || (!isHighHalf(*unit) && !isLowHalf(*unit))) {
        m_out += first;
        return;
    }
    m_out.pop_back();
    std::string second;
    if (isHighHalf(*unit)) {
        for (const char wanted : {'\\', 'u'}) {
            const auto c = get();
            if (c) second += *c;
            if (c != wanted) break;
        }
        const auto low = second == "\\u" ? hexadecimal(second) : std::nullopt;
        if (low && isLowHalf(*low)) {
            m_out += '\\' + first + second;
            return;
        }
    }
    m_out += kNoCharacter;
    m_back.append(second.rbegin(), second.rend());
}

std::optional<char> PythonJson::take() {
    while (m_at == m_out.size()) {
        m_out.clear();
        m_at = 0;
        const auto c = get();
        if (!c) return std::nullopt;
        if (*c == '"') m_isInText = !m_isInText;
        const bool beginsToken = (*c >= '0' && *c <= '9') || *c == '-' || *c == 'N' || *c == 'I';
        if (m_isInText && *c == '\\')
            takeEscape();
        else if (!m_isInText && beginsToken)
            takeToken(*c);
        else
            return c;
    }
    return m_out[m_at++];
}

std::string standardJson(std::string_view text) {
    size_t at = 0;
    PythonJson json(
        [&]() -> std::optional<char> { return at < text.size() ? std::optional(text[at++]) : std::nullopt; });
    std::string standard;
    while (const auto c = json.take())
        standard += *c;
    return standard;
}

}  // namespace diagonal
