// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/roberta_bpe.h"
#include "engine/text/tokenizer_kind.h"

namespace diagonal {

/// Whether a vocab.json is RoBERTa's: it has "<s>", and no words that end in "</w>" as CLIP's do.
bool isRobertaVocabulary(std::string_view vocabulary);

/// vocab.json and merges.txt, with tokenizer.json or tokenizer_config.json where they are there. Throws Error naming
/// the file.
RobertaParts readRobertaFiles(const TokenizerFiles& files);

/// A tokenizer.json whose model is a byte-level BPE with GPT-2's pattern.
RobertaParts readRobertaJson(const TokenizerFiles& files);

/// Writes vocab.json, merges.txt, tokenizer.json, tokenizer_config.json and special_tokens_map.json for Hugging Face's
/// RobertaTokenizer.
void writeRobertaFiles(const std::filesystem::path& folder, const RobertaParts& parts, int contextLength);

const TokenizerKind& robertaKind();

}  // namespace diagonal
