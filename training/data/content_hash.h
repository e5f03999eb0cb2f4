// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "training/data/random.h"

namespace diagonal {

/// 64 bits of a content, about as fast as memory is read, the same on every little-endian machine. Not against people
/// who look for collisions. Each step folds a 128-bit product, as wyhash does.
inline uint64_t contentHash(std::span<const uint8_t> bytes, uint64_t seed = 0) {
    constexpr size_t kLanes = 4, kStep = kLanes * 16;
    constexpr uint64_t kKeys[] = {0xA0761D6478BD642FU, 0xE7037ED1A0B428DBU, 0x8EBC6AF09C88C6E3U, 0x589965CC75374CC3U};
    const auto fold = [](uint64_t a, uint64_t b) {
        const auto product = static_cast<unsigned __int128>(a) * b;
        return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
    };
    uint64_t lanes[kLanes] = {seed, seed, seed, seed};
    const auto take = [&](const uint8_t* block) {
        for (size_t lane = 0; lane < kLanes; ++lane) {
            uint64_t words[2];
            std::memcpy(words, block + lane * 16, 16);
            lanes[lane] = fold(words[0] ^ kKeys[lane], words[1] ^ lanes[lane] ^ kKeys[3 - lane]);
        }
    };
    size_t at = 0;
    for (; at + kStep <= bytes.size(); at += kStep)
        take(bytes.data() + at);
    if (at < bytes.size()) {
        uint8_t last[kStep] = {};
        std::memcpy(last, bytes.data() + at, bytes.size() - at);
        take(last);
    }
    return seedOf(bytes.size(), lanes[0], lanes[1], lanes[2], lanes[3]);
}

}  // namespace diagonal
