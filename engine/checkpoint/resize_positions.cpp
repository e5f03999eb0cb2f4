// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/resize_positions.h"

#include <cmath>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

void resizePositions(StateDict& state, const ClipConfig& config) {
    const bool resNet = std::holds_alternative<ResNetConfig>(config.vision);
    const auto found =
        state.tensors.find(resNet ? "visual.attnpool.positional_embedding" : "visual.positional_embedding");
    if (found == state.tensors.end() || found->second.dim() != 2) return;
    const int64_t extra = std::holds_alternative<SiglipVitConfig>(config.vision) ? 0 : 1;
    const int64_t grid = gridSize(config), count = found->second.size(0) - extra;
    if (count < 1 || count == grid * grid) return;
    const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(count))));
    if (side * side != count) return;  // the model's constructor will refuse the shape

    const Tensor stored = found->second.to(torch::kFloat);
    const Tensor image = stored.narrow(0, extra, count).reshape({1, side, side, -1}).permute({0, 3, 1, 2}).contiguous();
    const Tensor resized = at::_upsample_bicubic2d_aa(image, {grid, grid}, false);
    found->second = torch::cat({stored.narrow(0, 0, extra), resized.permute({0, 2, 3, 1}).reshape({grid * grid, -1})});
}

}  // namespace diagonal
