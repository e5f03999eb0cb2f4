// SPDX-License-Identifier: Apache-2.0
#include "engine/text/unicode.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <vector>

#include "engine/base/error.h"

namespace diagonal {

namespace {

struct Range {
    char32_t first, last;
    CharacterClass kind;
};

constexpr auto kLetter = CharacterClass::Letter;
constexpr auto kNumber = CharacterClass::Number;
constexpr Range kRanges[] = {
#include "engine/text/tables/letters_and_numbers.inc"
};

constexpr char32_t kCapitalSigma = 0x3A3, kSigma = 0x3C3, kFinalSigma = 0x3C2;

bool isIgnorable(char32_t c) {
    return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_CASE_IGNORABLE) != 0;
}

bool isCased(char32_t c) {
    return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_CASED) != 0;
}

/// A letter with case stands before text[i] and none behind it, as far as other things than accents stand there.
bool endsWord(std::u32string_view text, size_t i) {
    size_t before = i;
    while (before > 0 && isIgnorable(text[before - 1]))
        --before;
    if (before == 0 || !isCased(text[before - 1])) return false;
    size_t after = i + 1;
    while (after < text.size() && isIgnorable(text[after]))
        ++after;
    return after == text.size() || !isCased(text[after]);
}

std::vector<UChar> toUtf16(std::u32string_view text) {
    std::vector<UChar> out;
    out.reserve(text.size() + 16);
    for (const char32_t c : text) {
        if (c < 0x10000) {
            out.push_back(static_cast<UChar>(c));
        } else {
            out.push_back(U16_LEAD(c));
            out.push_back(U16_TRAIL(c));
        }
    }
    return out;
}

std::u32string fromUtf16(const std::vector<UChar>& text) {
    std::u32string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size();) {
        UChar32 c = 0;
        U16_NEXT(text.data(), i, text.size(), c);
        out += static_cast<char32_t>(c);
    }
    return out;
}

std::u32string normalized(std::u32string_view text, const UNormalizer2* form) {
    UErrorCode error = U_ZERO_ERROR;
    const std::vector<UChar> source = toUtf16(text);
    const auto length = static_cast<int32_t>(source.size());
    if (form != nullptr && unorm2_isNormalized(form, source.data(), length, &error) != 0 && U_SUCCESS(error))
        return std::u32string(text);
    std::vector<UChar> normal(source.size() + 16);
    const auto normalize = [&] {
        return unorm2_normalize(form, source.data(), length, normal.data(), static_cast<int32_t>(normal.size()),
                                &error);
    };
    int32_t needed = normalize();
    if (error == U_BUFFER_OVERFLOW_ERROR) {
        error = U_ZERO_ERROR;
        normal.resize(static_cast<size_t>(needed));
        needed = normalize();
    }
    if (U_FAILURE(error)) throw Error("text", std::string("cannot be normalised: ") + u_errorName(error));
    normal.resize(static_cast<size_t>(needed));
    return fromUtf16(normal);
}

}  // namespace

CharacterClass classOf(char32_t c) {
    if (c < 0x80) {
        if (c >= '0' && c <= '9') return kNumber;
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? kLetter : CharacterClass::Other;
    }
    const Range* range = std::ranges::lower_bound(kRanges, c, {}, &Range::last);
    return range != std::end(kRanges) && range->first <= c ? range->kind : CharacterClass::Other;
}

bool isWhiteSpace(char32_t c) {
    if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

bool isPythonSpace(char32_t c) {
    return isWhiteSpace(c) || (c >= 0x1C && c <= 0x1F);
}

char32_t nextCharacter(std::string_view text, size_t& at) {
    const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0}; };
    const uint8_t lead = byte(at++);
    if (lead < 0x80) return lead;
    if (lead < 0xC2 || lead > 0xF4) return kReplacementCharacter;
    const int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t c = lead & (0x3F >> more);
    for (int i = 0; i < more; ++i) {
        const uint8_t next = byte(at);
        uint8_t low = 0x80, high = 0xBF;
        if (i == 0) {  // neither longer than needed nor surrogates nor beyond U+10FFFF
            if (lead == 0xE0) low = 0xA0;
            if (lead == 0xED) high = 0x9F;
            if (lead == 0xF0) low = 0x90;
            if (lead == 0xF4) high = 0x8F;
        }
        if (next < low || next > high) return kReplacementCharacter;
        c = (c << 6) | (next & 0x3F);
        ++at;
    }
    return c;
}

std::u32string decodeUtf8(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();)
        out += nextCharacter(text, at);
    return out;
}

void appendUtf8(std::string& out, char32_t c) {
    const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | (c >> 6));
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

std::string encodeUtf8(std::u32string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char32_t c : text)
        appendUtf8(out, c);
    return out;
}

std::string repairUtf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        const size_t begin = at;
        const char32_t c = nextCharacter(text, at);
        if (c == kReplacementCharacter) {
            appendUtf8(out, c);
        } else {
            out += text.substr(begin, at - begin);
        }
    }
    return out;
}

bool isWordCharacter(char32_t c) {
    const auto point = static_cast<UChar32>(c);
    const uint32_t kinds = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    return u_hasBinaryProperty(point, UCHAR_ALPHABETIC) != 0 || (U_GET_GC_MASK(point) & kinds) != 0 || c == 0x200C ||
           c == 0x200D;
}

std::u32string toNfc(std::u32string text) {
    // Nothing below U+0300 composes or changes.
    if (std::ranges::all_of(text, [](char32_t c) { return c < 0x300; })) return text;
    UErrorCode error = U_ZERO_ERROR;
    return normalized(text, unorm2_getNFCInstance(&error));
}

std::u32string toNfd(std::u32string_view text) {
    constexpr uint8_t kNewest = 9;
    constexpr char32_t kBecameAMark = 0x1715;  // in Unicode 14
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2* form = unorm2_getNFDInstance(&error);
    std::u32string out, known;
    for (const char32_t c : text) {
        UVersionInfo since;
        u_charAge(static_cast<UChar32>(c), since);
        if (since[0] <= kNewest && c != kBecameAMark) {
            known += c;
        } else {
            out += normalized(known, form);
            known.clear();
            out += c;
        }
    }
    return out + normalized(known, form);
}

void appendLower(std::u32string& out, char32_t c) {
    if (c == 0x130) {
        out += U"i\u0307";
    } else {
        out += static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
    }
}

std::u32string toLower(std::u32string_view text) {
    std::u32string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == kCapitalSigma) {
            out += endsWord(text, i) ? kFinalSigma : kSigma;
        } else {
            appendLower(out, text[i]);
        }
    }
    return out;
}

}  // namespace diagonal
