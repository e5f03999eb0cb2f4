// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "engine/image/resample.h"

// The two passes of Pillow's resampling. Used inside engine/image only.
namespace diagonal::resampling {

inline constexpr int kPrecisionBits = 32 - 8 - 2;

/// For each position of a range of the output: the input positions it is a weighted sum of.
struct Kernel {
    int taps = 0;  ///< weights stored for each position, 0 where it has fewer
    std::vector<int> first, count;
    std::vector<int32_t> weights;  ///< [positions, taps], in 1 / 2^22

    size_t positions() const { return first.size(); }
    const int32_t* weightsOf(size_t position) const { return weights.data() + position * static_cast<size_t>(taps); }
    /// The range of input positions that are used.
    int begin() const { return *std::min_element(first.begin(), first.end()); }
    int end() const {
        int last = 0;
        for (size_t i = 0; i < first.size(); ++i)
            last = std::max(last, first[i] + count[i]);
        return last;
    }
};

/// Every row at the kernel's positions: out[height * positions * 3].
using HorizontalPass = void (*)(const ImageView& in, const Kernel& kernel, uint8_t* out);
/// A row for each position of the kernel: out[positions * width * 3].
using VerticalPass = void (*)(const ImageView& in, const Kernel& kernel, uint8_t* out);

struct Passes {
    HorizontalPass horizontal;
    VerticalPass vertical;
};

/// All give the same bytes.
Passes portablePasses();
/// With AVX-512, its byte permutations (VBMI) and byte products (VNNI). Null where the processor lacks them.
Passes avx512Passes();

}  // namespace diagonal::resampling
