// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/text/tokenizer.h"

namespace diagonal {

/// A SentencePiece unigram model (spiece.model) trained on captions, deterministically for equal ones: piece 0 is
/// padding, 1 unknown, 2 the end of a text where hasEnd. At most vocabularySize pieces, fewer when the captions hold
/// fewer. Throws Error when they hold no text.
std::string trainPieces(const std::vector<std::string>& captions, int vocabularySize, TextCleaning cleaning,
                        bool hasEnd);

}  // namespace diagonal
