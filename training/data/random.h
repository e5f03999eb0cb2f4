// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace diagonal {

/// One step of splitmix64 (Steele, Lea and Flood, 2014): a well mixed function of its argument.
constexpr uint64_t mix64(uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
}

/// A seed for one purpose out of several numbers: equal numbers in equal order give equal seeds.
template <typename... Numbers>
constexpr uint64_t seedOf(uint64_t first, Numbers... rest) {
    uint64_t state = mix64(first);
    ((state = mix64(state ^ static_cast<uint64_t>(rest))), ...);
    return state;
}

/// Random numbers that are the same on every machine and with every standard library.
class Random {
  public:
    explicit constexpr Random(uint64_t seed) : m_state(seed) {}

    constexpr uint64_t next() {
        const uint64_t value = mix64(m_state);
        m_state += 0x9E3779B97F4A7C15U;
        return value;
    }
    /// 0 .. n - 1, n < 2^32.
    constexpr uint32_t below(uint32_t n) { return static_cast<uint32_t>(((next() >> 32) * n) >> 32); }
    /// [0, 1), a multiple of 2^-24: exact in float.
    constexpr float unit() { return static_cast<float>(next() >> 40) * 0x1p-24F; }
    constexpr float between(float low, float high) { return low + (high - low) * unit(); }
    constexpr bool chance(float probability) { return unit() < probability; }

  private:
    uint64_t m_state;
};

/// Fisher-Yates.
template <typename T>
void shuffle(std::vector<T>& values, Random& random) {
    for (size_t i = values.size(); i > 1; --i) {
        std::swap(values[i - 1], values[random.below(static_cast<uint32_t>(i))]);
    }
}

}  // namespace diagonal
