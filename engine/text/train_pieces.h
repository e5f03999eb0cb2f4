// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"

namespace diagonal {

/// A SentencePiece unigram model (spiece.model) trained on captions, deterministically for equal ones: piece 0 is
/// padding, 1 unknown, 2 the end of a text where hasEnd. At most vocabularySize pieces, fewer when the captions hold
/// fewer. A stop is heard while the captions are cleaned, which comes first, and at the end: between, SentencePiece
/// tells and hears nothing, about 20 s for a million captions. Throws Error when they hold no text, Cancelled.
std::string trainPieces(const std::vector<std::string>& captions, int vocabularySize, TextCleaning cleaning,
                        bool hasEnd, const std::stop_token& stop = {});

}  // namespace diagonal
