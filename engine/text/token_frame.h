// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/added_tokens.h"
#include "engine/text/tokenizer_files.h"

namespace diagonal {

struct NamedToken {
    std::string name;
    int64_t id = -1;  ///< -1: the vocabulary lacks it
};

/// The tokens round the pieces of a text, between them and behind them, and those that are looked for in texts.
struct TokenFrame {
    NamedToken start, end, padding, unknown, mask;
    std::vector<AddedToken> added;
};

/// What a kind of tokenizer calls them where its files do not say.
struct FrameNames {
    const char *start, *end, *padding, *unknown, *mask;
    bool maskStripsLeft = false;
};

/// Reads a frame from tokenizer.json (null: there is none), tokenizer_config.json and special_tokens_map.json. `find`
/// gives a token's id in the vocabulary or -1. Throws Error naming `source`, where the vocabulary stands, when it lacks
/// the start, the end, the padding or the unknown token.
TokenFrame readFrame(const TokenizerFiles& files, const nlohmann::json& tokenizer, const FrameNames& names,
                     const std::function<int64_t(std::string_view)>& find, const std::string& source);

/// "added_tokens" of a tokenizer.json.
nlohmann::ordered_json addedTokensOf(const TokenFrame& frame);

/// "post_processor" of a tokenizer.json: start, text, end.
nlohmann::ordered_json templateOf(const TokenFrame& frame);

/// Completes a tokenizer.json (normalizer, pre_tokenizer, decoder, model), and writes it with tokenizer_config.json and
/// special_tokens_map.json.
void writeFrameFiles(const std::filesystem::path& folder, const TokenFrame& frame,
                     const nlohmann::ordered_json& tokenizer, nlohmann::ordered_json settings, int contextLength);

}  // namespace diagonal
