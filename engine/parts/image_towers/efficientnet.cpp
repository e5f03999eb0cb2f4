// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/efficientnet.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/libtorch.h"
#include "engine/parts/convolution.h"
#include "engine/parts/image_towers/conv_tower.h"
#include "engine/parts/image_towers/timm_kind.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// What all convolutions of a net have in common.
struct LiteStyle {
    Padding padding;
    double epsilon;

    std::shared_ptr<Convolution> add(torch::nn::Module& parent, const Scope& scope, const std::string& name,
                                     const std::string& normName, ConvShape shape, Then then) const {
        shape.padding = padding;
        return addNormed(parent, scope, name, normName, shape, then, {heInit(shape), 1, epsilon});
    }
};

/// Expansion, depthwise and pointwise convolution, with a shortcut where the shape stays.
class InvertedResidual : public torch::nn::Module {
  public:
    InvertedResidual(const Scope& scope, const LiteStyle& style, const EfficientNetStage& stage, int64_t in,
                     int64_t stride)
        : m_hasShortcut(stride == 1 && in == stage.channels) {
        const int64_t width = in * stage.expansion;
        const bool expands = stage.expansion > 1;
        if (expands) m_expand = style.add(*this, scope, "conv_pw", "bn1", {.in = in, .out = width}, Then::Relu6);
        m_depthwise = style.add(*this, scope, "conv_dw", expands ? "bn2" : "bn1",
                                {.in = width, .out = width, .kernel = stage.kernel, .stride = stride, .groups = width},
                                Then::Relu6);
        m_project = style.add(*this, scope, expands ? "conv_pwl" : "conv_pw", expands ? "bn3" : "bn2",
                              {.in = width, .out = stage.channels}, Then::Nothing);
    }

    Tensor forward(const Tensor& x) const {
        const Tensor h = (*m_depthwise)(m_expand ? (*m_expand)(x) : x);
        return m_hasShortcut ? (*m_project)(h, x) : (*m_project)(h);
    }

  private:
    bool m_hasShortcut;
    std::shared_ptr<Convolution> m_expand, m_depthwise, m_project;
};

class EfficientNet : public ConvTower {
  public:
    EfficientNet(const Scope& scope, const EfficientNetConfig& spec) {
        const LiteStyle style = spec.tensorFlow ? LiteStyle{Padding::Same, 1e-3} : LiteStyle{Padding::Half, 1e-5};
        int64_t in = spec.stemChannels;
        add(style, scope, "conv_stem", "bn1", {.in = 3, .out = in, .kernel = 3, .stride = 2});
        const auto blocks = addFolder(*this, "blocks");
        for (size_t i = 0; i < spec.stages.size(); ++i) {
            const EfficientNetStage& stage = spec.stages[i];
            const std::string number = std::to_string(i);
            const auto folder = addFolder(*blocks, number);
            for (int block = 0; block < stage.blocks; ++block) {
                addPart(addChild<InvertedResidual>(*folder, scope / "blocks" / number, std::to_string(block), style,
                                                   stage, in, block == 0 ? stage.stride : 1));
                in = stage.channels;
            }
        }
        add(style, scope, "conv_head", "bn2", {.in = in, .out = spec.features});
    }

  private:
    void add(const LiteStyle& style, const Scope& scope, const std::string& name, const std::string& norm,
             const ConvShape& shape) {
        const auto conv = style.add(*this, scope, name, norm, shape, Then::Relu6);
        addPart({conv, named_children()[norm]}, [&conv = *conv](const Tensor& x) { return conv(x); });
    }
};

