// SPDX-License-Identifier: Apache-2.0
#include "engine/text/badness.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

/// What a character is in the eyes of the heuristic, in the order of scripts/make-text-tables.
enum CharacterKind : uint32_t {
    Common = 1U << 0,
    C1 = 1U << 1,
    Bad = 1U << 2,
    Law = 1U << 3,
    Currency = 1U << 4,
    Start = 1U << 5,
    End = 1U << 6,
    Numeric = 1U << 7,
    Kaomoji = 1U << 8,
    Upper = 1U << 9,   // with an accent
    Lower = 1U << 10,  // with an accent
    UpperCommon = 1U << 11,
    LowerCommon = 1U << 12,
    Box = 1U << 13,
    FirstOf2 = 1U << 14,
    FirstOf3 = 1U << 15,
    FirstOf4 = 1U << 16,
    Continuation = 1U << 17,
    StrictContinuation = 1U << 18,
};

struct Character {
    char16_t c;
    uint32_t kinds;
};

constexpr Character kCharacters[] = {
#include "engine/text/tables/mojibake_characters.inc"
};

uint32_t kindsOf(char32_t c) {
    if (c < 0x80) return c == ' ' ? uint32_t{Continuation} : 0;
    const Character* found = std::ranges::lower_bound(kCharacters, c, {}, &Character::c);
    return found != std::end(kCharacters) && found->c == c ? found->kinds : 0;
}

bool oneOf(char32_t c, std::u32string_view list) {
    return c != 0 && list.find(c) != std::u32string_view::npos;
}

bool isSmall(char32_t c) {
    return c >= 'a' && c <= 'z';
}
bool isAsciiLetter(char32_t c) {
    return isSmall(c | 0x20) && c < 0x80;
}
bool isWord(char32_t c) {
    return c == '_' || (c != 0 && classOf(c) != CharacterClass::Other);
}

/// Looks at a place of the text and what follows it; 0 stands for "behind the end".
struct Window {
    std::u32string_view text;
    const std::vector<uint32_t>& kinds;
    size_t at;

    char32_t c(size_t i) const { return at + i < text.size() ? text[at + i] : U'\0'; }
    bool is(size_t i, uint32_t wanted) const { return at + i < text.size() && (kinds[at + i] & wanted) != 0; }
    bool are(uint32_t first, uint32_t second) const { return is(0, first) && is(1, second); }
    bool are(uint32_t first, uint32_t second, uint32_t third) const { return are(first, second) && is(2, third); }
    bool spells(std::u32string_view wanted) const { return text.substr(at).starts_with(wanted); }
};

bool isUnlikelyPair(const Window& w) {
    constexpr uint32_t kMarks = Lower | Upper | Box | Start | End | Currency | Numeric | Law;
    return w.is(0, C1) || w.are(kMarks | Bad, Bad) || w.are(Bad, kMarks) ||
           w.are(Lower | LowerCommon | Box | End | Currency | Numeric, Upper) ||
           w.are(Box | End | Currency | Numeric, Lower) || w.are(Lower | Box | End, Currency) ||
           w.are(Upper | Box, Numeric | Law) || w.are(Currency | Numeric | Box, Start) || w.are(Box, Kaomoji | End) ||
           w.are(Lower | Upper | Currency | Numeric | Start | End | Law, Box);
}

bool isUnlikelyTriple(const Window& w) {
    return w.are(Lower | Upper | Box | Currency | End, Start, Numeric) ||
           w.are(Lower | Upper | Currency | Numeric | Box | Law, End, Start) ||
           (w.are(Lower | Upper, Start | End) && isWord(w.c(2))) ||
           (isAsciiLetter(w.c(0)) && w.is(1, LowerCommon | UpperCommon) && w.is(2, Bad)) ||
           (isSmall(w.c(0)) && w.is(1, Upper) && w.is(2, Start | Currency)) ||
           (w.at < w.text.size() && isPythonSpace(w.c(0)) && w.is(1, Upper) && w.is(2, Currency));
}

