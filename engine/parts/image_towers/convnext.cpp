// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/convnext.h"

#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/libtorch.h"
#include "engine/parts/convolution.h"
#include "engine/parts/image_towers/conv_tower.h"
#include "engine/parts/image_towers/timm_kind.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr int64_t kMlpRatio = 4;
constexpr double kFirstScale = 1e-6;

Init convNextInit() {
    return Init::normal(0.02);
}

/// The norm over the channels of [n, channels, rows, columns].
Tensor normOfChannels(const LayerNorm& norm, const Tensor& x) {
    return norm(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

/// x + gamma * mlp(norm(depthwise(x)))
class ConvNextBlock : public torch::nn::Module {
  public:
    ConvNextBlock(const Scope& scope, int64_t channels, double epsilon) {
        m_depthwise = addChild<Convolution>(*this, scope, "conv_dw",
                                            ConvShape{.in = channels, .out = channels, .kernel = 7, .groups = channels},
                                            After{}, convNextInit());
        m_norm = addChild<LayerNorm>(*this, scope, "norm", channels, epsilon);
        const auto mlp = addFolder(*this, "mlp");
        m_up = addChild<Linear>(*mlp, scope / "mlp", "fc1", channels, kMlpRatio * channels, convNextInit());
        m_down = addChild<Linear>(*mlp, scope / "mlp", "fc2", kMlpRatio * channels, channels, convNextInit());
        m_scale = register_parameter("gamma", scope.take("gamma", {channels}, Init::value(kFirstScale)));
    }

    Tensor forward(const Tensor& x) const {
        const Tensor h = (*m_norm)((*m_depthwise)(x).permute({0, 2, 3, 1}));
        const Tensor grown = activated((*m_up)(h), Then::Gelu);
        return torch::addcmul(x.permute({0, 2, 3, 1}), (*m_down)(grown), m_scale).permute({0, 3, 1, 2});
    }

  private:
    std::shared_ptr<Convolution> m_depthwise;
    std::shared_ptr<LayerNorm> m_norm;
    std::shared_ptr<Linear> m_up, m_down;
    Tensor m_scale;
};

class ConvNext : public ConvTower {
  public:
    ConvNext(const Scope& scope, const ConvNextConfig& spec) {
        const auto stem = addFolder(*this, "stem");
        const auto patches =
            addStep(*stem, scope / "stem", "0",
                    {.in = 3, .out = spec.channels[0], .kernel = 4, .stride = 4, .padding = Padding::None});
        const auto stemNorm = addChild<LayerNorm>(*stem, scope / "stem", "1", spec.channels[0], spec.epsilon);
        addPart({stem},
                [&conv = *patches, &norm = *stemNorm](const Tensor& x) { return normOfChannels(norm, conv(x)); });
        const auto stages = addFolder(*this, "stages");
        for (size_t stage = 0; stage < spec.depths.size(); ++stage) {
            const std::string number = std::to_string(stage);
            const auto folder = addFolder(*stages, number);
            const Scope inside = scope / "stages" / number;
            if (stage > 0) addDownsample(*folder, inside, spec.channels[stage - 1], spec.channels[stage], spec.epsilon);
            const auto blocks = addFolder(*folder, "blocks");
            for (int i = 0; i < spec.depths[stage]; ++i)
                addPart(addChild<ConvNextBlock>(*blocks, inside / "blocks", std::to_string(i), spec.channels[stage],
                                                spec.epsilon));
        }
        m_norm =
            addChild<LayerNorm>(*addFolder(*this, "head"), scope / "head", "norm", spec.channels.back(), spec.epsilon);
    }

  protected:
    Tensor pooled(const Tensor& features) override { return (*m_norm)(features.mean({2, 3})); }

  private:
    static std::shared_ptr<Convolution> addStep(torch::nn::Module& parent, const Scope& scope, const std::string& name,
                                                const ConvShape& shape) {
        return addChild<Convolution>(parent, scope, name, shape, After{}, convNextInit());
    }

    void addDownsample(torch::nn::Module& stage, const Scope& scope, int64_t in, int64_t out, double epsilon) {
        const auto folder = addFolder(stage, "downsample");
        const auto norm = addChild<LayerNorm>(*folder, scope / "downsample", "0", in, epsilon);
        const auto conv = addStep(*folder, scope / "downsample", "1",
                                  {.in = in, .out = out, .kernel = 2, .stride = 2, .padding = Padding::None});
        addPart({folder}, [&conv = *conv, &norm = *norm](const Tensor& x) { return conv(normOfChannels(norm, x)); });
    }

    std::shared_ptr<LayerNorm> m_norm;
};

const TimmKind<ConvNextConfig>& convNexts() {
    static const TimmKind<ConvNextConfig> kKind(
        {{"convnext_tiny", {}},
         {"convnext_small", {.depths = {3, 3, 27, 3}}},
         {"convnext_base", {.depths = {3, 3, 27, 3}, .channels = {128, 256, 512, 1024}}},
         {"convnext_large", {.depths = {3, 3, 27, 3}, .channels = {192, 384, 768, 1536}}},
         {"convnext_xlarge", {.depths = {3, 3, 27, 3}, .channels = {256, 512, 1024, 2048}}},
         {"convnext_xxlarge", {.depths = {3, 4, 30, 3}, .channels = {384, 768, 1536, 3072}, .epsilon = 1e-5}}},
        "stages.0.blocks.0.conv_dw.weight");
    return kKind;
}

}  // namespace

std::shared_ptr<ImageTower> ConvNextConfig::build(const Scope& scope, const ClipConfig& /*config*/) const {
    return std::make_shared<ConvNext>(scope, *this);
}

void ConvNextConfig::write(const ClipConfig& /*config*/, nlohmann::json& vision) const {
    writeTimm(convNexts().nameOf(*this), vision);
}

std::string ConvNextConfig::describe() const {
    const std::string name = convNexts().nameOf(*this);
    return name.empty() ? "ConvNeXt" : "ConvNeXt, timm's " + name;
}

ConvNextConfig ConvNextConfig::shapesOnly() const {
    ConvNextConfig same = *this;
    same.epsilon = 1e-6;
    return same;
}

const ImageKind& convNextKind() {
    return convNexts();
}

}  // namespace diagonal
