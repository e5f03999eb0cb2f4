// SPDX-License-Identifier: Apache-2.0
#include "engine/text/mojibake.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/text/badness.h"
#include "engine/text/charsets.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace {

/// A pattern of a few bytes, each by what it may be.
struct ByteSet {
    std::string_view ranges;  ///< first and last of each range

    bool has(char c) const {
        const auto byte = static_cast<uint8_t>(c);
        for (size_t i = 0; i + 1 < ranges.size(); i += 2)
            if (byte >= static_cast<uint8_t>(ranges[i]) && byte <= static_cast<uint8_t>(ranges[i + 1])) return true;
        return false;
    }
};

constexpr ByteSet kSpace{"  "};
constexpr ByteSet kAny{"\x80\xBF"};
constexpr ByteSet kNotBreak{"\x80\x84\x86\x9F\xA1\xBF"};  // neither 85 nor A0

using Pattern = std::array<const ByteSet*, 6>;

/// How many bytes at text[at] the pattern matches, 0 when it does not.
size_t matches(std::string_view text, size_t at, const Pattern& pattern) {
    size_t length = 0;
    while (length < pattern.size() && pattern[length] != nullptr) {
        if (at + length >= text.size() || !pattern[length]->has(text[at + length])) return 0;
        ++length;
    }
    return length;
}

template <size_t N>
size_t firstMatch(std::string_view text, size_t at, const Pattern (&patterns)[N]) {
    for (const Pattern& pattern : patterns)
        if (const size_t length = matches(text, at, pattern); length > 0) return length;
    return 0;
}

/// UTF-8 in which a space stands for byte A0, as far as likely characters come out.
size_t spacedLength(std::string_view text, size_t at) {
    static constexpr ByteSet kTwo{"\xC2\xC3\xC5\xC5\xCE\xCE\xD0\xD0\xD9\xD9"};
    static constexpr ByteSet kThree{"\xE2\xE3"}, kThreeOrMore{"\xE0\xE3"}, kFour{"\xF0\xF0"};
    static constexpr Pattern kPatterns[] = {
        {&kTwo, &kSpace},
        {&kThree, &kSpace, &kNotBreak},
        {&kThreeOrMore, &kNotBreak, &kSpace},
        {&kFour, &kSpace, &kAny, &kAny},
        {&kFour, &kAny, &kSpace, &kAny},
        {&kFour, &kAny, &kAny, &kSpace},
    };
    return firstMatch(text, at, kPatterns);
}

/// UTF-8 and CESU-8 in which bytes are lost, and a lost byte alone.
size_t lossyLength(std::string_view text, size_t at) {
    static constexpr ByteSet kLost{"\x1A\x1A"}, kLostOrAsked{"\x1A\x1A??"}, kAsked{"??"};
    static constexpr ByteSet kLostOrAny{"\x1A\x1A\x80\xBF"}, kEither{"\x1A\x1A??\x80\xBF"};
    static constexpr ByteSet kTwo{"\xC2\xDF"}, kTwoAsked{"\xC2\xC3"}, kThree{"\xE0\xEF"}, kFour{"\xF0\xF4"};
    static constexpr ByteSet kSurrogate{"\xED\xED"}, kHigh{"\xA0\xAF"}, kLow{"\xB0\xBF"};
    static constexpr Pattern kPatterns[] = {
        {&kTwo, &kLost},
        {&kTwoAsked, &kAsked},
        {&kSurrogate, &kHigh, &kLostOrAsked, &kSurrogate, &kLow, &kEither},
        {&kSurrogate, &kHigh, &kEither, &kSurrogate, &kLow, &kLostOrAsked},
        {&kThree, &kLostOrAsked, &kLostOrAny},
        {&kThree, &kLostOrAny, &kLostOrAsked},
        {&kFour, &kLostOrAsked, &kLostOrAny, &kLostOrAny},
        {&kFour, &kLostOrAny, &kLostOrAsked, &kLostOrAny},
        {&kFour, &kLostOrAny, &kLostOrAny, &kLostOrAsked},
        {&kLost},
    };
    return firstMatch(text, at, kPatterns);
}

