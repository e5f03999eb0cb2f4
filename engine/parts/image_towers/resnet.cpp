// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/resnet.h"

#include <string>

#include "engine/base/libtorch.h"
#include "engine/parts/convolution.h"
#include "engine/parts/image_towers/conv_tower.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr int64_t kStemChannels = 64, kExpansion = 4;

/// Two or three convolutions beside a shortcut: [n, in, side, side] -> [n, out, side / stride, side / stride].
class ResidualBlock : public torch::nn::Module {
  public:
    ResidualBlock(const Scope& scope, const ResNetSpec& spec, int64_t in, int64_t planes, int64_t stride) {
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
    ResNet(const Scope& scope, const ResNetSpec& spec) {
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

}  // namespace

int64_t widthOf(const ResNetSpec& spec) {
    return spec.channels.back() * (spec.bottleneck ? kExpansion : 1);
}

std::shared_ptr<ImageTower> makeResNet(const Scope& scope, const ResNetSpec& spec) {
    return std::make_shared<ResNet>(scope, spec);
}

}  // namespace diagonal
