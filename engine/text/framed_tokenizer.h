// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "engine/text/token_frame.h"
#include "engine/text/tokenizer_config.h"

namespace diagonal {

/// The tokenizers of BERT's family: a start token, the text's pieces, an end token. Names of added tokens that somebody
/// types in a text are those tokens, as in Hugging Face's tokenizers.
class FramedTokenizer : public Tokenizer {
  public:
    int vocabularySize() const override { return m_size; }
    int contextLength() const override { return m_config.contextLength; }
    std::vector<int64_t> encode(std::string_view text) const override;

  protected:
    using Normalize = std::function<std::string(std::string_view)>;

    /// `normalize` is what happens to what lies between added tokens before it is split; `size` counts the vocabulary
    /// without them.
    FramedTokenizer(TokenFrame frame, size_t size, const TokenizerConfig& config, Normalize normalize);

    Padding padding() const override;

    /// Appends the ids of a normalised part of a text, which is not empty.
    virtual void encodePart(std::string_view part, std::vector<int64_t>& ids) const = 0;

    const TokenFrame& frame() const { return m_frame; }
    const Normalize& normalize() const { return m_normalize; }

  private:
    TokenFrame m_frame;
    TokenizerConfig m_config;
    Normalize m_normalize;
    TokenFinder m_asTyped, m_normalized;
    int m_size = 0;
};

}  // namespace diagonal
