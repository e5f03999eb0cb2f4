// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "engine/base/job.h"
#include "engine/index/snapshot.h"

// Numbers of a snapshot's rows, whatever they are kept in.
namespace diagonal {

/// Rows as float32: out[rows.size() * dim]. Throws nothing; rows must be below Snapshot::rows.size().
void readRows(const Snapshot& snapshot, std::span<const int64_t> rows, float* out);
/// Neighbours, likewise.
void readRows(const Snapshot& snapshot, int64_t first, int64_t count, float* out);

/// out[i] = row i · query, for all rows, on all threads of LibTorch. Sums are float32. Throws Cancelled.
void multiplyRows(const Snapshot& snapshot, std::span<const float> query, std::span<float> out,
                  const JobContext& job = {});

/// The product of two vectors of float32.
float dotProduct(const float* a, const float* b, size_t count);

}  // namespace diagonal
