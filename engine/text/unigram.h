// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace diagonal {

/// A unigram model: cuts a word into the pieces whose scores add up to the most. Sums are double, as in Hugging Face's
/// tokenizers (SentencePiece's are float): where two ways are equal, the one that is met first counts. Immutable.
class Unigram {
  public:
    struct Entry {
        std::string_view text;
        double score = 0;
    };
    /// `pieces` by id, with the one that stands for what no piece spells. The texts are not needed afterwards.
    Unigram(const std::vector<Entry>& pieces, size_t unknown);

    /// Memory that is used again from word to word.
    struct Scratch {
        struct Node {
            double score = 0;
            int32_t id = 0;
            uint32_t begin = 0;
            bool reached = false;
        };
        std::vector<Node> nodes;
    };

    /// Appends the ids of one word of sound UTF-8; unknown characters side by side are one unknown piece.
    void encode(std::string_view word, Scratch& scratch, std::vector<int64_t>& ids) const;

  private:
    struct Node {
        uint32_t firstChild = 0;
        uint16_t children = 0;
        uint8_t byte = 0;
        int32_t id = -1;
    };
    const Node* child(const Node& node, uint8_t byte) const;

    std::vector<Node> m_nodes;  // a tree of bytes; the children of a node stand side by side, in order
    std::vector<double> m_scores;
    int32_t m_unknown = 0;
    double m_unknownScore = 0;
};

}  // namespace diagonal
