// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace diagonal {

/// Finds numbers from 0 by the content they stand for, which is kept elsewhere: 8 bytes a slot, at most three quarters
/// of them taken.
class HashIndex {
  public:
    HashIndex() = default;
    /// With room for so many.
    explicit HashIndex(size_t count) {
        while (m_slots.size() * 3 < count * 4)
            grow();
    }

    /// The number of equal content, or kNone. same(number) compares.
    template <typename Same>
    uint32_t find(uint64_t hash, const Same& same) const {
        if (m_slots.empty()) return kNone;
        for (size_t at = hash & m_mask; m_slots[at].number != kNone; at = (at + 1) & m_mask)
            if (m_slots[at].hash == static_cast<uint32_t>(hash) && same(m_slots[at].number)) return m_slots[at].number;
        return kNone;
    }

    /// The number of equal content, or `next`, which is put in.
    template <typename Same>
    uint32_t findOrAdd(uint64_t hash, uint32_t next, const Same& same) {
        if (const uint32_t found = find(hash, same); found != kNone) return found;
        if (++m_count * 4 > m_slots.size() * 3) grow();
        put({static_cast<uint32_t>(hash), next});
        return next;
    }

    static constexpr uint32_t kNone = ~uint32_t{0};

  private:
    struct Slot {
        uint32_t hash = 0, number = kNone;
    };

    void put(Slot slot) {
        size_t at = slot.hash & m_mask;
        while (m_slots[at].number != kNone)
            at = (at + 1) & m_mask;
        m_slots[at] = slot;
    }

    void grow() {
        std::vector<Slot> old(m_slots.empty() ? 1024 : 2 * m_slots.size());
        old.swap(m_slots);
        m_mask = m_slots.size() - 1;
        for (const Slot& slot : old)
            if (slot.number != kNone) put(slot);
    }

    std::vector<Slot> m_slots;
    size_t m_mask = 0, m_count = 0;
};

}  // namespace diagonal
