// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/shapes.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"

namespace diagonal {

int Shapes::size(const std::string& name, int64_t dimension, int64_t dimensions) const {
    const auto found = m_tensors.find(name);
    if (found == m_tensors.end()) throw Error(m_file, "tensor \"" + name + "\" is missing: not a whole CLIP model");
    const auto& tensor = found->second;
    if (tensor.dim() != dimensions || tensor.size(dimension) < 1 || tensor.size(dimension) > 4'000'000)
        throw Error(m_file, "tensor \"" + name + "\" has a shape that no CLIP model has");
    return static_cast<int>(tensor.size(dimension));
}

int Shapes::layers(const std::string& prefix) const {
    const int count = countLayers(m_tensors, prefix);
    if (count < 1 || count > 200)
        throw Error(m_file, "\"" + prefix + "\" has " + std::to_string(count) + " blocks: not a CLIP model");
    return count;
}

int Shapes::side(int count, const char* what) const {
    const int side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(count))));
    if (side < 1 || side * side != count) throw Error(m_file, std::string(what) + " are no square");
    return side;
}

int Shapes::usualHeads(int width) const {
    constexpr int kHeadWidth = 64, kWidestUsual = 1024;
    if (width > kWidestUsual || (width > kHeadWidth && width % kHeadWidth != 0))
        doubt("the heads of attention of a tower " + std::to_string(width) + " wide");
    return std::max(1, width / kHeadWidth);
}

}  // namespace diagonal
