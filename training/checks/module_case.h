// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "engine/parts/weights.h"
#include "training/checks/operation.h"

namespace diagonal {

/// A random tensor in float64 that is differentiated.
torch::Tensor drawn(at::IntArrayRef shape);

/// Builds a module from a scope of weights; what comes back computes its outputs from the case's own inputs.
using BuildModule = std::function<Computation(const Scope&)>;

/// The case of a module: its weights are drawn, and stand behind the case's own inputs in the order in which the module
/// asks for them. Batch norms' statistics are not differentiated.
OperationCase moduleCase(TensorList inputs, const BuildModule& build, Computation reference);

}  // namespace diagonal