bool hasSpaced(std::string_view bytes) {
    for (size_t i = 0; i < bytes.size(); ++i)
        if (spacedLength(bytes, i) > 0) return true;
    return false;
}

/// "Ã " before a word most likely was "à " with the two spaces become one; not in some Portuguese words.
std::string restoreGraves(std::string_view bytes) {
    static constexpr std::string_view kWordsGoOn[] = {" ", "quele", "quela", "quilo", "s "};
    std::string out;
    for (size_t i = 0; i < bytes.size(); ++i) {
        out += bytes[i];
        if (!bytes.substr(i).starts_with("\xC3 ")) continue;
        const auto rest = bytes.substr(i + 2);
        if (std::ranges::none_of(kWordsGoOn, [&](std::string_view word) { return rest.starts_with(word); }))
            out += '\xA0';
    }
    return out;
}

std::string restoreA0(std::string_view bytes) {
    std::string out = restoreGraves(bytes);
    for (size_t i = 0; i < out.size();) {
        const size_t length = spacedLength(out, i);
        std::replace(out.begin() + static_cast<ptrdiff_t>(i), out.begin() + static_cast<ptrdiff_t>(i + length), ' ',
                     '\xA0');
        i += std::max<size_t>(length, 1);
    }
    return out;
}

std::string replaceLossy(std::string_view bytes) {
    std::string out;
    for (size_t i = 0; i < bytes.size();) {
        const size_t length = lossyLength(bytes, i);
        if (length > 0) {
            out += "\xEF\xBF\xBD";
            i += length;
        } else {
            out += bytes[i++];
        }
    }
    return out;
}

/// The text as it was, had it been UTF-8 and decoded as `charset`.
std::optional<std::u32string> decodeAgain(std::string bytes, Charset charset) {
    // In MacRoman an en dash and a space would be taken for one.
    if (charset != Charset::MacRoman && hasSpaced(bytes)) bytes = restoreA0(bytes);
    if (isWindows(charset)) bytes = replaceLossy(bytes);
    const bool mayVary = bytes.find_first_of("\xED\xC0") != std::string::npos;
    return decodeUtf8If(bytes, mayVary ? Utf8::Variants : Utf8::Strict);
}

/// Parts that look like UTF-8 in another character set, each by itself.
std::u32string fixParts(const std::u32string& text) {
    std::u32string out;
    for (size_t i = 0; i < text.size();) {
        const size_t length = utf8LookalikeLength(text, i);
        if (length == 0) {
            out += text[i++];
            continue;
        }
        std::u32string part = text.substr(i, length);
        // Shorter than the text, or this would go on for ever.
        out += length < text.size() && isBad(part) ? fixEncoding(std::move(part)) : part;
        i += length;
    }
    return out;
}

bool isC1(char32_t c) {
    return c >= 0x80 && c <= 0x9F;
}

std::u32string fixOnce(const std::u32string& text) {
    const bool isAscii = std::ranges::all_of(text, [](char32_t c) { return c < 0x80; });
    if (isAscii || !isBad(text)) return text;
    for (int i = 0; i < kCharsets; ++i) {
        const auto charset = static_cast<Charset>(i);
        auto bytes = encodeIn(charset, text);
        if (!bytes) continue;
        if (auto fixed = decodeAgain(std::move(*bytes), charset)) return *fixed;
    }
    if (std::u32string fixed = fixParts(text); fixed != text) return fixed;
    // Latin-1 that was meant to be windows-1252.
    std::u32string fixed = text;
    fixC1Controls(fixed);
    return fixed;
}

}  // namespace

void fixC1Controls(std::u32string& text) {
    for (char32_t& c : text)
        if (isC1(c)) c = decodeByte(Charset::Windows1252, static_cast<uint8_t>(c));
}

std::u32string fixEncoding(std::u32string text) {
    while (true) {
        std::u32string fixed = fixOnce(text);
        if (fixed == text) return text;
        text = std::move(fixed);
    }
}

}  // namespace diagonal
