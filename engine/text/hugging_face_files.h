// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "engine/text/sentencepiece_model.h"

namespace diagonal {

/// Ids of the tokens that no text spells.
struct SpecialTokens {
    std::optional<size_t> start;  ///< Diagonal's own kind has one, and cleans texts like open_clip
    size_t end = 0;
    size_t padding = 0;
    size_t unknown = 0;
};

/// Writes tokenizer.json and tokenizer_config.json, with which Hugging Face's tokenizers gives the ids of the
/// SentencePiece model. Special tokens behind the pieces are called <start_of_text> and <end_of_text>.
void writeHuggingFaceFiles(const std::filesystem::path& folder, const SentencePieceModel& model,
                           const SpecialTokens& specials, int contextLength);

}  // namespace diagonal
