// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/base/libtorch.h"
#include "engine/parts/image_tower.h"

namespace diagonal {

using torch::Tensor;

Tensor keptPatches(int64_t n, int64_t patches, double share, torch::Device device) {
    const auto kept = std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(patches) * (1 - share)));
    const auto draws = torch::rand({n, patches}, torch::TensorOptions(device));
    return std::get<1>(draws.topk(kept, 1, true, false));
}

Tensor onlyPatches(const Tensor& patches, const Tensor& kept) {
    return patches.gather(1, kept.unsqueeze(2).expand({-1, -1, patches.size(2)}));
}

}  // namespace diagonal
