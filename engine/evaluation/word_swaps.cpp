// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/word_swaps.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "engine/base/text.h"

namespace diagonal {

namespace {

using Names = std::set<std::string_view>;

const Names kBeginnings = {"a",   "an",    "the",  "his",  "her",     "their", "its",  "this",   "that",
                           "two", "three", "four", "five", "several", "some",  "many", "another"};
/// After these a phrase is over.
const Names kLinks = {"and",    "or",      "of",      "in",      "on",     "at",      "with",   "by",      "near",
                      "next",   "to",      "from",    "into",    "over",   "under",   "above",  "below",   "beside",
                      "behind", "between", "through", "across",  "along",  "around",  "during", "while",   "as",
                      "is",     "are",     "was",     "were",    "who",    "which",   "that",   "left",    "right",
                      "inside", "outside", "onto",    "off",     "for",    "against", "down",   "up",      "has",
                      "have",   "where",   "there",   "another", "toward", "towards", "front",  "beneath", "but"};
/// Between two things these say nothing about which is which.
const Names kEven = {"and", "or", "next", "to", "beside", "near", "by", "alongside"};

/// "A picture of a dog" has one thing in it, "a group of people" as well.
const Names kNoThings = {"image", "picture", "photo", "photograph", "painting", "drawing", "illustration", "sketch",
                         "view",  "shot",    "close", "close-up",   "closeup",  "scene",   "render",       "rendering",
                         "group", "couple",  "pair",  "bunch",      "piece",    "lot",     "row",          "set",
                         "side",  "front",   "back",  "top",        "bottom",   "middle",  "edge",         "kind",
                         "part",  "one",     "other", "number",     "variety",  "crowd",   "left",         "right"};

/// A stretch of a caption that is a word.
struct Word {
    size_t begin = 0, end = 0;
    std::string lower;
    bool endsPhrase = false;  ///< a sign or nothing follows
};

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '\'' ||
           static_cast<unsigned char>(c) >= 0x80;
}

std::vector<Word> wordsOf(std::string_view caption) {
    std::vector<Word> words;
    for (size_t at = 0; at < caption.size();) {
        if (!isLetter(caption[at])) {
            if (!words.empty() && caption[at] != ' ') words.back().endsPhrase = true;
            ++at;
            continue;
        }
        const size_t begin = at;
        while (at < caption.size() && isLetter(caption[at]))
            ++at;
        words.push_back({begin, at, lowered(caption.substr(begin, at - begin))});
    }
    if (!words.empty()) words.back().endsPhrase = true;
    return words;
}

bool isBeginning(const Word& word) {
    return kBeginnings.contains(word.lower);
}

bool isClosed(const Word& word) {
    return isBeginning(word) || kLinks.contains(word.lower);
}

/// Whether the word at i is the last of its phrase.
bool isLast(const std::vector<Word>& words, size_t i) {
    return words[i].endsPhrase || i + 1 == words.size() || isClosed(words[i + 1]);
}

bool startsWithVowel(std::string_view word) {
    return !word.empty() && std::string_view("aeiouAEIOU").find(word.front()) != std::string_view::npos;
}

/// The caption with two of its words exchanged, and the articles before them as their new words want them.
std::string exchanged(std::string_view caption, const std::vector<Word>& words, size_t a, size_t b) {
    const auto text = [&](size_t i) { return caption.substr(words[i].begin, words[i].end - words[i].begin); };
    std::string result;
    size_t from = 0;
    for (size_t i = 0; i < words.size(); ++i) {
        result += caption.substr(from, words[i].begin - from);
        from = words[i].end;
        const auto moved = [&](size_t k) { return k == a ? b : k == b ? a : k; };
        const bool isArticle = words[i].lower == "a" || words[i].lower == "an";
        if (isArticle && i + 1 < words.size() && moved(i + 1) != i + 1) {
            result += text(i).front();
            if (startsWithVowel(text(moved(i + 1)))) result += 'n';
        } else {
            result += text(moved(i));
        }
    }
    return result += caption.substr(from);
}

}  // namespace

CaptionWords captionWords(const std::vector<std::string>& captions) {
    // How often a word ends a phrase of two words ("the dog on"), and how often it stands before such a word.
    struct Uses {
        size_t ends = 0, before = 0;
    };
    std::map<std::string, Uses, std::less<>> uses;
    for (const std::string& caption : captions) {
        const std::vector<Word> words = wordsOf(caption);
        for (size_t i = 1; i < words.size(); ++i) {
            if (!isBeginning(words[i - 1]) || isClosed(words[i]) || words[i - 1].endsPhrase) continue;
            if (isLast(words, i))
                ++uses[words[i].lower].ends;
            else if (isLast(words, i + 1) && !isClosed(words[i + 1]))
                ++uses[words[i].lower].before;
        }
    }
    CaptionWords found;
    for (const auto& [word, use] : uses)
        if (use.ends > 0 && use.ends * 4 >= use.before && !kNoThings.contains(word)) found.nouns.insert(word);
    // An adjective before a noun; a noun in its place ("a tennis ball") is none.
    std::map<std::string, size_t, std::less<>> beforeNoun;
    for (const std::string& caption : captions) {
        const std::vector<Word> words = wordsOf(caption);
        for (size_t i = 1; i + 1 < words.size(); ++i)
            if (isBeginning(words[i - 1]) && !isClosed(words[i]) && !words[i].endsPhrase &&
                !found.nouns.contains(words[i].lower) && !kNoThings.contains(words[i].lower) &&
                !kNoThings.contains(words[i + 1].lower) && !isClosed(words[i + 1]) && isLast(words, i + 1)) {
                ++beforeNoun[words[i].lower];
                found.nouns.insert(words[i + 1].lower);
            }
    }
    for (const auto& [word, count] : beforeNoun)
        if (!found.nouns.contains(word)) found.adjectives.insert(word);
    return found;
}

std::string swapNouns(std::string_view caption, const CaptionWords& known) {
    const std::vector<Word> words = wordsOf(caption);
    std::optional<size_t> first;
    for (size_t i = 0; i < words.size(); ++i) {
        if (!known.nouns.contains(words[i].lower)) continue;
        if (!isLast(words, i) && known.nouns.contains(words[i + 1].lower)) continue;  // "tennis" of "tennis ball"
        if (!first) {
            first = i;
            continue;
        }
        if (words[i].lower == words[*first].lower) continue;
        const bool isEven = std::all_of(
            words.begin() + static_cast<std::ptrdiff_t>(*first) + 1, words.begin() + static_cast<std::ptrdiff_t>(i),
            [&](const Word& word) { return kEven.contains(word.lower) || isBeginning(word); });
        if (isEven) {
            first = i;
            continue;
        }
        return exchanged(caption, words, *first, i);
    }
    return {};
}

std::string swapAdjectives(std::string_view caption, const CaptionWords& known) {
    const std::vector<Word> words = wordsOf(caption);
    std::optional<size_t> first;
    for (size_t i = 0; i + 1 < words.size(); ++i) {
        if (!known.adjectives.contains(words[i].lower) || !known.nouns.contains(words[i + 1].lower)) continue;
        if (!first) {
            first = i;
        } else if (words[i].lower != words[*first].lower && words[i + 1].lower != words[*first + 1].lower) {
            return exchanged(caption, words, *first, i);
        }
    }
    return {};
}

}  // namespace diagonal
