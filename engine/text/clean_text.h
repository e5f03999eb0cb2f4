// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/text/tokenizer.h"

namespace diagonal {

/// What open_clip 3.3 or transformers 5 does to a text before its tokens are looked up: UTF-8 in (bytes that are none
/// become U+FFFD), UTF-8 out. HuggingFace is what transformers' CLIPTokenizer does.
std::string cleanText(std::string_view text, TextCleaning cleaning);

/// What transformers' SiglipTokenizer does: lower case, no punctuation, white space collapsed; nothing of ftfy.
std::string canonicalizeLikeSiglip(std::string_view text);

/// Every character in lower case by itself, as Hugging Face's tokenizers do it.
std::string lowerEachCharacter(std::string_view text);

}  // namespace diagonal
