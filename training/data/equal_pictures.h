// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "training/data/dataset.h"

namespace diagonal {

/// Those of `some` images that are kept as the same bytes as one of the `others`: a picture under two names. Only
/// images of equal size are read; drawn ones and those that cannot be read are equal to none. Throws Cancelled.
std::vector<uint32_t> equalPictures(const Dataset& dataset, std::span<const uint32_t> some,
                                    std::span<const uint32_t> others, const std::stop_token& stop = {});

}  // namespace diagonal
