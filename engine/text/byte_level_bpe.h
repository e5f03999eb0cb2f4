// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/token_table.h"

namespace diagonal {

/// The vocabulary of a byte-level BPE: tokens written with one character per byte (see byteCharacter), CLIP's with
/// "</w>" at the end of a word, and the pairs of tokens that are merged, best first.
class BpeVocabulary : public TokenTable {
  public:
    /// The byte of a text as vocabularies write it, UTF-8: printable ones as themselves, the others as U+0100 and up.
    static std::string byteCharacter(uint8_t byte);

    struct Merge {
        int32_t left, right, whole;  ///< ids
    };
    const std::vector<Merge>& merges() const { return m_merges; }

    /// False when a part or the whole is no token.
    bool addMerge(std::string_view left, std::string_view right);
    /// The same, with the whole as a new token behind all others.
    bool addMergeAndToken(std::string_view left, std::string_view right);
    void reserve(size_t tokens, size_t bytes);

    int32_t start = -1;  ///< id of the start-of-text token
    int32_t end = -1;    ///< id of the end-of-text token

  private:
    std::vector<Merge> m_merges;
    std::string m_joined;
};

/// Which merges are done at a time; the two references differ where a vocabulary lists merges out of order.
enum class MergeOrder {
    AllAlike,  ///< open_clip: the best pair wherever it stands
    OneByOne,  ///< Hugging Face: the best pair at its first place
};

/// Splits words into tokens by merging bytes. Immutable.
class ByteLevelBpe {
  public:
    /// `endOfWord` is what the vocabulary writes behind the last character of a word. A byte that it lacks becomes the
    /// end-of-text token.
    explicit ByteLevelBpe(const BpeVocabulary& vocabulary, const std::string& endOfWord = "</w>");

    /// Memory that is used again from word to word.
    struct Scratch {
        struct Symbol {
            int32_t id, previous, next;
        };
        struct Candidate {
            uint32_t rank, at;
            int32_t merged;
        };
        std::vector<Symbol> symbols;
        std::vector<Candidate> heap, batch;
    };

    /// Appends the ids of one word, its bytes as they stand in the text.
    void encode(std::string_view word, MergeOrder order, Scratch& scratch, std::vector<int64_t>& ids) const;

  private:
    struct Merge {
        uint64_t pair = kNone;
        uint32_t rank = 0;
        int32_t merged = 0;
    };
    static constexpr uint64_t kNone = ~uint64_t{0};

    size_t slotOf(uint64_t pair) const;
    const Merge* find(int32_t left, int32_t right) const;
    void consider(uint32_t at, Scratch& scratch) const;

    std::array<int32_t, 256> m_inside{}, m_last{};  // a byte's token inside a word and at its end
    std::vector<Merge> m_table;
};

}  // namespace diagonal
