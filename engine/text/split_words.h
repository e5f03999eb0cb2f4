// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace diagonal {

/// Cuts a cleaned text where open_clip's pattern does: names of special tokens, 's 't 're 've 'm 'll 'd, letters,
/// single numbers, runs of anything else that is no white space; capitals count like small letters. UTF-8 in, views
/// into it out.
void splitLikeOpenClip(std::string_view text, std::vector<std::string_view>& words);

/// The same as transformers' CLIPTokenizer does it, with its names of special tokens and without regard to capitals
/// (its texts are in lower case); a special token's name that is met here is three words.
void splitLikeHuggingFace(std::string_view text, std::vector<std::string_view>& words);

/// The same as GPT-2's pattern does it in Hugging Face's tokenizers: contractions in small letters, letters, numbers or
/// others with the space before them, and white space.
void splitLikeGpt2(std::string_view text, std::vector<std::string_view>& words);

}  // namespace diagonal
