// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/text/sentencepiece_model.h"

namespace diagonal {

/// The SentencePiece model that a tokenizer.json was made from: one with a Unigram model, or a BPE that falls back to
/// bytes. Tokens behind the model's own that nothing can spell are left out. Throws Error naming `source`.
SentencePieceModel sentencePieceFromJson(const nlohmann::json& tokenizer, const std::string& source);

}  // namespace diagonal
