// SPDX-License-Identifier: Apache-2.0
#include "engine/text/fix_text.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "engine/text/html_entities.h"
#include "engine/text/mojibake.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace {

/// What is longer is cut, wherever that may be.
constexpr size_t kLongestLine = 1'000'000;

constexpr char16_t kStandardWidth[] = {
#include "engine/text/tables/full_width.inc"
};
constexpr char32_t kFirstFullWidth = 0xFF01, kFullWidthMacron = 0xFFE3;

struct Ligature {
    char32_t c;
    std::u32string_view letters;
};

constexpr Ligature kLigatures[] = {
    {U'Ĳ', U"IJ"},  {U'ĳ', U"ij"},  {U'ŉ', U"ʼn"}, {U'Ǆ', U"DŽ"}, {U'ǅ', U"Dž"}, {U'ǆ', U"dž"},
    {U'Ǉ', U"LJ"},  {U'ǈ', U"Lj"},  {U'ǉ', U"lj"}, {U'Ǌ', U"NJ"}, {U'ǋ', U"Nj"}, {U'ǌ', U"nj"},
    {U'Ǳ', U"DZ"},  {U'ǲ', U"Dz"},  {U'ǳ', U"dz"}, {U'ﬀ', U"ff"}, {U'ﬁ', U"fi"}, {U'ﬂ', U"fl"},
    {U'ﬃ', U"ffi"}, {U'ﬄ', U"ffl"}, {U'ﬅ', U"ſt"}, {U'ﬆ', U"st"},
};

bool isRemoved(char32_t c) {
    return c < 0x09 || c == 0x0B || (c >= 0x0E && c < 0x20) || c == 0x7F || (c >= 0x206A && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFC);
}

/// Ligatures, widths, quotes; these know single characters only.
void appendPlain(std::u32string& out, char32_t c) {
    if (c < 0x80) {
        out += c;
        return;
    }
    const Ligature* ligature = std::ranges::lower_bound(kLigatures, c, {}, &Ligature::c);
    if (ligature != std::end(kLigatures) && ligature->c == c) {
        for (const char32_t letter : ligature->letters)
            out += letter == U'ʼ' ? U'\'' : letter;
    } else if (c == U'ʼ' || (c >= 0x2018 && c <= 0x201B)) {
        out += U'\'';
    } else if (c >= 0x201C && c <= 0x201F) {
        out += U'"';
    } else if (c == 0x3000) {
        out += U' ';
    } else if (c == kFullWidthMacron) {
        out += U" \u0304";
    } else if (c >= kFirstFullWidth && c < kFirstFullWidth + std::size(kStandardWidth)) {
        out += kStandardWidth[c - kFirstFullWidth];
    } else if (c == 0x2028 || c == 0x2029 || c == 0x85) {
        out += U'\n';
    } else {
        out += c;
    }
}

/// Length of a terminal's escape sequence at text[at], 0 when there is none.
size_t escapeLength(std::u32string_view text, size_t at) {
    if (text[at] != 0x1B || at + 1 >= text.size() || text[at + 1] != U'[') return 0;
    size_t end = at + 2;
    while (end < text.size() && (text[end] == U';' || u_isdigit(static_cast<UChar32>(text[end])) != 0))
        ++end;
    if (end == text.size() || text[end] >= 0x80 || classOf(text[end]) != CharacterClass::Letter) return 0;
    return end + 1 - at;
}

std::u32string makePlain(std::u32string_view text) {
    std::u32string plain;
    plain.reserve(text.size());
    for (const char32_t c : text)
        appendPlain(plain, c);
    std::u32string out;
    out.reserve(plain.size());
    for (size_t i = 0; i < plain.size(); ++i) {
        const char32_t c = plain[i];
        if (const size_t length = escapeLength(plain, i); length > 0) {
            i += length - 1;
        } else if (c == U'\r') {
            if (i + 1 == plain.size() || plain[i + 1] != U'\n') out += U'\n';
        } else if (!isRemoved(c)) {
            out += c;
        }
    }
    return out;
}

std::u32string fixLine(std::u32string text, bool entities) {
    // Each round undoes one link; nobody but an attacker has so many.
    constexpr size_t kMostRounds = 64;
    if (entities) text = shortenAmpersands(text, kMostRounds);
    while (true) {
        std::u32string fixed = entities ? unescapeCarefully(text) : text;
        fixed = fixEncoding(std::move(fixed));
        fixC1Controls(fixed);
        fixed = toNfc(makePlain(fixed));
        if (fixed == text) return text;
        text = std::move(fixed);
    }
}

}  // namespace

std::u32string fixText(std::u32string_view text) {
    std::u32string out;
    bool entities = true;
    while (!text.empty()) {
        const size_t lineBreak = text.find(U'\n');
        const size_t length =
            std::min({lineBreak == std::u32string_view::npos ? text.size() : lineBreak + 1, kLongestLine});
        const std::u32string_view line = text.substr(0, length);
        text.remove_prefix(length);
        // What looks like HTML keeps its entities, from here on.
        if (line.find(U'<') != std::u32string_view::npos) entities = false;
        out += fixLine(std::u32string(line), entities);
    }
    return out;
}

}  // namespace diagonal
