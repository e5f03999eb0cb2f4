// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// Texts as token ids, right-padded: to the longest text of the batch where attention is causal (what follows the
/// end-of-text token cannot change the embedding), to the context length where it is not (SigLIP).
struct TokenBatch {
    int64_t count = 0;
    int64_t length = 0;
    std::vector<int64_t> ids;      ///< [count, length], row-major
    std::vector<int64_t> lengths;  ///< [count]: tokens that count: up to the first end-of-text token, SigLIP: all
    std::vector<bool> truncated;   ///< [count]: longer than the context, cut with the end-of-text token kept
};

/// What is done to a text before its tokens are looked up.
enum class TextCleaning {
    Lower,         ///< open_clip's default: ftfy, html.unescape twice, white space collapsed, lower case
    Whitespace,    ///< open_clip's "whitespace": the same without lower case
    Canonicalize,  ///< open_clip's "canonicalize" (SigLIP): Lower, then without punctuation
    HuggingFace,   ///< what the tokenizer's own files say (NFC, white space, lower case for CLIP)
};

/// Text to token ids and back to disk. Immutable after construction: any thread may call it.
class Tokenizer {
  public:
    virtual ~Tokenizer() = default;

    virtual std::string kind() const = 0;  ///< "CLIP BPE", "SentencePiece"
    virtual int vocabularySize() const = 0;
    virtual int contextLength() const = 0;

    /// Start-of-text (SigLIP has none), the text's tokens, end-of-text; not truncated, not padded.
    virtual std::vector<int64_t> encode(std::string_view text) const = 0;

    /// Writes the tokenizer's files into a model folder.
    virtual void save(const std::filesystem::path& folder) const = 0;

    TokenBatch tokenize(std::span<const std::string> texts) const;

    /// How many places of a batch a text of so many ids takes at least.
    size_t packedLength(size_t ids) const;

    /// What encode gave for each text as one batch.
    TokenBatch pack(std::span<const std::vector<int64_t>> texts) const;

  protected:
    struct Padding {
        int64_t id = 0;
        bool toContext = false;  ///< every text fills the whole context and is pooled at its last position
        bool toLargest = false;  ///< the first of the largest ids is pooled
        bool toLast = false;  ///< the last end-of-text token counts, not the first: a typed one is a token like others
    };
    virtual Padding padding() const { return {}; }
};

}  // namespace diagonal
