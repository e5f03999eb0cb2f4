// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// A token whose name is looked for in texts before they are split, with what Hugging Face's tokenizers knows of it.
struct AddedToken {
    std::string content;
    int64_t id = 0;
    bool singleWord = false;  ///< not inside a word
    bool stripLeft = false;   ///< takes the white space before it along
    bool stripRight = false;  ///< and that behind it
    bool normalized = false;  ///< looked for in the normalised text
    bool special = true;      ///< stands for no text
};

/// Finds the names of some added tokens: the first place, there the longest name.
class TokenFinder {
  public:
    /// `name` is how the text spells the token. Empty ones are never found.
    void add(const AddedToken& token, std::string name);

    /// Calls onText(std::string_view) for what lies between the tokens, never for nothing, and onToken(int64_t id) for
    /// each of them, in the order of the text.
    template <class OnText, class OnToken>
    void split(std::string_view text, const OnText& onText, const OnToken& onToken) const {
        size_t begin = 0;
        for (Match match; find(text, begin, match);) {
            if (match.begin > begin) onText(text.substr(begin, match.begin - begin));
            onToken(match.id);
            begin = match.end;
        }
        if (begin < text.size()) onText(text.substr(begin));
    }

  private:
    struct Entry {
        AddedToken token;
        std::string name;
    };
    struct Match {
        size_t begin = 0, end = 0;
        int64_t id = 0;
    };
    bool find(std::string_view text, size_t from, Match& match) const;
    const Entry* entryAt(std::string_view text, size_t at) const;

    std::vector<Entry> m_entries;
    std::array<bool, 256> m_begins{};  // bytes with which a name begins
};

}  // namespace diagonal
