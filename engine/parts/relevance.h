// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include "engine/parts/config.h"
#include "engine/parts/image_tower.h"

namespace diagonal {

/// How much each patch of one image speaks for each text. image: float32 [1, 3, size, size]; texts: [k, embed_dim] of
/// unit length -> float32 [k, rows, columns], >= 0, not scaled. The gradient is that of logitScale * cosine.
///
/// Transformers: gradient-weighted attention over all blocks (Chefer, Gur & Wolf, "Generic Attention-model
/// Explainability for Interpreting Bi-Modal and Encoder-Decoder Transformers", 2021): R = I, then R += A R for each
/// block, A the mean over heads of relu(gradient * attention); the class token's row without itself, or, where patches
/// are averaged, the mean of their rows without themselves. Of an attention pool (SigLIP) its own A, one row, times R.
/// ResNets: Grad-CAM (Selvaraju et al., 2017) on the feature map of the last stage that has at least kFewestCells a
/// side.
torch::Tensor relevanceGrids(ImageTower& tower, const torch::Tensor& image, const torch::Tensor& texts,
                             double logitScale);

/// Side of one cell of the grid in the model's input, in pixels. The input may be a little larger than all cells.
int cellSize(const ClipConfig& config);

}  // namespace diagonal
