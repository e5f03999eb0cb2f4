// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace diagonal {

/// A counter-based generator: 32 bits for each index below 2^32, a function of two keys alone. Rounds of multiply and
/// xor-shift as in Wellons' "hash prospector" (2018), the second key between them. Numbers of neighbouring indices and
/// keys are as good as independent (training.rounded_adamw measures it).
struct RoundingNoise {
    uint32_t first = 0, second = 0;

    static constexpr uint32_t kFactor = 0x21F0AAADU, kOther = 0x735A2D97U;

    constexpr uint32_t operator()(uint32_t index) const {
        uint32_t x = index ^ first;
        x = (x ^ (x >> 16)) * kFactor + second;
        x = (x ^ (x >> 15)) * kOther;
        return x ^ (x >> 15);
    }

    /// That of one step, of the noise of all steps.
    constexpr RoundingNoise at(uint32_t step) const { return {(*this)(step), RoundingNoise{second, first}(step)}; }
};

/// What is rounded of a parameter: each has noise of its own.
enum class Rounded : uint32_t { Average, SquareAverage, Weight };

/// Noise of all steps for one tensor of a run.
constexpr RoundingNoise noiseOf(uint64_t seed, std::string_view parameter, Rounded what) {
    uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
    for (const char character : parameter)
        hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001B3U;
    hash += seed * 0x9E3779B97F4A7C15U + static_cast<uint64_t>(what) * 0xD1B54A32D192ED03U;  // and SplitMix64's end
    hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9U;
    hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBU;
    hash ^= hash >> 31;
    return {static_cast<uint32_t>(hash), static_cast<uint32_t>(hash >> 32)};
}

}  // namespace diagonal
