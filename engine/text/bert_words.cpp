// SPDX-License-Identifier: Apache-2.0
#include "engine/text/bert_words.h"

#include <algorithm>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

struct CharacterRange {
    char32_t first, last;
};
constexpr CharacterRange kRemoved[] = {
#include "engine/text/tables/bert_removed.inc"
};
constexpr CharacterRange kAccents[] = {
#include "engine/text/tables/bert_accents.inc"
};
constexpr CharacterRange kPunctuation[] = {
#include "engine/text/tables/bert_punctuation.inc"
};
/// Extension E begins a thousand characters late; Google's table has it that way and everybody kept it.
constexpr CharacterRange kChinese[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},  {0x20000, 0x2A6DF},
                                       {0x2A700, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}};

struct Capital {
    char32_t capital, small;
};
constexpr Capital kNewerCapitals[] = {
#include "engine/text/tables/newer_capitals.inc"
};

template <size_t N>
bool isIn(const CharacterRange (&ranges)[N], char32_t c) {
    const CharacterRange* range = std::ranges::lower_bound(ranges, c, {}, &CharacterRange::last);
    return range != std::end(ranges) && range->first <= c;
}

bool isAsciiPunctuation(char c) {
    return c > ' ' && c < 0x7F && classOf(static_cast<char32_t>(c)) == CharacterClass::Other;
}

bool isAscii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

std::string normalizeAscii(std::string_view text, const BertText& how) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool isSpace = c == '\t' || c == '\n' || c == '\r';
        if (how.clean && (isSpace || c < ' ' || c == 0x7F)) {
            if (isSpace) out += ' ';
        } else {
            out += how.lower && c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        }
    }
    return out;
}

void appendLowerOrNewer(std::u32string& out, char32_t c) {
    const Capital* newer = std::ranges::lower_bound(kNewerCapitals, c, {}, &Capital::capital);
    if (newer != std::end(kNewerCapitals) && newer->capital == c) {
        out += newer->small;
    } else {
        appendLower(out, c);
    }
}

}  // namespace

std::string normalizeLikeBert(std::string_view text, const BertText& how) {
    if (isAscii(text)) return normalizeAscii(text, how);
    std::u32string out;
    for (char32_t c : decodeUtf8(text)) {
        if (how.clean) {
            if (isIn(kRemoved, c)) continue;
            if (isWhiteSpace(c)) c = ' ';
        }
        const bool apart = how.spaceChinese && isIn(kChinese, c);
        if (apart) out += U' ';
        out += c;
        if (apart) out += U' ';
    }
    if (how.stripAccents) {
        out = toNfd(out);
        std::erase_if(out, [](char32_t c) { return isIn(kAccents, c); });
    }
    if (how.lower) {
        std::u32string small;
        for (const char32_t c : out)
            appendLowerOrNewer(small, c);
        out = std::move(small);
    }
    return encodeUtf8(out);
}

void splitLikeBert(std::string_view text, std::vector<std::string_view>& words) {
    size_t begin = 0;
    const auto endWord = [&](size_t end) {
        if (end > begin) words.push_back(text.substr(begin, end - begin));
    };
    for (size_t at = 0; at < text.size();) {
        const size_t here = at;
        bool space = false, mark = false;
        if (static_cast<uint8_t>(text[at]) < 0x80) {
            space = isWhiteSpace(static_cast<char32_t>(text[at]));
            mark = isAsciiPunctuation(text[at++]);
        } else {
            const char32_t c = nextCharacter(text, at);
            space = isWhiteSpace(c);
            mark = isIn(kPunctuation, c);
        }
        if (!space && !mark) continue;
        endWord(here);
        if (mark) words.push_back(text.substr(here, at - here));
        begin = at;
    }
    endWord(text.size());
}

}  // namespace diagonal
