// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "engine/text/tokenizer_config.h"
#include "engine/text/tokenizer_files.h"

namespace diagonal {

/// A kind of tokenizer: which files are its, and how they are opened. Each stands in a file of its own and in a line of
/// tokenizers.def.
class TokenizerKind {
  public:
    virtual ~TokenizerKind() = default;

    /// Whether its own files are there, tokenizer.json aside.
    virtual bool hasFiles(const TokenizerFiles& files) const = 0;

    /// Opens them. Throws Error naming the file and what is wrong.
    virtual std::shared_ptr<const Tokenizer> openFiles(const TokenizerFiles& files,
                                                       const TokenizerConfig& config) const = 0;

    /// Whether a tokenizer.json is of this kind. It is an object whose "model" is an object that has a "vocab".
    virtual bool describes(const nlohmann::json& tokenizer) const = 0;

    /// Opens the folder's tokenizer.json. Throws Error naming the file and what is wrong.
    virtual std::shared_ptr<const Tokenizer> openJson(const TokenizerFiles& files,
                                                      const TokenizerConfig& config) const = 0;
};

/// The model's type in a tokenizer.json; old files do not name it, so that its members tell.
std::string modelTypeOf(const nlohmann::json& tokenizer);

/// Whether its words end in "</w>", as CLIP's do.
bool marksEndsOfWords(const nlohmann::json& tokenizer);

/// Whether a step of "normalizer", "pre_tokenizer" or another part is of a type, alone or in a sequence of them.
bool hasStep(const nlohmann::json& tokenizer, const char* part, std::string_view type);

}  // namespace diagonal
