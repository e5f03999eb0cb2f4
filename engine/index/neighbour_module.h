// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace diagonal {

/// What libdiagonal_neighbours.so (engine/faiss) offers: FAISS's inverted file with product quantization, for inner
/// products. Functions return false or null where they fail, and problem() says why, of the calling thread.
struct NeighbourModule {
    static constexpr int kVersion = 2;

    int version;
    /// Learns `lists` cells and codes of `bytes` bytes from training rows, [count, dim].
    void* (*create)(int64_t dim, int64_t lists, int64_t bytes, const float* training, int64_t count);
    /// Rows are numbered as they come.
    bool (*add)(void* index, const float* rows, int64_t count);
    bool (*write)(const void* index, const char* file);
    /// One of vectors of that width.
    void* (*read)(const char* file, int64_t dim);
    void (*free)(void* index);
    int64_t (*size)(const void* index);
    /// The rows with about the largest products, looked for in `probes` cells; how many, -1 where it fails.
    int64_t (*search)(const void* index, const float* query, int64_t count, int64_t probes, int64_t* rows);
    const char* (*problem)();
};

}  // namespace diagonal
