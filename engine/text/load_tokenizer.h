// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "engine/text/tokenizer.h"

namespace diagonal {

struct TokenizerConfig {
    int contextLength = 77;
    int vocabularySize = 49408;
    TextCleaning cleaning = TextCleaning::Lower;
    /// SigLIP: no start-of-text, padded to the whole context, pooled at the last position.
    bool padToContext = false;
};

/// The tokenizer of a model: from the files in `folder` (spiece.model or tokenizer.model, vocab.json with merges.txt,
/// tokenizer.json; the first that is there), else, for a vocabulary of 49,408, the CLIP vocabulary that scripts/setup
/// fetched. `folder` may be empty: a lone weights file. Throws Error naming the file, or saying what is missing.
std::shared_ptr<const Tokenizer> loadTokenizer(const std::filesystem::path& folder, const TokenizerConfig& config);

}  // namespace diagonal
