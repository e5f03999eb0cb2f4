// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/text/byte_level_bpe.h"

namespace diagonal {

/// OpenAI's bpe_simple_vocab_16e6.txt: 48,894 merges, from which the 49,408 tokens follow. Throws Error naming
/// `source` and what is wrong.
BpeVocabulary readOpenAiVocabulary(std::string_view text, const std::string& source);

}  // namespace diagonal
