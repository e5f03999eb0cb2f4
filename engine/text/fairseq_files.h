// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/fairseq_tokenizer.h"
#include "engine/text/tokenizer_kind.h"

namespace diagonal {

/// sentencepiece.bpe.model (a unigram model in spite of its name) with the added tokens of tokenizer_config.json.
/// Throws Error naming the file.
FairseqParts readFairseqModel(const TokenizerFiles& files);

/// A tokenizer.json whose unigram model begins with <s>, <pad>, </s> and <unk>.
FairseqParts readFairseqJson(const TokenizerFiles& files);

/// Writes tokenizer.json, tokenizer_config.json and special_tokens_map.json for Hugging Face's XLMRobertaTokenizer.
void writeFairseqFiles(const std::filesystem::path& folder, const FairseqParts& parts, int contextLength);

const TokenizerKind& fairseqKind();

}  // namespace diagonal
