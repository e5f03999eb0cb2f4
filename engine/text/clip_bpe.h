// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "engine/text/added_tokens.h"
#include "engine/text/byte_level_bpe.h"
#include "engine/text/load_tokenizer.h"

namespace diagonal {

/// Whose tokenizer a vocabulary is for.
enum class ClipKind {
    OpenClip,     ///< open_clip's SimpleTokenizer: cleans as it is told
    HuggingFace,  ///< transformers' CLIPTokenizer
    Wrapped,      ///< open_clip's HFTokenizer: cleans as it is told, then transformers' CLIPTokenizer
};

/// CLIP's tokenizer over a vocabulary: start-of-text, the words' tokens, end-of-text; padded with 0. added: tokens that
/// transformers looks for in texts, start and end among them; open_clip's own knows none.
std::shared_ptr<const Tokenizer> makeClipTokenizer(BpeVocabulary vocabulary, ClipKind kind,
                                                   const TokenizerConfig& config, std::vector<AddedToken> added = {});

}  // namespace diagonal
