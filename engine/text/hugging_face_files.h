// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "engine/text/sentencepiece_model.h"

namespace diagonal {

/// Writes tokenizer.json and tokenizer_config.json, with which Hugging Face's tokenizers gives the ids of
/// loadSentencePieceTokenizer. Pieces 0 and 1 are padding and unknown.
void writeHuggingFaceFiles(const std::filesystem::path& folder, const SentencePieceModel& model, int contextLength);

}  // namespace diagonal
