// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// Words of a person's English captions, told apart by where they stand: a noun is a word that ends a phrase begun by
/// "a", "the", "two" ("the dog on"); an adjective stands between such a beginning and a noun ("a brown dog").
struct CaptionWords {
    std::set<std::string, std::less<>> nouns, adjectives;
};

CaptionWords captionWords(const std::vector<std::string>& captions);

/// The caption with its first two different nouns exchanged, "a dog chases a cat": "a cat chases a dog"; empty where it
/// has none, and where the order says nothing ("a man and a woman", "a cup next to a plate"). An article follows its
/// new word.
std::string swapNouns(std::string_view caption, const CaptionWords& words);

/// The same with two adjectives of different nouns: "a red circle and a blue square" has another meaning, too.
std::string swapAdjectives(std::string_view caption, const CaptionWords& words);

}  // namespace diagonal
