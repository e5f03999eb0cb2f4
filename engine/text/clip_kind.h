// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/bpe_files.h"
#include "engine/text/tokenizer_kind.h"

namespace diagonal {

/// What CLIP's vocabularies call their ends: transformers' names and open_clip's.
BpeNames clipEnds();

/// CLIP's byte-level BPE, whose words end in "</w>".
const TokenizerKind& clipKind();

/// CLIP's tokenizer over the vocabulary that scripts/setup fetched. Throws Error where it is not there.
std::shared_ptr<const Tokenizer> openShippedClip(const TokenizerConfig& config);

}  // namespace diagonal
