// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/cost.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/recompute.h"
#include "engine/parts/resnet_layers.h"
#include "engine/parts/shapes.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// OpenAI's ModifiedResNet: three-convolution stem, average pools before strided convolutions, attention pool.
class ModifiedResNet : public ImageTower {
  public:
    ModifiedResNet(const Scope& scope, const ClipConfig& config, const ModifiedResNetConfig& net) {
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

/// open_clip's own ResNets: "layers" is a list.
class ModifiedResNetKind : public ImageKind {
  public:
    std::optional<ImageSpec> parse(const JsonReader& vision, ClipConfig& config) const override {
        const nlohmann::json& layers = vision.member("layers");
        if (!layers.is_array() || vision.has("timm_model_name")) return std::nullopt;
        ModifiedResNetConfig net;
        net.width = vision.required("width", 2, 1024);
        net.headWidth = vision.integer("head_width", 64, 1, 1024);
        if (layers.size() != 4) throw vision.bad("layers", "must list four numbers");
        net.layers.clear();
        for (const auto& count : layers) {
            if (!count.is_number_integer() || count.get<int64_t>() < 1 || count.get<int64_t>() > 200)
                throw vision.bad("layers", "must list four numbers from 1 to 200");
            net.layers.push_back(count.get<int>());
        }
        if (net.width % 2 != 0 || net.width * 32 % net.headWidth != 0)
            throw vision.bad("width", "does not fit head_width");
        if (config.imageSize % net.smallestSize() != 0)
            throw vision.bad("image_size", "must be a multiple of 32 for a ResNet");
        return net;
    }

    std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        if (!shapes.has("visual.layer1.0.conv1.weight") || !shapes.has("visual.attnpool.positional_embedding"))
            return std::nullopt;
        ModifiedResNetConfig net;
        net.width = shapes.size("visual.layer1.0.conv1.weight", 0, 4);
        for (int stage = 0; stage < 4; ++stage)
            net.layers[static_cast<size_t>(stage)] = shapes.layers("visual.layer" + std::to_string(stage + 1));
        config.imageSize =
            32 * shapes.side(shapes.size("visual.attnpool.positional_embedding", 0, 2) - 1, "its image positions");
        net.headWidth = net.width * 32 / shapes.usualHeads(net.width * 32);
        return net;
    }

    bool owns(const Tensors& tensors) const override {
        return tensors.contains("visual.conv1.weight") && tensors.contains("visual.bn1.weight");
    }
};

}  // namespace

std::shared_ptr<ImageTower> ModifiedResNetConfig::build(const Scope& scope, const ClipConfig& config) const {
    return std::make_shared<ModifiedResNet>(scope, config, *this);
}

void ModifiedResNetConfig::write(const ClipConfig& /*config*/, nlohmann::json& vision) const {
    vision.update({{"layers", layers}, {"width", width}, {"head_width", headWidth}, {"patch_size", nullptr}});
}

std::string ModifiedResNetConfig::describe() const {
    std::string counts;
    for (const int count : layers)
        counts += (counts.empty() ? "" : ",") + std::to_string(count);
    return "ModifiedResNet " + counts + ", width " + std::to_string(width);
}

int64_t ModifiedResNetConfig::flops(const ClipConfig& config) const {
    const int64_t half = width / 2;
    int64_t side = (config.imageSize + 1) / 2;
    int64_t sum = linearFlops(side * side, 27, half) + linearFlops(side * side, 9 * half, half) +
                  linearFlops(side * side, 9 * half, width);
    side /= 2;
    int64_t in = width;
    for (size_t stage = 0; stage < layers.size(); ++stage) {
        const int64_t planes = int64_t{width} << stage, out = 4 * planes;
        for (int layer = 0; layer < layers[stage]; ++layer) {
            const int64_t before = side * side;
            if (layer == 0 && stage > 0) side /= 2;
            const int64_t after = side * side;
            sum += linearFlops(before, in, planes) + linearFlops(before, 9 * planes, planes) +
                   linearFlops(after, planes, out);
            if (layer == 0) sum += linearFlops(after, in, out);
            in = out;
        }
    }
    const int64_t tokens = side * side + 1;
    return sum + linearFlops(tokens, in, 3 * in) + 4 * tokens * tokens * in + linearFlops(tokens, in, config.embedDim);
}

ModifiedResNetConfig ModifiedResNetConfig::shapesOnly() const {
    ModifiedResNetConfig same = *this;
    same.headWidth = 1;
    return same;
}

const ImageKind& modifiedResNetKind() {
    static const ModifiedResNetKind kind;
    return kind;
}

}  // namespace diagonal
