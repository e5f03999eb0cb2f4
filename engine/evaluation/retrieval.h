// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

#include "engine/base/job.h"
#include "engine/evaluation/recall.h"

namespace diagonal {

/// Ranks both ways as the field counts them (Karpathy & Fei-Fei, 2015): every image against every text.
/// images: [n, d], texts: [m, d], unit length; imageOfText[j] < n is the image of text j. An image without a text is a
/// miss. Equal similarities count as if put in random order, so that a collapsed model scores chance; a match that is
/// no number is a miss. Each similarity is computed once for both ways. Memory for a copy of the texts and 512 x 2,048
/// similarities, whatever n and m. Progress in images. Throws Cancelled.
RetrievalRanks retrievalRanks(const torch::Tensor& images, const torch::Tensor& texts,
                              const std::vector<int64_t>& imageOfText, const JobContext& job = {});

/// Recall@K of these ranks.
RetrievalRecall retrievalRecall(const torch::Tensor& images, const torch::Tensor& texts,
                                const std::vector<int64_t>& imageOfText);

}  // namespace diagonal
