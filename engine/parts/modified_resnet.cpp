// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "engine/base/libtorch.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/recompute.h"
#include "engine/parts/resnet_layers.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// OpenAI's ModifiedResNet: three-convolution stem, average pools before strided convolutions, attention pool.
class ModifiedResNet : public ImageTower {
  public:
    ModifiedResNet(const Scope& scope, const ClipConfig& config, const ResNetConfig& net) {
        const int64_t width = net.width;
        m_conv1 = addChild<Conv2d>(*this, scope, "conv1", 3, width / 2, 3, 2);
        m_bn1 = addChild<BatchNorm2d>(*this, scope, "bn1", width / 2);
        m_conv2 = addChild<Conv2d>(*this, scope, "conv2", width / 2, width / 2, 3);
        m_bn2 = addChild<BatchNorm2d>(*this, scope, "bn2", width / 2);
        m_conv3 = addChild<Conv2d>(*this, scope, "conv3", width / 2, width, 3);
        m_bn3 = addChild<BatchNorm2d>(*this, scope, "bn3", width);
        int64_t in = width;
        for (size_t stage = 0; stage < net.layers.size(); ++stage) {
            const int64_t planes = width << stage;
            const std::string name = "layer" + std::to_string(stage + 1);
            const auto list = register_module(name, std::make_shared<torch::nn::Module>(name));
            for (int i = 0; i < net.layers[stage]; ++i) {
                m_blocks.push_back(addChild<Bottleneck>(*list, scope / name, std::to_string(i), in, planes,
                                                        i == 0 && stage > 0 ? 2 : 1));
                in = planes * Bottleneck::kExpansion;
            }
        }
        m_pool = addChild<AttentionPool>(*this, scope, "attnpool", gridSize(config), in, in / net.headWidth,
                                         config.embedDim);
    }

    Tensor forward(const Tensor& images) override {
        Tensor x = part(images, stemWeights(), [this](const Tensor& in) { return stem(in); });
        for (const auto& block : m_blocks)
            x = part(x, block->parameters(), [&block = *block](const Tensor& in) { return block.forward(in); });
        return m_pool->forward(x);
    }

    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        Tensor x = stem(images);
        for (const auto& block : m_blocks) {
            x = block->forward(x);
            if (trace.featureMap.defined() && x.size(2) < kFewestCells) continue;
            x = x.detach().requires_grad_();
            trace.featureMap = x;
        }
        return m_pool->forward(x);
    }

    void setGradCheckpointing(bool on) override { m_recomputes = on; }

  private:
    Tensor part(const Tensor& x, const std::vector<Tensor>& weights, const TowerPart& run) const {
        return m_recomputes ? recomputed(x, weights, run) : run(x);
    }

    /// [n, 3, size, size] -> [n, width, size / 4, size / 4]
    Tensor stem(const Tensor& images) {
        Tensor x = rectified((*m_bn1)((*m_conv1)(images)));
        x = rectified((*m_bn2)((*m_conv2)(x)));
        return torch::avg_pool2d(rectified((*m_bn3)((*m_conv3)(x))), 2);
    }

    std::vector<Tensor> stemWeights() const {
        return {m_conv1->weight, m_bn1->weight,   m_bn1->bias,   m_conv2->weight, m_bn2->weight,
                m_bn2->bias,     m_conv3->weight, m_bn3->weight, m_bn3->bias};
    }

    bool m_recomputes = false;
    std::shared_ptr<Conv2d> m_conv1, m_conv2, m_conv3;
    std::shared_ptr<BatchNorm2d> m_bn1, m_bn2, m_bn3;
    std::vector<std::shared_ptr<Bottleneck>> m_blocks;
    std::shared_ptr<AttentionPool> m_pool;
};

}  // namespace

std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const ResNetConfig& resNet) {
    return std::make_shared<ModifiedResNet>(scope, config, resNet);
}

}  // namespace diagonal
