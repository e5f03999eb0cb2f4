// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/base/libtorch.h"
#include "engine/parts/image_tower.h"

namespace diagonal {

torch::Tensor dropPatches(const torch::Tensor& patches, double share) {
    const int64_t count = patches.size(1);
    const auto kept = std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(count) * (1 - share)));
    const auto draws = torch::rand({patches.size(0), count}, torch::TensorOptions(patches.device()));
    const auto chosen = std::get<1>(draws.topk(kept, 1, true, false));
    return patches.gather(1, chosen.unsqueeze(2).expand({-1, -1, patches.size(2)}));
}

}  // namespace diagonal
