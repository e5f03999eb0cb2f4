// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/parts/dual_encoder.h"

namespace diagonal {

/// Stores the matrices of the text tower, embeddings included, in bf16, rounded to the nearest; gains and biases, a
/// thousandth of it, stay fp32. Gradients stay fp32: sums over micro-batches would lose small terms.
void storeTextInHalf(DualEncoder& model);

}  // namespace diagonal
