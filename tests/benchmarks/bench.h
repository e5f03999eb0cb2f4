// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <chrono>
#include <cstdint>
#include <string>

/// What diagonal-bench was asked for; see usage() in bench_main.cpp.
struct BenchOptions {
    std::string task, architecture = "demo", device = "auto", precision = "fp32", filter, pixels;
    std::string loss = "contrastive";
    int64_t batchSize = 128, microBatch = 0;
    bool savers = false;  ///< gradient checkpointing, bf16 moments, bf16 weights of the text tower
    int repeat = 10, threads = 0;

    bool isBf16() const { return precision == "bf16"; }
};

[[noreturn]] void usage();

/// Waits for a GPU by fetching a number that it has computed.
inline void wait(const torch::Device& device) {
    torch::ones({}, torch::TensorOptions().device(device)).item<float>();
}

inline double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// bench_checks.cpp: a line a check, passed or not. 1 where one fails.
int runChecks(const BenchOptions& options, const torch::Device& device);
/// bench_world.cpp: what processes exchange, by one process alone over Gloo or NCCL. 1 where it is not as it should be.
int runWorld(const torch::Device& device);
/// bench_ops.cpp: a line an operation of the table at real sizes.
int runOperations(const BenchOptions& options, const torch::Device& device);
/// bench_models.cpp: JSON of one task.
int runModels(const BenchOptions& options, const torch::Device& device);
