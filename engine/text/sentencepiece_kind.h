// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/tokenizer_kind.h"

namespace diagonal {

/// SentencePiece models with the ids of their pieces: SigLIP's tokenizers and Diagonal's own.
const TokenizerKind& sentencePieceKind();

}  // namespace diagonal
