// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/text/sentencepiece_model.h"
#include "engine/text/tokenizer.h"

namespace diagonal {

/// A SentencePiece unigram model of N pieces (0 = padding, 1 = unknown) with start-of-text = N and end-of-text = N + 1:
/// the end-of-text id is the largest, as open_clip's argmax pooling needs. Lower-cases and normalises (nmt_nfkc_cf).
/// Files: spiece.model, and tokenizer.json + tokenizer_config.json with the same ids for Hugging Face's tokenizers.
/// `bytes` is the model file that `source` names.
std::shared_ptr<const Tokenizer> makeSentencePieceTokenizer(std::string bytes, SentencePieceModel model,
                                                            int contextLength, const std::string& source);

/// Trains on captions, deterministically for equal captions. At most vocabularySize pieces, fewer when the captions
/// hold fewer. stop: see trainPieces. Throws Error when the captions hold no text, Cancelled.
std::shared_ptr<const Tokenizer> trainSentencePieceTokenizer(const std::vector<std::string>& captions,
                                                             int vocabularySize, int contextLength,
                                                             const std::stop_token& stop = {});

}  // namespace diagonal
