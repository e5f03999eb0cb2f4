// SPDX-License-Identifier: Apache-2.0
#include "engine/text/byte_level_bpe.h"

#include <algorithm>
#include <bit>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

bool isPrintable(int byte) {
    return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

}  // namespace

std::string BpeVocabulary::byteCharacter(uint8_t byte) {
    char32_t c = byte;
    if (!isPrintable(byte)) {
        c = 0x100;
        for (int other = 0; other < byte; ++other)
            c += isPrintable(other) ? 0 : 1;
    }
    std::string text;
    appendUtf8(text, c);
    return text;
}

void BpeVocabulary::reserve(size_t tokens, size_t bytes) {
    TokenTable::reserve(tokens, bytes);
    m_merges.reserve(tokens);
}

bool BpeVocabulary::addMerge(std::string_view left, std::string_view right) {
    m_joined.assign(left).append(right);
    const Merge merge = {find(left), find(right), find(m_joined)};
    if (merge.left < 0 || merge.right < 0 || merge.whole < 0) return false;
    m_merges.push_back(merge);
    return true;
}

bool BpeVocabulary::addMergeAndToken(std::string_view left, std::string_view right) {
    const Merge merge = {find(left), find(right), static_cast<int32_t>(size())};
    m_joined.assign(left).append(right);
    if (merge.left < 0 || merge.right < 0 || !add(m_joined, size())) return false;
    m_merges.push_back(merge);
    return true;
}

ByteLevelBpe::ByteLevelBpe(const BpeVocabulary& vocabulary, const std::string& endOfWord) {
    for (size_t byte = 0; byte < 256; ++byte) {
        const std::string character = BpeVocabulary::byteCharacter(static_cast<uint8_t>(byte));
        // What a vocabulary lacks is the unknown token, which is CLIP's end of text.
        const auto idOf = [&](const std::string& token) {
            const int32_t id = vocabulary.find(token);
            return id < 0 ? vocabulary.end : id;
        };
        m_inside[byte] = idOf(character);
        m_last[byte] = idOf(character + endOfWord);
    }
    m_table.resize(std::bit_ceil(vocabulary.merges().size() * 2 + 2));
    uint32_t rank = 0;
    for (const auto& [left, right, whole] : vocabulary.merges()) {
        const uint64_t pair = static_cast<uint64_t>(left) << 32 | static_cast<uint32_t>(right);
        m_table[slotOf(pair)] = {pair, rank++, whole};
    }
}

size_t ByteLevelBpe::slotOf(uint64_t pair) const {
    const size_t mask = m_table.size() - 1;
    size_t slot = (pair * 0x9E3779B97F4A7C15U >> 32) & mask;
    while (m_table[slot].pair != pair && m_table[slot].pair != kNone)
        slot = (slot + 1) & mask;
    return slot;
}

const ByteLevelBpe::Merge* ByteLevelBpe::find(int32_t left, int32_t right) const {
    const Merge& merge = m_table[slotOf(static_cast<uint64_t>(left) << 32 | static_cast<uint32_t>(right))];
    return merge.pair == kNone ? nullptr : &merge;
}

namespace {

/// For heaps, which have the largest on top: the lowest rank, the first place.
bool isWorse(const ByteLevelBpe::Scratch::Candidate& a, const ByteLevelBpe::Scratch::Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
}

}  // namespace

/// Puts the pair that begins at symbol `at` on the heap if it can be merged.
void ByteLevelBpe::consider(uint32_t at, Scratch& scratch) const {
    const auto& symbol = scratch.symbols[at];
    if (symbol.next < 0) return;
    const Merge* merge = find(symbol.id, scratch.symbols[static_cast<size_t>(symbol.next)].id);
    if (merge == nullptr) return;
    scratch.heap.push_back({merge->rank, at, merge->merged});
    std::ranges::push_heap(scratch.heap, isWorse);
}

void ByteLevelBpe::encode(std::string_view word, MergeOrder order, Scratch& scratch, std::vector<int64_t>& ids) const {
    if (word.empty()) return;
    auto& [symbols, heap, batch] = scratch;
    symbols.clear();
    heap.clear();
    const auto length = static_cast<int32_t>(word.size());
    for (int32_t i = 0; i < length; ++i) {
        const auto byte = static_cast<uint8_t>(word[static_cast<size_t>(i)]);
        const bool last = i + 1 == length;
        symbols.push_back({last ? m_last[byte] : m_inside[byte], i - 1, last ? -1 : i + 1});
    }
    for (uint32_t i = 0; i + 1 < symbols.size(); ++i)
        consider(i, scratch);
    while (!heap.empty()) {
        const uint32_t rank = heap.front().rank;
        batch.clear();
        do {
            std::ranges::pop_heap(heap, isWorse);
            batch.push_back(heap.back());
            heap.pop_back();
        } while (order == MergeOrder::AllAlike && !heap.empty() && heap.front().rank == rank);
        size_t merged = 0;
        for (const auto& candidate : batch) {
            auto& left = symbols[candidate.at];
            if (left.id < 0 || left.next < 0) continue;
            auto& right = symbols[static_cast<size_t>(left.next)];
            const Merge* merge = find(left.id, right.id);
            if (merge == nullptr) continue;
            // A neighbour may have changed since the candidate was noted.
            if (order == MergeOrder::AllAlike ? merge->rank != rank : merge->merged != candidate.merged) continue;
            left.id = merge->merged;
            left.next = right.next;
            right.id = -1;
            if (left.next >= 0) symbols[static_cast<size_t>(left.next)].previous = static_cast<int32_t>(candidate.at);
            batch[merged++] = candidate;
        }
        for (size_t i = 0; i < merged; ++i) {
            const uint32_t at = batch[i].at;
            if (symbols[at].previous >= 0) consider(static_cast<uint32_t>(symbols[at].previous), scratch);
            consider(at, scratch);
        }
    }
    for (int32_t i = 0; i >= 0; i = symbols[static_cast<size_t>(i)].next)
        ids.push_back(symbols[static_cast<size_t>(i)].id);
}

}  // namespace diagonal
