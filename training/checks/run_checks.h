// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "training/checks/model_checks.h"
#include "training/checks/operation.h"

namespace diagonal {

/// What a device computes in. Tf32 is float32 whose products are made of numbers with eleven binary digits.
enum class CheckPrecision { Fp32, Tf32, Bf16 };

/// "fp32", "TF32", "bf16".
std::string nameOf(CheckPrecision precision);

/// How one check went.
struct CheckOutcome {
    std::string name;
    std::string precision;
    double error = 0, allowed = 0;
    std::string problem;  ///< where the error is too large, or what LibTorch threw; empty: passed
    bool passed() const { return problem.empty(); }
};

torch::ScalarType typeOf(CheckPrecision precision);

/// Copies on a device, the floating ones in a type; what asked for a gradient does so again.
TensorList onDevice(const TensorList& tensors, const c10::Device& device, torch::ScalarType type);

/// What an operation is tried in on a device; nothing where it does not run there.
std::vector<CheckPrecision> precisionsOf(const Operation& operation, const c10::Device& device);

/// Two to eight samples of small sizes; the same for the same seed.
Sizes smallSizes(uint64_t seed);

/// Runs an operation on a device with inputs drawn from `seed`, and compares its outputs and the gradients of its first
/// output with those of its reference, which sees the same rounded inputs. Seeds torch's default generator.
CheckOutcome checkOperation(const Operation& operation, const c10::Device& device, CheckPrecision precision,
                            const Sizes& sizes, uint64_t seed);

/// The whole table, each operation in each precision with so many small sizes: the worst outcome of each.
std::vector<CheckOutcome> checkOperations(const c10::Device& device, int shapes);

/// Runs a model check on a device.
CheckOutcome checkModelOn(const c10::Device& device, const ModelCheck& check);

}  // namespace diagonal
