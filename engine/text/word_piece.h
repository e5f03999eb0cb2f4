// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/text/bert_words.h"
#include "engine/text/token_frame.h"
#include "engine/text/token_table.h"
#include "engine/text/tokenizer_config.h"

namespace diagonal {

/// What a WordPiece tokenizer is made of.
struct WordPieceParts {
    TokenTable vocabulary;
    TokenFrame frame;
    BertText text;
    std::string prefix = "##";  ///< of pieces that go on with a word
    size_t longestWord = 100;   ///< in characters; longer ones are unknown
};

/// BERT's tokenizer: words are cut into the longest pieces from the left; a word that cannot be cut to its end is
/// unknown as a whole.
std::shared_ptr<const Tokenizer> makeWordPieceTokenizer(WordPieceParts parts, const TokenizerConfig& config);

}  // namespace diagonal
