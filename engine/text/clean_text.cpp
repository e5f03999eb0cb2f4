// SPDX-License-Identifier: Apache-2.0
#include "engine/text/clean_text.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace diagonal {

namespace {

struct Entity {
    std::string_view name, text;
    bool withoutSemicolon;  ///< HTML also knows it without the semicolon
};

constexpr Entity kEntities[] = {
    {"amp", "&", true},         {"lt", "<", true},          {"gt", ">", true},           {"quot", "\"", true},
    {"apos", "'", false},       {"nbsp", "\u00A0", true},   {"copy", "\u00A9", true},    {"reg", "\u00AE", true},
    {"deg", "\u00B0", true},    {"eacute", "\u00E9", true}, {"hellip", "\u2026", false}, {"mdash", "\u2014", false},
    {"ndash", "\u2013", false}, {"lsquo", "\u2018", false}, {"rsquo", "\u2019", false},  {"ldquo", "\u201C", false},
    {"rdquo", "\u201D", false}, {"trade", "\u2122", false}, {"times", "\u00D7", true},   {"middot", "\u00B7", true},
    {"auml", "\u00E4", true},   {"ouml", "\u00F6", true},   {"uuml", "\u00FC", true},    {"szlig", "\u00DF", true},
    {"egrave", "\u00E8", true}, {"agrave", "\u00E0", true}, {"ccedil", "\u00E7", true},  {"ntilde", "\u00F1", true},
    {"euro", "\u20AC", false},  {"pound", "\u00A3", true},
};

void appendUtf8(std::string& out, uint32_t code) {
    if (code == 0 || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) code = 0xFFFD;
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// "#65;" or "#x41" (the "&" is left out): appends its character and returns its length, 0 when it is none.
size_t unescapeNumber(std::string_view text, std::string& out) {
    const bool hex = text.size() > 1 && (text[1] == 'x' || text[1] == 'X');
    const size_t first = hex ? 2 : 1;
    size_t end = first;
    uint32_t code = 0;
    for (; end < text.size(); ++end) {
        const auto c = static_cast<unsigned char>(text[end]);
        if (hex ? std::isxdigit(c) == 0 : std::isdigit(c) == 0) break;
        const int digit = std::isdigit(c) != 0 ? c - '0' : std::tolower(c) - 'a' + 10;
        code = std::min<uint32_t>(code * (hex ? 16 : 10) + static_cast<uint32_t>(digit), 0x110000);
    }
    if (end == first) return 0;
    appendUtf8(out, code);
    return end < text.size() && text[end] == ';' ? end + 1 : end;
}

size_t unescapeName(std::string_view text, std::string& out) {
    for (const Entity& entity : kEntities) {
        if (!text.starts_with(entity.name)) continue;
        const size_t length = entity.name.size();
        const bool semicolon = text.size() > length && text[length] == ';';
        if (!semicolon && !entity.withoutSemicolon) continue;
        out += entity.text;
        return semicolon ? length + 1 : length;
    }
    return 0;
}

std::string unescapeHtml(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size();) {
        if (text[i] == '&') {
            const std::string_view rest = text.substr(i + 1);
            const size_t length = rest.starts_with('#') ? unescapeNumber(rest, out) : unescapeName(rest, out);
            if (length > 0) {
                i += length + 1;
                continue;
            }
        }
        out += text[i++];
    }
    return out;
}

bool isControl(unsigned char c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r') || c == 0x7F;
}

/// Quotes made straight and control characters dropped.
std::string straighten(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = text.substr(i);
        const auto third = rest.size() > 2 ? static_cast<unsigned char>(rest[2]) : 0;
        if (rest.starts_with("\xE2\x80") && third >= 0x98 && third <= 0x9F) {
            out += third <= 0x9B ? '\'' : '"';
            i += 2;
        } else if (rest.starts_with("\xCA\xBC")) {
            out += '\'';
            i += 1;
        } else if (rest.starts_with("\xE2\x96\x81")) {
            out += ' ';  // U+2581 stands for a space inside SentencePiece
            i += 2;
        } else if (!isControl(static_cast<unsigned char>(text[i]))) {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::string cleanText(std::string_view text) {
    std::string out(text);
    // html.unescape twice, and once more in ftfy unless the text looks like HTML.
    const int passes = out.find('<') == std::string::npos ? 3 : 2;
    for (int i = 0; i < passes && out.find('&') != std::string::npos; ++i)
        out = unescapeHtml(out);
    return straighten(out);
}

}  // namespace diagonal
