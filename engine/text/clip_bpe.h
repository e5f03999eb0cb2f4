// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/text/byte_level_bpe.h"
#include "engine/text/load_tokenizer.h"

namespace diagonal {

/// CLIP's tokenizer over a vocabulary: open_clip's SimpleTokenizer, or with TextCleaning::HuggingFace the CLIPTokenizer
/// of transformers. Start-of-text, the words' tokens, end-of-text; padded with 0.
std::shared_ptr<const Tokenizer> makeClipTokenizer(BpeVocabulary vocabulary, const TokenizerConfig& config);

}  // namespace diagonal
