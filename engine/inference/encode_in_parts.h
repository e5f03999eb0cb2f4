// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/base/out_of_memory.h"

namespace diagonal {

inline constexpr int64_t kWholeBatch = std::numeric_limits<int64_t>::max();

/// The rows that encode(first, count) gives for 0 to count - 1, in parts of at most `largest`. Where memory does not
/// hold a part it is halved, for later batches too. Throws Error where it does not hold a single item.
template <typename Encode>
torch::Tensor encodeInParts(int64_t count, int64_t& largest, const Encode& encode) {
    std::vector<torch::Tensor> parts;
    for (int64_t first = 0; first < count;) {
        const int64_t part = std::min(count - first, largest);
        try {
            parts.push_back(encode(first, part));
            first += part;
            continue;
        } catch (const std::exception& error) {
            if (!isOutOfMemory(error)) throw;
            if (part <= 1)
                throw Error("--batch-size", "the device's memory does not hold a single item", "Use --device cpu");
        }
        largest = part / 2;  // here, not in the handler: the exception keeps memory in use
    }
    return parts.size() == 1 ? parts.front() : torch::cat(parts);
}

}  // namespace diagonal
