// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/byte_level_bpe.h"

namespace diagonal {

/// The names that a kind of vocabulary has for its start and end of text; the first that is there counts.
struct BpeNames {
    std::vector<std::string> start, end;
};

/// "left right" of a list of merges; false when the line is anything else.
bool splitMerge(std::string_view line, std::string_view& left, std::string_view& right);

/// Hugging Face's vocab.json and merges.txt. Throws Error naming the source and what is wrong.
BpeVocabulary readBpeFiles(std::string_view vocabulary, const std::string& vocabularySource, std::string_view merges,
                           const std::string& mergesSource, const BpeNames& names);

/// A tokenizer.json whose model is a byte-level BPE. Throws Error naming the source and what is wrong.
BpeVocabulary readBpeTokenizerJson(const nlohmann::json& tokenizer, const std::string& source, const BpeNames& names);

}  // namespace diagonal