/// Second characters of two-byte sequences that are read as windows-1252.
bool isWindows1252(const Window& w) {
    if (oneOf(w.c(0), U"Œœ") && w.at + 1 < w.text.size() && !isAsciiLetter(w.c(1))) return true;
    if (w.is(0, Upper) && w.c(1) == U'°') return true;
    if (oneOf(w.c(0), U"ÂÃÎÐ") && (oneOf(w.c(1), U"€œŠš¢£Ÿž\u00A0\u00AD®°©·»–—´") || w.is(1, Start | End))) return true;
    if (w.c(0) == U'×' && oneOf(w.c(1), U"²³")) return true;
    if (w.c(0) == U'à' && oneOf(w.c(1), U"²µ¹¼½¾")) return true;
    if (w.c(0) == U'Ã' && oneOf(w.c(1), U"\u00A0¡")) return true;
    // Arabic; what follows is common, so two of them are asked for.
    const auto arabic = [&](size_t i) {
        return oneOf(w.c(i), U"ØÙ") &&
               (w.is(i + 1, Common | Currency | Bad | Numeric | Start) || oneOf(w.c(i + 1), U"ŸŠ®°µ»"));
    };
    return arabic(0) && arabic(2);
}

/// "Ã " and "Â " once were "à" and a space that must not break.
bool isBrokenSpace(const Window& w) {
    const auto letterAndSpace = [&](size_t i) { return oneOf(w.c(i), U"ÃÂ") && w.c(i + 1) == U' '; };
    if (w.at == 0 && letterAndSpace(0)) return true;
    if (isSmall(w.c(0)) && (letterAndSpace(1) || (isPythonSpace(w.c(1)) && letterAndSpace(2)))) return true;
    return (isSmall(w.c(0)) || oneOf(w.c(0), U".,?!") || w.is(0, End)) && w.c(1) == U'Â' &&
           (w.c(2) == U' ' || w.is(2, Start | End));
}

bool isOtherCharset(const Window& w) {
    switch (w.c(0)) {
        case U'√':  // MacRoman
            return oneOf(w.c(1), U"±∂†≠®™´≤≥¥µø");
        case U'≈':
            return oneOf(w.c(1), U"°¢");
        case U'‚':
            return (w.c(1) == U'Ä' && oneOf(w.c(2), U"ìîïòôúùû†°¢π")) ||
                   (oneOf(w.c(1), U"âó") && oneOf(w.c(2), U"àä°ê"));
        case U'в':  // windows-1251
            return w.c(1) == U'Ђ';
        case U'β':  // windows-1253
            return w.c(1) == U'€' && oneOf(w.c(2), U"™\u00A0Ά\u00AD®°");
        case U'ā':  // windows-1257
            return w.c(1) == U'€';
        default:
            break;
    }
    constexpr uint32_t kBetween = C1 | Bad | Start | End | Currency;
    constexpr std::u32string_view kCyrillic = U"ВГРС", kGreek = U"ΒΓΞΟ";
    if (oneOf(w.c(0), kCyrillic) && oneOf(w.c(2), kCyrillic) && (w.is(1, kBetween) || oneOf(w.c(1), U"°µ")))
        return true;
    if (oneOf(w.c(0), kGreek) && oneOf(w.c(2), kGreek) && (w.is(1, kBetween) || w.c(1) == U'°')) return true;
    return w.spells(U"ГўВЂВ") && w.at + 5 < w.text.size() && w.c(5) != U'\n' &&
           (isAsciiLetter(w.c(6)) || w.c(6) == U' ');
}

}  // namespace

bool isBad(std::u32string_view text) {
    std::vector<uint32_t> kinds(text.size());
    std::ranges::transform(text, kinds.begin(), kindsOf);
    if (std::ranges::none_of(kinds, [](uint32_t kind) { return (kind & ~uint32_t{Continuation}) != 0; })) return false;
    for (size_t at = 0; at < text.size(); ++at) {
        const Window window{text, kinds, at};
        if (isUnlikelyPair(window) || isUnlikelyTriple(window) || isWindows1252(window) || isBrokenSpace(window) ||
            isOtherCharset(window))
            return true;
    }
    return false;
}

size_t utf8LookalikeLength(std::u32string_view text, size_t at) {
    if (at > 0 && (kindsOf(text[at - 1]) & StrictContinuation) != 0) return 0;
    size_t end = at;
    while (end < text.size()) {
        const uint32_t first = kindsOf(text[end]);
        const size_t more = (first & FirstOf2) != 0 ? 1 : (first & FirstOf3) != 0 ? 2 : (first & FirstOf4) != 0 ? 3 : 0;
        if (more == 0 || end + more >= text.size()) break;
        const auto rest = text.substr(end + 1, more);
        if (!std::ranges::all_of(rest, [](char32_t c) { return (kindsOf(c) & Continuation) != 0; })) break;
        end += more + 1;
    }
    return end - at;
}

}  // namespace diagonal
