// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <functional>
#include <string>
#include <vector>

namespace diagonal {

/// What the tensors of an operation are made from; each makes of it what it needs.
struct Sizes {
    int64_t batch = 1;
    int64_t length = 1;  ///< tokens of a sequence, or pixels along a side
    int64_t width = 1;   ///< of a token, channels, dimensions of an embedding: a multiple of heads
    int64_t heads = 1;
    int64_t patch = 1;  ///< pixels along its side
};

/// "batch 3, length 5, …"
std::string nameOf(const Sizes& sizes);

using TensorList = std::vector<torch::Tensor>;
using Computation = std::function<TensorList(const TensorList&)>;

/// One operation with its inputs.
struct OperationCase {
    /// On the CPU, floating ones in float64. Those that require a gradient are differentiated.
    TensorList inputs;
    /// What the project computes, on the device and in the type of the inputs, which it may write into.
    Computation run;
    /// The same outputs from plain arithmetic, for inputs in float64 on the CPU.
    Computation reference;
};

/// Draws the inputs from torch's default generator.
using MakeCase = std::function<OperationCase(const Sizes&)>;

/// Something that training or inference computes, which every device must compute as the CPU does.
struct Operation {
    std::string name;
    MakeCase make;
    Sizes real;  ///< those of a ViT-B/32, but for the batch
    /// The largest difference allowed, of outputs and gradients, as a share of a tensor's largest value: in float32,
    /// and in bfloat16 (0: it is not computed in it).
    double fp32 = 1e-5, bf16 = 0;
    bool differentiates = true;                           ///< its first output, with respect to its inputs
    std::function<bool(const c10::Device&)> runsOn = {};  ///< empty: on all
    bool differentiatesOutput = true;  ///< the gradient is that of the first output itself, not of what it stands for
};

/// The table: a line each. Needs LibTorch alone.
const std::vector<Operation>& operations();

}  // namespace diagonal
