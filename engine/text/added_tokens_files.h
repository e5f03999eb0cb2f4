// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/added_tokens.h"
#include "engine/text/tokenizer_files.h"

namespace diagonal {

/// The tokens that somebody added to a vocabulary, special ones too, as transformers finds them: "added_tokens" of
/// tokenizer.json, else "added_tokens_decoder" of tokenizer_config.json, and what added_tokens.json has beside those.
/// find: the id of a token of the vocabulary, or -1. vocabularySize: where it is known, those that the vocabulary
/// lacks must be numbered from there on. By their ids. Throws Error where a token has an id that the vocabulary does
/// not give it.
std::vector<AddedToken> readAddedTokens(const TokenizerFiles& files,
                                        const std::function<int64_t(std::string_view)>& find,
                                        std::optional<size_t> vocabularySize = {});

/// The name of a token in settings, a text or an object that has it as "content"; else empty.
std::string tokenNameIn(const nlohmann::json& value);

/// Throws Error, by the key's name, for settings of tokenizer_config.json that would change tokens and that no
/// tokenizer here follows: special tokens that isKnown does not know, texts cut or filled up on the left.
void refuseOtherSettings(const TokenizerFiles& files, const std::function<bool(std::string_view)>& isKnown);

/// Throws Error where a setting ("bos_token") names another token than `id`, with which the tokenizer begins or ends
/// texts.
void requireToken(const TokenizerFiles& files, const char* key, int64_t id,
                  const std::function<int64_t(std::string_view)>& find);

/// An added token back, as an element of "added_tokens".
nlohmann::ordered_json addedTokenJson(const AddedToken& token);

/// The same as "added_tokens_decoder".
nlohmann::ordered_json addedTokensDecoder(const std::vector<AddedToken>& tokens);

}  // namespace diagonal
