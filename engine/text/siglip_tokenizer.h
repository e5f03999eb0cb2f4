// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/text/load_tokenizer.h"
#include "engine/text/sentencepiece_model.h"

namespace diagonal {

/// SigLIP's (unigram) and SigLIP 2's (BPE) tokenizers: no start-of-text, the pieces, the file's end-of-text piece;
/// padded with `padding` (a piece), or where that is empty with the end piece (unigram) or the file's padding piece
/// (BPE). `bytes` is the model file that `source` names. Throws Error.
std::shared_ptr<const Tokenizer> makeSiglipTokenizer(std::string bytes, SentencePieceModel model,
                                                     const std::string& padding, const TokenizerConfig& config,
                                                     const std::string& source);

/// Trains one on captions, see trainPieces: canonicalised texts, padded to the context with the end-of-text piece.
std::shared_ptr<const Tokenizer> trainSiglipTokenizer(const std::vector<std::string>& captions, int vocabularySize,
                                                      int contextLength, const std::stop_token& stop = {});

}  // namespace diagonal
