// SPDX-License-Identifier: Apache-2.0
#include "engine/text/clean_text.h"

#include <algorithm>

#include "engine/text/fix_text.h"
#include "engine/text/html_entities.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace {

bool isPunctuation(char32_t c) {
    return c > ' ' && c < 0x7F && classOf(c) == CharacterClass::Other;
}

/// Printable ASCII, in which ftfy and html.unescape find nothing to do.
bool isPlain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= ' ' && c < 0x7F && c != '&') || c == '\t' || c == '\n' || c == '\f' || c == '\r';
    });
}

/// Python's " ".join(text.split()).
template <class String>
String collapse(const String& text) {
    String out;
    out.reserve(text.size());
    for (const auto c : text) {
        if (!isPythonSpace(static_cast<char32_t>(c))) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += static_cast<typename String::value_type>(' ');
        }
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

template <class String>
void dropPunctuation(String& text) {
    std::erase_if(text, [](auto c) { return isPunctuation(static_cast<char32_t>(c)); });
}

void lowerAscii(std::string& text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
}

std::string cleanPlain(std::string text, TextCleaning cleaning) {
    if (cleaning == TextCleaning::Canonicalize) {
        std::ranges::replace(text, '_', ' ');
        dropPunctuation(text);
    }
    if (cleaning != TextCleaning::Whitespace) lowerAscii(text);
    return collapse(text);
}

std::string cleanAny(std::string_view text, TextCleaning cleaning) {
    std::u32string clean = fixText(decodeUtf8(text));
    clean = unescapeHtml(unescapeHtml(clean));
    switch (cleaning) {
        case TextCleaning::Canonicalize:
            std::ranges::replace(clean, U'_', U' ');
            dropPunctuation(clean);
            return encodeUtf8(collapse(toLower(clean)));
        case TextCleaning::Whitespace:
            return encodeUtf8(collapse(clean));
        default:
            return encodeUtf8(toLower(collapse(clean)));
    }
}

std::string cleanLikeHuggingFace(std::string_view text) {
    std::u32string spaced;
    for (const char32_t c : toNfc(decodeUtf8(text))) {
        if (!isWhiteSpace(c)) {
            appendLower(spaced, c);
        } else if (!spaced.ends_with(U' ')) {
            spaced += U' ';
        }
    }
    return encodeUtf8(spaced);
}

}  // namespace

std::string cleanText(std::string_view text, TextCleaning cleaning) {
    if (cleaning == TextCleaning::HuggingFace) return cleanLikeHuggingFace(text);
    return isPlain(text) ? cleanPlain(std::string(text), cleaning) : cleanAny(text, cleaning);
}

std::string canonicalizeLikeSiglip(std::string_view text) {
    std::u32string clean = toLower(decodeUtf8(text));
    dropPunctuation(clean);
    return encodeUtf8(collapse(clean));
}

std::string lowerEachCharacter(std::string_view text) {
    std::u32string lower;
    for (const char32_t c : decodeUtf8(text))
        appendLower(lower, c);
    return encodeUtf8(lower);
}

}  // namespace diagonal