/// The nearest multiple of 8 that is not more than a tenth below.
int roundedChannels(double channels) {
    const int nearest = std::max(8, static_cast<int>(channels + 4) / 8 * 8);
    return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

/// Lite0 to Lite4 by their factors of width and depth.
EfficientNetConfig lite(double width, double depth, bool tensorFlow) {
    EfficientNetConfig config{.stages = {{1, 3, 1, 1, 16},
                                         {2, 3, 2, 6, 24},
                                         {2, 5, 2, 6, 40},
                                         {3, 3, 2, 6, 80},
                                         {3, 5, 1, 6, 112},
                                         {4, 5, 2, 6, 192},
                                         {1, 3, 1, 6, 320}},
                              .tensorFlow = tensorFlow};
    for (EfficientNetStage& stage : config.stages) {
        stage.channels = roundedChannels(stage.channels * width);
        const bool isEnd = &stage == &config.stages.front() || &stage == &config.stages.back();
        if (!isEnd) stage.blocks = static_cast<int>(std::ceil(stage.blocks * depth));
    }
    return config;
}

class EfficientNetKind : public TimmKind<EfficientNetConfig> {
  public:
    using TimmKind::TimmKind;
    TensorRules foreignRules(const Tensors& theirs) const override { return efficientNetLiteRules(theirs); }
};

const EfficientNetKind& efficientNets() {
    static const EfficientNetKind kKind({{"tf_efficientnet_lite0", lite(1.0, 1.0, true)},
                                         {"tf_efficientnet_lite1", lite(1.0, 1.1, true)},
                                         {"tf_efficientnet_lite2", lite(1.1, 1.2, true)},
                                         {"tf_efficientnet_lite3", lite(1.2, 1.4, true)},
                                         {"tf_efficientnet_lite4", lite(1.4, 1.8, true)},
                                         {"efficientnet_lite0", lite(1.0, 1.0, false)},
                                         {"efficientnet_lite1", lite(1.0, 1.1, false)},
                                         {"efficientnet_lite2", lite(1.1, 1.2, false)},
                                         {"efficientnet_lite3", lite(1.2, 1.4, false)},
                                         {"efficientnet_lite4", lite(1.4, 1.8, false)}},
                                        "blocks.0.0.conv_dw.weight");
    return kKind;
}

/// Of the net with so many blocks; nets that share a number share their depths. Empty: there is none.
std::vector<EfficientNetStage> stagesOf(int blocks) {
    for (const auto& [name, config] : efficientNets().towers()) {
        int sum = 0;
        for (const EfficientNetStage& stage : config.stages)
            sum += stage.blocks;
        if (sum == blocks) return config.stages;
    }
    return {};
}

}  // namespace

std::shared_ptr<ImageTower> EfficientNetConfig::build(const Scope& scope, const ClipConfig& /*config*/) const {
    return std::make_shared<EfficientNet>(scope, *this);
}

void EfficientNetConfig::write(const ClipConfig& /*config*/, nlohmann::json& vision) const {
    writeTimm(efficientNets().nameOf(*this), vision);
}

std::string EfficientNetConfig::describe() const {
    const std::string name = efficientNets().nameOf(*this);
    return name.empty() ? "EfficientNet-Lite" : "EfficientNet-Lite, timm's " + name;
}

EfficientNetConfig EfficientNetConfig::shapesOnly() const {
    EfficientNetConfig same = *this;
    same.tensorFlow = true;
    return same;
}

TensorRules efficientNetLiteRules(const Tensors& theirs) {
    TensorRules rules;
    const auto addConvolution = [&](const std::string& ours, const std::string& name) {
        rules.push_back({ours + ".weight", {name + ".weight"}});
    };
    const auto addNorm = [&](const std::string& ours, const std::string& name) {
        for (const char* part : {".weight", ".bias", ".running_mean", ".running_var", ".num_batches_tracked"})
            rules.push_back({ours + part, {name + part}});
    };
    const int count = countLayers(theirs, "_blocks");
    const auto stages = stagesOf(count);
    if (stages.empty()) return {};
    addConvolution("conv_stem", "_conv_stem");
    addNorm("bn1", "_bn0");
    int number = 0;
    for (size_t stage = 0; stage < stages.size(); ++stage)
        for (int i = 0; i < stages[stage].blocks; ++i) {
            const std::string ours = "blocks." + std::to_string(stage) + "." + std::to_string(i) + ".";
            const std::string block = "_blocks." + std::to_string(number++) + ".";
            const bool expands = stages[stage].expansion > 1;
            if (expands) {
                addConvolution(ours + "conv_pw", block + "_expand_conv");
                addNorm(ours + "bn1", block + "_bn0");
            }
            addConvolution(ours + "conv_dw", block + "_depthwise_conv");
            addNorm(ours + (expands ? "bn2" : "bn1"), block + "_bn1");
            addConvolution(ours + (expands ? "conv_pwl" : "conv_pw"), block + "_project_conv");
            addNorm(ours + (expands ? "bn3" : "bn2"), block + "_bn2");
        }
    addConvolution("conv_head", "_conv_head");
    addNorm("bn2", "_bn1");
    return rules;
}

const ImageKind& efficientNetKind() {
    return efficientNets();
}

}  // namespace diagonal
