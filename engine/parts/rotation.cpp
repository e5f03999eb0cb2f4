// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/rotation.h"

#include <cmath>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr double kTemperature = 10000;

/// Of the two channels of each pair, one after the other: [.., pairs, 2] -> [.., channels]
Tensor inPairs(const Tensor& first, const Tensor& second) {
    return torch::stack({first, second}, -1).flatten(-2);
}

}  // namespace

Rotation rotationOf(const RotaryGrid& grid, int64_t side, int64_t depth, torch::Device device) {
    const auto options = torch::TensorOptions(torch::kFloat).device(device);
    const int64_t bands = depth / 4;
    const Tensor speeds = 1 / torch::pow(kTemperature, torch::arange(bands, options) / static_cast<double>(bands));
    const Tensor places = (torch::arange(side, options) + grid.offset) / static_cast<double>(side) * grid.reference;
    const Tensor angles = places.unsqueeze(1) * speeds;  // [side, bands]
    const Tensor rows = angles.unsqueeze(1).expand({side, side, bands});
    const Tensor columns = angles.unsqueeze(0).expand({side, side, bands});
    const Tensor all =
        torch::cat(grid.columnFirst ? std::vector{columns, rows} : std::vector{rows, columns}, -1).flatten(0, 1);
    const Tensor cosines = all.cos(), sines = all.sin();
    return {inPairs(cosines, cosines), inPairs(sines, sines)};
}

Rotation rotationOfSome(const Rotation& rotation, const Tensor& patches) {
    const auto chosen = [&](const Tensor& of) {
        return of.index_select(0, patches.flatten()).view({patches.size(0), 1, patches.size(1), of.size(1)});
    };
    return {chosen(rotation.cosines), chosen(rotation.sines)};
}

Tensor rotated(const Tensor& x, const Rotation& rotation) {
    if (!rotation.cosines.defined()) return x;
    const int64_t count = rotation.cosines.size(-2), before = x.size(2) - count;
    const Tensor patches = x.narrow(2, before, count);
    const auto pairs = patches.unflatten(-1, {-1, 2}).unbind(-1);
    const Tensor turned =
        (patches * rotation.cosines + inPairs(-pairs[1], pairs[0]) * rotation.sines).to(x.scalar_type());
    return before == 0 ? turned : torch::cat({x.narrow(2, 0, before), turned}, 2);
}

}  // namespace diagonal
