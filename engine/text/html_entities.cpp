// SPDX-License-Identifier: Apache-2.0
#include "engine/text/html_entities.h"

#include <unicode/ustring.h>

#include <algorithm>
#include <optional>

#include "engine/text/charsets.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace {

struct Entity {
    std::string_view name, text;
    bool withoutSemicolon;  ///< HTML also knows it without the semicolon
};

constexpr Entity kEntities[] = {
#include "engine/text/tables/html_entities.inc"
};

/// No name is longer.
constexpr size_t kLongestName = 32;
/// ftfy looks no further.
constexpr size_t kLongestCarefulName = 24;

const Entity* find(std::string_view name) {
    const Entity* entity = std::ranges::lower_bound(kEntities, name, {}, &Entity::name);
    return entity != std::end(kEntities) && entity->name == name ? entity : nullptr;
}

/// The longest beginning of the name, of two characters at least, that needs no semicolon.
const Entity* findBeginning(std::string_view name) {
    for (size_t length = name.size(); length > 1; --length)
        if (const Entity* entity = find(name.substr(0, length)); entity != nullptr && entity->withoutSemicolon)
            return entity;
    return nullptr;
}

/// What number `code` stands for: nothing for control characters, windows-1252 for the C1 ones.
void appendNumbered(std::u32string& out, char32_t code) {
    if (code == 0 || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) {
        out += kReplacementCharacter;
    } else if (code >= 0x80 && code <= 0x9F) {
        out += decodeByte(Charset::Windows1252, static_cast<uint8_t>(code));
    } else {
        const bool isSpace = code == '\t' || code == '\n' || code == '\f' || code == '\r';
        const bool isControl = (code < 0x20 && !isSpace) || code == 0x7F;
        const bool isNone = (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
        if (!isControl && !isNone) out += code;
    }
}

int digitOf(char32_t c, bool hex) {
    if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
    const char32_t small = c | 0x20;
    return hex && small >= 'a' && small <= 'f' ? static_cast<int>(small - 'a') + 10 : -1;
}

struct Number {
    char32_t code = 0;
    size_t length = 0;  ///< "#x41" without a semicolon; 0: no number
};

/// `text` begins behind the "&" with "#".
Number readNumber(std::u32string_view text) {
    const bool hex = text.size() > 1 && (text[1] | 0x20) == 'x';
    const size_t first = hex ? 2 : 1;
    Number number;
    size_t end = first;
    for (; end < text.size(); ++end) {
        const int digit = digitOf(text[end], hex);
        if (digit < 0) break;
        number.code = std::min<char32_t>(number.code * (hex ? 16 : 10) + static_cast<char32_t>(digit), 0x110000);
    }
    if (end > first) number.length = end;
    return number;
}

bool has(std::u32string_view text, size_t at, char32_t c) {
    return at < text.size() && text[at] == c;
}

/// Appends what stands behind an "&" and returns its length, 0 when it is none.
size_t unescapeOne(std::u32string_view text, std::u32string& out) {
    if (has(text, 0, '#')) {
        const Number number = readNumber(text);
        if (number.length == 0) return 0;
        appendNumbered(out, number.code);
        return number.length + (has(text, number.length, ';') ? 1 : 0);
    }
    std::string name;
    for (size_t i = 0; i < text.size() && i < kLongestName && text[i] < 0x80; ++i) {
        if (std::u32string_view(U"\t\n\f <&#;").find(text[i]) != std::u32string_view::npos) break;
        name += static_cast<char>(text[i]);
    }
    if (has(text, name.size(), ';'))
        if (const Entity* entity = find(name)) {
            out += decodeUtf8(entity->text);
            return name.size() + 1;
        }
    const Entity* entity = findBeginning(name);
    if (entity == nullptr) return 0;
    out += decodeUtf8(entity->text);
    return entity->name.size();
}

bool isAlphanumeric(char32_t c) {
    return c < 0x80 && classOf(c) != CharacterClass::Other;
}

std::u32string toUpper(std::string_view text) {
    std::u16string source;
    for (const char32_t c : decodeUtf8(text))
        if (c < 0x10000) source += static_cast<char16_t>(c);
    char16_t upper[16];
    UErrorCode error = U_ZERO_ERROR;
    const int32_t length = u_strToUpper(upper, 16, source.data(), static_cast<int32_t>(source.size()), "", &error);
    return {upper, upper + length};
}

/// A name of small letters that was written in capitals.
std::optional<std::u32string> findCapitals(std::string_view name) {
    if (std::ranges::any_of(name, [](char c) { return c >= 'a' && c <= 'z'; })) return std::nullopt;
    std::string small(name);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    const Entity* entity = find(small);
    if (entity == nullptr || findBeginning(name) != nullptr) return std::nullopt;
    const std::u32string value = decodeUtf8(entity->text);
    return value[0] < 0x10000 ? toUpper(entity->text) : value;
}

size_t unescapeOneCarefully(std::u32string_view text, std::u32string& out) {
    const size_t first = has(text, 0, '#') ? 1 : 0;
    size_t end = first;
    while (end < text.size() && isAlphanumeric(text[end]))
        ++end;
    if (end == first || end - first > kLongestCarefulName || !has(text, end, ';')) return 0;
    if (first == 1) {
        const Number number = readNumber(text);
        // A semicolon that comes out would be taken for one left over.
        if (number.length != end || number.code == ';') return 0;
        appendNumbered(out, number.code);
    } else {
        const std::string name(text.begin(), text.begin() + static_cast<ptrdiff_t>(end));
        if (const Entity* entity = find(name)) {
            out += decodeUtf8(entity->text);
        } else if (const auto capitals = findCapitals(name)) {
            out += *capitals;
        } else {
            return 0;
        }
    }
    return end + 1;
}

template <size_t (*One)(std::u32string_view, std::u32string&)>
std::u32string unescapeAll(std::u32string_view text) {
    std::u32string out;
    out.reserve(text.size());
    while (true) {
        const size_t ampersand = text.find(U'&');
        out += text.substr(0, ampersand);
        if (ampersand == std::u32string_view::npos) return out;
        text.remove_prefix(ampersand + 1);
        const size_t length = One(text, out);
        if (length == 0) out += U'&';
        text.remove_prefix(length);
    }
}

}  // namespace

std::u32string unescapeHtml(std::u32string_view text) {
    return unescapeAll<unescapeOne>(text);
}

std::u32string unescapeCarefully(std::u32string_view text) {
    return unescapeAll<unescapeOneCarefully>(text);
}

std::u32string shortenAmpersands(std::u32string_view text, size_t most) {
    std::u32string out, decoded;
    out.reserve(text.size());
    while (true) {
        const size_t ampersand = text.find(U'&');
        out += text.substr(0, ampersand);
        if (ampersand == std::u32string_view::npos) return out;
        out += U'&';
        text.remove_prefix(ampersand + 1);
        for (size_t links = 0;; ++links) {
            decoded.clear();
            const size_t length = unescapeOneCarefully(text, decoded);
            if (length == 0 || decoded != U"&") break;
            if (links < most) out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
}

}  // namespace diagonal
