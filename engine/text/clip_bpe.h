// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/text/byte_level_bpe.h"
#include "engine/text/load_tokenizer.h"

namespace diagonal {

/// Whose tokenizer a vocabulary is for.
enum class ClipKind {
    OpenClip,     ///< open_clip's SimpleTokenizer: cleans as it is told
    HuggingFace,  ///< transformers' CLIPTokenizer
    Wrapped,      ///< open_clip's HFTokenizer: cleans as it is told, then transformers' CLIPTokenizer
};

/// CLIP's tokenizer over a vocabulary: start-of-text, the words' tokens, end-of-text; padded with 0.
std::shared_ptr<const Tokenizer> makeClipTokenizer(BpeVocabulary vocabulary, ClipKind kind,
                                                   const TokenizerConfig& config);

}  // namespace diagonal
