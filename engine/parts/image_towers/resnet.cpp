// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/resnet.h"

#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/libtorch.h"
#include "engine/parts/convolution.h"
#include "engine/parts/image_towers/conv_tower.h"
#include "engine/parts/image_towers/timm_kind.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr int64_t kStemChannels = 64, kExpansion = 4;

/// Two or three convolutions beside a shortcut: [n, in, side, side] -> [n, out, side / stride, side / stride].
class ResidualBlock : public torch::nn::Module {
  public:
    ResidualBlock(const Scope& scope, const ResNetConfig& spec, int64_t in, int64_t planes, int64_t stride) {
        const int64_t out = spec.bottleneck ? planes * kExpansion : planes;
        if (spec.bottleneck) {
            const int64_t width = planes * spec.groupWidth / 64 * spec.groups;
            add(scope, {.in = in, .out = width});
            add(scope, {.in = width, .out = width, .kernel = 3, .stride = stride, .groups = spec.groups});
            add(scope, {.in = width, .out = out}, true);
        } else {
            add(scope, {.in = in, .out = planes, .kernel = 3, .stride = stride});
            add(scope, {.in = planes, .out = planes, .kernel = 3}, true);
        }
        if (stride == 1 && in == out) return;
        const ConvShape shape{.in = in, .out = out, .stride = stride};
        m_shortcut = addNormed(*addFolder(*this, "downsample"), scope / "downsample", "0", "1", shape, Then::Nothing,
                               {heInit(shape)});
    }

    Tensor forward(const Tensor& x) const {
        // The shortcut first: in a packed block the last convolution overwrites it, and it may be x itself.
        const Tensor shortcut = m_shortcut ? (*m_shortcut)(x) : x;
        Tensor h = x;
        for (size_t i = 0; i + 1 < m_convolutions.size(); ++i)
            h = (*m_convolutions[i])(h);
        return (*m_convolutions.back())(h, shortcut);
    }

  private:
    /// The last norm starts at 0: a new block passes its input on.
    void add(const Scope& scope, const ConvShape& shape, bool isLast = false) {
        const std::string number = std::to_string(m_convolutions.size() + 1);
        m_convolutions.push_back(addNormed(*this, scope, "conv" + number, "bn" + number, shape, Then::Relu,
                                           {heInit(shape), isLast ? 0.0 : 1.0}));
    }

    std::vector<std::shared_ptr<Convolution>> m_convolutions;
    std::shared_ptr<Convolution> m_shortcut;
};

class ResNet : public ConvTower {
  public:
    ResNet(const Scope& scope, const ResNetConfig& spec) {
        const ConvShape stem{.in = 3, .out = kStemChannels, .kernel = 7, .stride = 2};
        const auto conv = addNormed(*this, scope, "conv1", "bn1", stem, Then::Relu, {heInit(stem)});
        addPart({conv, named_children()["bn1"]},
                [&conv = *conv](const Tensor& x) { return torch::max_pool2d(conv(x), 3, 2, 1); });
        int64_t in = kStemChannels;
        for (size_t stage = 0; stage < spec.depths.size(); ++stage) {
            const std::string name = "layer" + std::to_string(stage + 1);
            const auto folder = addFolder(*this, name);
            for (int i = 0; i < spec.depths[stage]; ++i) {
                addPart(addChild<ResidualBlock>(*folder, scope / name, std::to_string(i), spec, in,
                                                spec.channels[stage], i == 0 && stage > 0 ? 2 : 1));
                in = spec.channels[stage] * (spec.bottleneck ? kExpansion : 1);
            }
        }
    }
};

const TimmKind<ResNetConfig>& resNets() {
    static const TimmKind<ResNetConfig> kKind(
        {{"resnet50", {}},
         {"resnet18", {.depths = {2, 2, 2, 2}, .bottleneck = false}},
         {"resnet34", {.bottleneck = false}},
         {"resnet101", {.depths = {3, 4, 23, 3}}},
         {"resnet152", {.depths = {3, 8, 36, 3}}},
         {"resnext50_32x4d", {.groups = 32, .groupWidth = 4}},
         {"resnext101_32x8d", {.depths = {3, 4, 23, 3}, .groups = 32, .groupWidth = 8}},
         {"wide_resnet50_2", {.groupWidth = 128}},
         {"wide_resnet101_2", {.depths = {3, 4, 23, 3}, .groupWidth = 128}}},
        "layer1.0.conv1.weight");
    return kKind;
}

}  // namespace

std::shared_ptr<ImageTower> ResNetConfig::build(const Scope& scope, const ClipConfig& /*config*/) const {
    return std::make_shared<ResNet>(scope, *this);
}

void ResNetConfig::write(const ClipConfig& /*config*/, nlohmann::json& vision) const {
    writeTimm(resNets().nameOf(*this), vision);
}

std::string ResNetConfig::describe() const {
    const std::string name = resNets().nameOf(*this);
    return name.empty() ? "ResNet" : "ResNet, timm's " + name;
}

const ImageKind& resNetKind() {
    return resNets();
}

}  // namespace diagonal
