// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <stop_token>
#include <vector>

namespace diagonal {

/// Shares of right answers, 0..1; -1: not measured.
struct LabelProbes {
    double neighbours = -1, linear = -1;
};

/// How well labels can be read off embeddings, with nothing but the pictures at hand: each class's pictures are dealt
/// to two halves in turn, and each half is answered from the other by its 5 nearest neighbours, and where isLinear by a
/// linear probe whose C every second picture of that half chooses. Classes with one picture are left out. images: [n,
/// d] of unit length; labels: [n], below 0 for none. Embeddings that are no numbers are mistakes, and there is no probe
/// then. Throws Cancelled.
LabelProbes probeLabels(const torch::Tensor& images, const std::vector<int>& labels, bool isLinear,
                        const std::stop_token& stop);

}  // namespace diagonal
