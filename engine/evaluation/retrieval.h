// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

#include "engine/evaluation/recall.h"

namespace diagonal {

/// Recall@K both ways as the field counts it (Karpathy & Fei-Fei, 2015): every image against every text.
/// images: [n, d], texts: [m, d], unit length; imageOfText[j] < n is the image of text j, and each image has at least
/// one text. Equal similarities count as if put in random order, so that a collapsed model scores chance; a match that
/// is no number is a miss. Memory for 1,024 x 8,192 similarities, whatever n and m.
RetrievalRecall retrievalRecall(const torch::Tensor& images, const torch::Tensor& texts,
                                const std::vector<int64_t>& imageOfText);

}  // namespace diagonal
