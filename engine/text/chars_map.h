// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace diagonal {

/// SentencePiece's table of what characters become ("ﬁ" "fi", full width to half width, …), as Hugging Face's
/// tokenizers uses it: by clusters of characters of up to five bytes, else character by character.
class CharsMap {
  public:
    /// `map` is a precompiled_charsmap that checkCharsMap has found sound; empty: nothing changes.
    explicit CharsMap(std::string map);

    /// UTF-8 in and out.
    std::string normalize(std::string_view text) const;

    const std::string& bytes() const { return m_map; }

  private:
    uint32_t unit(size_t index) const;
    std::optional<std::string_view> find(std::string_view chunk) const;
    void appendCharacters(std::string& out, std::string_view text) const;

    std::string m_map;
    size_t m_texts = 0;                    // where the replacements begin
    std::array<std::string, 128> m_ascii;  // what each of these becomes
};

}  // namespace diagonal
