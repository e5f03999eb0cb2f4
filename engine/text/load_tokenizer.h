// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "engine/text/tokenizer_config.h"
#include "engine/text/tokenizer_files.h"

namespace diagonal {

/// The tokenizer of a model: from the files in `folder` (see tokenizers.def; a kind's own files before tokenizer.json),
/// else, for a vocabulary of 49,408, the CLIP vocabulary that scripts/setup fetched. `folder` may be empty: a lone
/// weights file. Throws Error naming the file, or saying what is missing.
std::shared_ptr<const Tokenizer> loadTokenizer(const std::filesystem::path& folder, const TokenizerConfig& config);

/// The same of a model that embeds pictures without one: where there is none that can be read, one of no tokens that
/// throws what loadTokenizer would as soon as a text is given.
std::shared_ptr<const Tokenizer> loadTokenizerIfAny(const std::filesystem::path& folder, const TokenizerConfig& config);

/// The same from what a person names: a folder or one of a tokenizer's files, see TokenizerFiles::ofFile.
std::shared_ptr<const Tokenizer> loadTokenizerFrom(const std::filesystem::path& path, const TokenizerConfig& config);

/// The first kind of tokenizers.def whose files are there, else the kind that tokenizer.json is of; null without files.
std::shared_ptr<const Tokenizer> openTokenizer(const TokenizerFiles& files, const TokenizerConfig& config);

}  // namespace diagonal
