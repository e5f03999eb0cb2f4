// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/parts/config.h"
#include "training/run/options.h"

namespace diagonal {

/// What the memory of a run depends on besides its options.
struct MemoryFacts {
    ClipConfig model;
    bool half = false;         ///< bf16 or fp16 autocast
    int processes = 1;         ///< that share a batch; the estimate is that of one
    bool onGpu = false;        ///< which then holds all but the pictures
    double captionTokens = 0;  ///< of a caption on average, of the longest on a GPU, start and end included; 0: a guess
    int64_t trainImages = 0;   ///< 0: not known
    int64_t validationImages = 0;
    bool augments = true;  ///< pictures are kept larger than the model's input, for crops
};

struct MemoryPart {
    std::string key;   ///< "weights", of the JSON of `train --dry-run`
    std::string text;  ///< for people: "weights", "features and loss"
    uint64_t bytes = 0;
    bool onDevice = true;  ///< where the model is computed, else in the computer's memory
};

/// Bytes at the fullest moment of a step, by what they are for.
struct MemoryEstimate {
    std::vector<MemoryPart> parts;
    bool onGpu = false;

    /// Of the device that the model is computed on; on a CPU that is all.
    uint64_t onDevice() const;
    /// Of the computer's memory.
    uint64_t onComputer() const;
};

/// Of the stage that needs most. From shapes alone, so that it can follow every change of an option. Within 15 % of
/// what was measured on a CPU.
MemoryEstimate estimateMemory(const TrainOptions& options, const MemoryFacts& facts);

/// "needs about 3.1 GB: weights 0.6 GB, …", largest part first.
std::string describe(const MemoryEstimate& estimate);

/// Memory that programs can still get, in bytes; 0 where the system does not tell.
uint64_t availableMemory();

/// "3.1 GB", "420 MB"
std::string memoryText(uint64_t bytes);

}  // namespace diagonal
