// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "engine/text/byte_level_bpe.h"

namespace diagonal {

/// OpenAI's bpe_simple_vocab_16e6.txt: 48,894 merges, from which the 49,408 tokens follow. The readers throw Error
/// naming `source` and what is wrong.
BpeVocabulary readOpenAiVocabulary(std::string_view text, const std::string& source);

/// Hugging Face's vocab.json and merges.txt.
BpeVocabulary readBpeFiles(std::string_view vocabulary, const std::string& vocabularySource, std::string_view merges,
                           const std::string& mergesSource);

/// A tokenizer.json whose model is a BPE with "</w>" at the ends of words.
BpeVocabulary readBpeTokenizerJson(const nlohmann::json& tokenizer, const std::string& source);

}  // namespace diagonal
