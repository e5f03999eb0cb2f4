// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/tokenizer.h"

namespace diagonal {

/// What a model says of its tokenizer.
struct TokenizerConfig {
    int contextLength = 77;
    int vocabularySize = 49408;
    TextCleaning cleaning = TextCleaning::Lower;
    /// SigLIP: no start-of-text, padded to the whole context, pooled at the last position.
    bool padToContext = false;
    /// The feature stands at the largest id (open_clip's argmax), which is the end-of-text token unless tokens were
    /// added.
    bool poolsLargest = false;
    /// open_clip's strip_sep_token (CLIPA): the end-of-text token is 0 wherever it stands. BERT's family alone has it.
    bool stripSeparator = false;
};

}  // namespace diagonal
