// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/index/search.h"
#include "engine/index/snapshot.h"

namespace diagonal {

/// Which files pass a filter; empty: all.
std::vector<char> filesThrough(const Snapshot& snapshot, const SearchFilter& filter);

/// The best rows and counts of all.
struct RankedRows {
    std::vector<int64_t> rows;  ///< best first; of equal scores the lower row
    int64_t looked = 0;         ///< rows in use that pass the filter
    int64_t above = 0;          ///< of those, at or above the line
    bool isAll = false;         ///< there are no more at or above `lowest`
};

/// The `most` best rows whose score is at least `lowest`. What is no number is left out. passes: filesThrough. On all
/// threads of LibTorch.
RankedRows rankRows(const Snapshot& snapshot, std::span<const float> scores, const std::vector<char>& passes,
                    double line, double lowest, int64_t most);

}  // namespace diagonal
