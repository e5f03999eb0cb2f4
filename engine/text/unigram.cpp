// SPDX-License-Identifier: Apache-2.0
#include "engine/text/unigram.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

constexpr double kUnknownPenalty = 10;

}  // namespace

Unigram::Unigram(const std::vector<Entry>& pieces, size_t unknown) : m_unknown(static_cast<int32_t>(unknown)) {
    double lowest = std::numeric_limits<double>::infinity();
    for (const Entry& piece : pieces) {
        m_scores.push_back(piece.score);
        lowest = std::min(lowest, piece.score);
    }
    m_unknownScore = lowest - kUnknownPenalty;
    std::vector<uint32_t> order(pieces.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](uint32_t id) { return pieces[id].text; });

    // Breadth first, so that the children of a node stand together: each waits with its range of sorted pieces.
    struct Range {
        size_t begin, end, depth;
    };
    std::vector<Range> ranges = {{0, order.size(), 0}};
    m_nodes.resize(1);
    for (size_t at = 0; at < m_nodes.size(); ++at) {
        auto [begin, end, depth] = ranges[at];
        for (; begin < end && pieces[order[begin]].text.size() == depth; ++begin)
            m_nodes[at].id = static_cast<int32_t>(order[begin]);
        m_nodes[at].firstChild = static_cast<uint32_t>(m_nodes.size());
        while (begin < end) {
            const auto byte = static_cast<uint8_t>(pieces[order[begin]].text[depth]);
            size_t last = begin + 1;
            while (last < end && static_cast<uint8_t>(pieces[order[last]].text[depth]) == byte)
                ++last;
            ranges.push_back({begin, last, depth + 1});
            m_nodes.push_back({.byte = byte});
            ++m_nodes[at].children;
            begin = last;
        }
    }
    m_nodes[0].id = -1;
}

const Unigram::Node* Unigram::child(const Node& node, uint8_t byte) const {
    const Node* first = m_nodes.data() + node.firstChild;
    const Node* last = first + node.children;
    const Node* found = std::lower_bound(first, last, byte, [](const Node& one, uint8_t b) { return one.byte < b; });
    return found != last && found->byte == byte ? found : nullptr;
}

void Unigram::encode(std::string_view word, Scratch& scratch, std::vector<int64_t>& ids) const {
    auto& nodes = scratch.nodes;
    nodes.assign(word.size() + 1, {});
    const auto offer = [&](size_t begin, size_t end, int32_t id, double score) {
        auto& node = nodes[end];
        const double sum = nodes[begin].score + score;
        if (!node.reached || sum > node.score) node = {sum, id, static_cast<uint32_t>(begin), true};
    };
    for (size_t begin = 0; begin < word.size();) {
        size_t next = begin;
        nextCharacter(word, next);
        bool isSpelled = false;
        const Node* node = m_nodes.data();
        for (size_t end = begin; end < word.size();) {
            node = child(*node, static_cast<uint8_t>(word[end++]));
            if (node == nullptr) break;
            if (node->id < 0) continue;
            offer(begin, end, node->id, m_scores[static_cast<size_t>(node->id)]);
            isSpelled = isSpelled || end == next;
        }
        if (!isSpelled) offer(begin, next, m_unknown, m_unknownScore);
        begin = next;
    }
    const size_t before = ids.size();
    bool wasUnknown = false;
    for (size_t end = word.size(); end > 0; end = nodes[end].begin) {
        const bool isUnknown = nodes[end].id == m_unknown;
        if (!isUnknown || !wasUnknown) ids.push_back(nodes[end].id);
        wasUnknown = isUnknown;
    }
    std::reverse(ids.begin() + static_cast<ptrdiff_t>(before), ids.end());
}

}  // namespace diagonal
