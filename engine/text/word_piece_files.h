// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/tokenizer_kind.h"
#include "engine/text/word_piece.h"

namespace diagonal {

/// BERT's vocab.txt, one token a line, with what tokenizer_config.json says of texts. Throws Error naming the file.
WordPieceParts readWordPieceFiles(const TokenizerFiles& files);

/// A tokenizer.json whose model is a WordPiece; tokenizer_config.json, where it speaks of texts, counts more.
WordPieceParts readWordPieceJson(const TokenizerFiles& files);

/// Writes vocab.txt, tokenizer.json, tokenizer_config.json and special_tokens_map.json for Hugging Face's
/// BertTokenizer.
void writeWordPieceFiles(const std::filesystem::path& folder, const WordPieceParts& parts, int contextLength);

const TokenizerKind& wordPieceKind();

}  // namespace diagonal
