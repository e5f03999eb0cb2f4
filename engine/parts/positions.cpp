// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/positions.h"

#include <cmath>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/dual_encoder.h"

namespace diagonal {

using torch::Tensor;

std::string positionsName(const ClipConfig& config) {
    return (config.vision.width() > 0 ? "visual.trunk." : "visual.") + config.vision.positions().name;
}

Tensor resizedPositions(const Tensor& positions, const ClipConfig& config) {
    if (positions.dim() != 2) return positions;
    const int64_t extra = config.vision.positions().extra;
    const int64_t grid = gridSize(config), count = positions.size(0) - extra;
    if (count < 1 || count == grid * grid) return positions;
    const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(count))));
    if (side * side != count) return positions;

    const Tensor stored = positions.detach().to(torch::kCPU, torch::kFloat);
    const Tensor image = stored.narrow(0, extra, count).reshape({1, side, side, -1}).permute({0, 3, 1, 2}).contiguous();
    const Tensor resized = at::_upsample_bicubic2d_aa(image, {grid, grid}, false);
    return torch::cat({stored.narrow(0, 0, extra), resized.permute({0, 2, 3, 1}).reshape({grid * grid, -1})});
}

void DualEncoder::setImageSize(int size) {
    if (size == m_config.imageSize) return;
    ClipConfig config = m_config;
    config.imageSize = size;
    if (gridSize(config) < 1)
        throw Error("image size " + std::to_string(size),
                    "is less than " + std::to_string(config.vision.cell()) + ", the side of a patch of the model",
                    "Give another size.");
    const torch::NoGradGuard noGrad;
    const auto parameters = named_parameters();
    m_config = config;
    if (config.vision.positions().name.empty()) return;
    Tensor positions = parameters[positionsName(config)];
    positions.mutable_grad().reset();
    positions.set_data(resizedPositions(positions, config).to(positions.device(), positions.scalar_type()));
}

}  // namespace diagonal
