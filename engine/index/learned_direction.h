// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace diagonal {

/// The direction that tells liked rows from disliked ones and from a library's usual rows: a logistic regression with
/// a penalty on its length. liked, disliked: [n, dim] (disliked may be empty), others: [m, dim], mean: [dim] of the
/// library. Of unit length; the liked rows' mean less the library's where nothing can be told apart.
std::vector<float> learnDirection(const std::vector<float>& liked, const std::vector<float>& disliked,
                                  const std::vector<float>& others, const std::vector<float>& mean);

}  // namespace diagonal
