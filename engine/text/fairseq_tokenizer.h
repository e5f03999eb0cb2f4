// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/text/sentencepiece_model.h"
#include "engine/text/token_frame.h"
#include "engine/text/tokenizer_config.h"

namespace diagonal {

/// What XLM-RoBERTa's tokenizer is made of. Its pieces are a SentencePiece model's, numbered as fairseq does: <s>,
/// <pad>, </s>, <unk>, then the model's from the fourth on, then <mask>.
struct FairseqParts {
    std::vector<Piece> pieces;  ///< by id
    std::string charsMap;       ///< see CharsMap
    TokenFrame frame;
};

/// The id of <unk>.
constexpr size_t kFairseqUnknown = 3;

/// XLM-R's and XLM-V's tokenizer, as Hugging Face's tokenizers does it: the characters map, words at white space, each
/// cut by the unigram model.
std::shared_ptr<const Tokenizer> makeFairseqTokenizer(FairseqParts parts, const TokenizerConfig& config);

}  // namespace diagonal
