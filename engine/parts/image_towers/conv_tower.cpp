// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/conv_tower.h"

#include "engine/base/libtorch.h"
#include "engine/parts/low_rank_terms.h"

namespace diagonal {

using torch::Tensor;

Tensor ConvTower::through(const Part& part, const Tensor& x) const {
    if (!m_recomputes) return part.run(x);
    std::vector<Tensor> weights;
    for (const auto& module : part.modules)
        for (const Tensor& one : learnersOf(*module))
            weights.push_back(one);
    return recomputed(x, weights, part.run);
}

Tensor ConvTower::forward(const Tensor& images) {
    // Convolutions and norms are quicker where a pixel's channels lie side by side.
    Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (const Part& part : m_parts)
        x = through(part, x);
    return pooled(x);
}

Tensor ConvTower::forwardTraced(const Tensor& images, ImageTrace& trace) {
    Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (const Part& part : m_parts) {
        x = part.run(x);
        if (trace.featureMap.defined() && x.size(2) < kFewestCells) continue;
        x = x.detach().requires_grad_();
        trace.featureMap = x;
    }
    return pooled(x);
}

std::shared_ptr<torch::nn::Module> addFolder(torch::nn::Module& parent, const std::string& name) {
    return parent.register_module(name, std::make_shared<torch::nn::Module>(name));
}

}  // namespace diagonal
