// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "engine/text/added_tokens.h"
#include "engine/text/byte_level_bpe.h"

namespace diagonal {

/// Writes vocab.json, merges.txt, tokenizer.json, tokenizer_config.json and special_tokens_map.json, from which
/// transformers and open_clip make CLIP's tokenizer. The special tokens get the names that transformers knows; added
/// ones are kept.
void writeClipFiles(const std::filesystem::path& folder, const BpeVocabulary& vocabulary,
                    const std::vector<AddedToken>& added, int contextLength);

}  // namespace diagonal
