// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

/// CRC-32 of numbers as four bytes each, in the order of their digits' weight.
class Crc32 {
  public:
    void add(const std::vector<int64_t>& ids) {
        for (const int64_t id : ids)
            for (int i = 0; i < 4; ++i) {
                m_value ^= static_cast<uint8_t>(id >> (8 * i));
                for (int bit = 0; bit < 8; ++bit)
                    m_value = (m_value >> 1) ^ ((m_value & 1) != 0 ? 0xEDB88320U : 0U);
            }
    }
    uint32_t value() const { return ~m_value; }

  private:
    uint32_t m_value = ~0U;
};
