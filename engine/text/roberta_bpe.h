// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/text/byte_level_bpe.h"
#include "engine/text/token_frame.h"
#include "engine/text/tokenizer_config.h"

namespace diagonal {

/// What a RoBERTa tokenizer is made of.
struct RobertaParts {
    BpeVocabulary vocabulary;
    TokenFrame frame;
    bool addPrefixSpace = false;  ///< the first word of a text is spelled as one inside it
};

/// RoBERTa's tokenizer: GPT-2's byte-level BPE, in which a word is spelled with the space before it.
std::shared_ptr<const Tokenizer> makeRobertaTokenizer(RobertaParts parts, const TokenizerConfig& config);

}  // namespace diagonal
