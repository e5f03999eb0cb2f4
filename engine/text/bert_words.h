// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// What BERT's tokenizer does to a text before it looks words up.
struct BertText {
    bool clean = true;         ///< without control characters
    bool spaceChinese = true;  ///< each Chinese character is a word
    bool stripAccents = true;
    bool lower = true;
};

/// The text as Hugging Face's BertNormalizer writes it. UTF-8 in and out.
std::string normalizeLikeBert(std::string_view text, const BertText& how);

/// Cuts it as BertPreTokenizer does: at white space, which is dropped, and before and behind each punctuation mark.
/// UTF-8 in, views into it out.
void splitLikeBert(std::string_view text, std::vector<std::string_view>& words);

}  // namespace diagonal
