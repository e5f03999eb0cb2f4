// SPDX-License-Identifier: Apache-2.0
#include "engine/text/split_words.h"

#include <algorithm>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

/// Has no class of its own in the pattern once case is ignored: its capital is a letter, itself it is none.
constexpr char32_t kIotaBelow = 0x345;

enum class Kind { Space, Letter, Number, Other };

struct Step {
    Kind kind;
    size_t end;
};

/// The character at `at`, and where the next one begins.
Step step(std::string_view text, size_t at, bool ignoreCase) {
    const char32_t c = nextCharacter(text, at);
    switch (classOf(c)) {
        case CharacterClass::Letter:
            return {Kind::Letter, at};
        case CharacterClass::Number:
            return {Kind::Number, at};
        default:
            return {isWhiteSpace(c) || (ignoreCase && c == kIotaBelow) ? Kind::Space : Kind::Other, at};
    }
}

/// How many bytes at the beginning of the text spell the (ASCII, small) pattern, 0 when they do not. Without regard to
/// case "ſ" is an "s" too.
size_t spelled(std::string_view text, std::string_view pattern, bool ignoreCase) {
    size_t at = 0;
    for (const char wanted : pattern) {
        if (at >= text.size()) return 0;
        const char c = text[at];
        if (c == wanted || (ignoreCase && c >= 'A' && c <= 'Z' && (c | 0x20) == wanted)) {
            ++at;
        } else if (ignoreCase && wanted == 's' && text.substr(at).starts_with("\u017F")) {
            at += 2;
        } else {
            return 0;
        }
    }
    return at;
}

template <size_t N>
size_t spelledOneOf(std::string_view text, const std::string_view (&patterns)[N], bool ignoreCase) {
    for (const auto pattern : patterns)
        if (const size_t length = spelled(text, pattern, ignoreCase); length > 0) return length;
    return 0;
}

constexpr std::string_view kContractions[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};

/// The contraction, run of letters, number or run of others at text[at]; nothing for white space.
size_t wordEnd(std::string_view text, size_t at, bool ignoreCase) {
    if (text[at] == '\'')
        if (const size_t length = spelledOneOf(text.substr(at), kContractions, ignoreCase); length > 0)
            return at + length;
    const Step first = step(text, at, ignoreCase);
    if (first.kind == Kind::Space) return at;
    if (first.kind == Kind::Number) return first.end;
    size_t end = first.end;
    while (end < text.size()) {
        const Step next = step(text, end, ignoreCase);
        if (next.kind != first.kind) break;
        end = next.end;
    }
    return end;
}

}  // namespace

void splitLikeOpenClip(std::string_view text, std::vector<std::string_view>& words) {
    static constexpr std::string_view kNames[] = {"<start_of_text>", "<end_of_text>"};
    for (size_t at = 0; at < text.size();) {
        size_t end = at + (text[at] == '<' ? spelledOneOf(text.substr(at), kNames, true) : 0);
        if (end == at) end = wordEnd(text, at, true);
        if (end == at) {
            at = step(text, at, true).end;
            continue;
        }
        words.push_back(text.substr(at, end - at));
        at = end;
    }
}

void splitLikeHuggingFace(std::string_view text, std::vector<std::string_view>& words) {
    static constexpr std::string_view kNames[] = {"<|startoftext|>", "<|endoftext|>"};
    for (size_t at = 0; at < text.size();) {
        if (const size_t length = text[at] == '<' ? spelledOneOf(text.substr(at), kNames, false) : 0; length > 0) {
            words.push_back(text.substr(at, 2));
            words.push_back(text.substr(at + 2, length - 4));
            words.push_back(text.substr(at + length - 2, 2));
            at += length;
            continue;
        }
        const size_t end = wordEnd(text, at, false);
        if (end == at) {
            at = step(text, at, false).end;
            continue;
        }
        words.push_back(text.substr(at, end - at));
        at = end;
    }
}

namespace {

struct LetterRange {
    char32_t first, last;
};
/// Letters and numbers that are younger than the pattern's tables.
constexpr LetterRange kNewerLetters[] = {
#include "engine/text/tables/newer_letters.inc"
};

/// The character at `at` as GPT-2's pattern sorts it, and where the next one begins.
Step stepLikeGpt2(std::string_view text, size_t at) {
    const auto byte = static_cast<uint8_t>(text[at]);
    if (byte < 0x80) return step(text, at, false);
    const char32_t c = nextCharacter(text, at);
    const LetterRange* newer = std::ranges::lower_bound(kNewerLetters, c, {}, &LetterRange::last);
    if (newer != std::end(kNewerLetters) && newer->first <= c) return {Kind::Other, at};
    const CharacterClass kind = classOf(c);
    if (kind != CharacterClass::Other) return {kind == CharacterClass::Letter ? Kind::Letter : Kind::Number, at};
    return {isWhiteSpace(c) ? Kind::Space : Kind::Other, at};
}

/// Where the run of characters of the kind of the one at text[at] ends; `last` is where its last one begins.
size_t runEnd(std::string_view text, size_t at, size_t& last) {
    const Step first = stepLikeGpt2(text, at);
    last = at;
    size_t end = first.end;
    while (end < text.size()) {
        const Step next = stepLikeGpt2(text, end);
        if (next.kind != first.kind) break;
        last = end;
        end = next.end;
    }
    return end;
}

size_t wordEndLikeGpt2(std::string_view text, size_t at) {
    if (text[at] == '\'')
        if (const size_t length = spelledOneOf(text.substr(at), kContractions, false); length > 0) return at + length;
    size_t last = at;
    if (stepLikeGpt2(text, at).kind != Kind::Space) return runEnd(text, at, last);
    // One space goes with the word behind it; of several the last one is left for that word.
    const bool joins = text[at] == ' ' && at + 1 < text.size() && stepLikeGpt2(text, at + 1).kind != Kind::Space;
    if (joins) return runEnd(text, at + 1, last);
    const size_t end = runEnd(text, at, last);
    return end == text.size() || last == at ? end : last;
}

}  // namespace

void splitLikeGpt2(std::string_view text, std::vector<std::string_view>& words) {
    for (size_t at = 0, end = 0; at < text.size(); at = end) {
        end = wordEndLikeGpt2(text, at);
        words.push_back(text.substr(at, end - at));
    }
}

}  // namespace diagonal
