// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/fastvit.h"

#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/libtorch.h"
#include "engine/parts/image_towers/conv_tower.h"
#include "engine/parts/image_towers/reparam_convolution.h"
#include "engine/parts/image_towers/timm_kind.h"
#include "engine/parts/shapes.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr int64_t kHeadWidth = 32, kExpansionAtEnd = 2;
constexpr double kScaleAtStart = 1e-5, kDeviation = 0.02;

/// timm's MobileOneBlock: the convolution, a 1x1 branch where that differs, and the input itself where shapes agree.
Branches mobileOne(const ConvShape& shape, bool scale, Then then) {
    Branches branches{.identity = shape.in == shape.out && shape.stride == 1, .then = then};
    branches.convolutions.push_back({"conv_kxk.0", shape.kernel});
    if (scale && shape.kernel > 1) branches.convolutions.push_back({"conv_scale", 1});
    return branches;
}

/// A learnt factor for each channel of [n, channels, rows, columns], under NAME.gamma.
Tensor addScale(torch::nn::Module& parent, const Scope& scope, const std::string& name, int64_t channels) {
    return addFolder(parent, name)
        ->register_parameter("gamma", (scope / name).take("gamma", {channels, 1, 1}, Init::value(kScaleAtStart)));
}

/// x + gamma * (mixer(x) - norm(x)): each place with its neighbours.
class RepMixer : public torch::nn::Module, public Packable {
  public:
    RepMixer(const Scope& scope, int64_t channels)
        : m_shape{.in = channels, .out = channels, .kernel = 3, .groups = channels} {
        m_norm = addChild<ReparamConvolution>(*this, scope, "norm", m_shape, Branches{.identity = true});
        m_mixer = addChild<ReparamConvolution>(*this, scope, "mixer", m_shape, mobileOne(m_shape, true, Then::Nothing));
        m_scale = addScale(*this, scope, "layer_scale", channels);
    }

    Tensor forward(const Tensor& x) const {
        if (m_packed && !at::GradMode::is_enabled()) return (*m_packed)(x);
        return torch::addcmul(x, m_mixer->forward(x) - m_norm->forward(x), m_scale);
    }

    void pack(Pack) override {
        m_packed = std::make_shared<PackedConvolution>(m_shape, Then::Nothing, [this] { return folded(); });
    }

  private:
    FoldedConvolution folded() const {
        const torch::NoGradGuard noGrad;
        const FoldedConvolution mixer = m_mixer->folded(), norm = m_norm->folded();
        const Tensor identity = identityKernel(m_shape, mixer.weight.options());
        return {torch::addcmul(identity, mixer.weight - norm.weight, m_scale.unsqueeze(-1)),
                (mixer.bias - norm.bias) * m_scale.flatten()};
    }

    ConvShape m_shape;
    std::shared_ptr<ReparamConvolution> m_norm, m_mixer;
    Tensor m_scale;
    std::shared_ptr<PackedConvolution> m_packed;
};

/// x + convolution(x), 7x7 and depthwise: where in the picture a place lies.
class PositionEncoding : public torch::nn::Module, public Packable {
  public:
    PositionEncoding(const Scope& scope, int64_t channels)
        : m_shape{.in = channels, .out = channels, .kernel = 7, .groups = channels} {
        m_convolution = addChild<Convolution>(*this, scope, "pos_enc", m_shape, After{}, torchInit(m_shape));
    }

    Tensor forward(const Tensor& x) const {
        return m_packed && !at::GradMode::is_enabled() ? (*m_packed)(x) : (*m_convolution)(x) + x;
    }

    void pack(Pack) override {
        m_packed = std::make_shared<PackedConvolution>(m_shape, Then::Nothing, [this] {
            const torch::NoGradGuard noGrad;
            const auto [weight, bias] = m_convolution->folded();
            return FoldedConvolution{weight + identityKernel(m_shape, weight.options().requires_grad(false)), bias};
        });
    }

  private:
    ConvShape m_shape;
    std::shared_ptr<Convolution> m_convolution;
    std::shared_ptr<PackedConvolution> m_packed;
};

/// A depthwise 7x7 convolution and two layers at each place.
class ConvMlp : public torch::nn::Module {
  public:
    ConvMlp(const Scope& scope, int64_t channels, int64_t hidden) {
        const ConvShape around{.in = channels, .out = channels, .kernel = 7, .groups = channels};
        const Init init = Init::normal(kDeviation);
        m_around = addNormed(*addFolder(*this, "conv"), scope / "conv", "conv", "bn", around, Then::Nothing, {init});
        m_up = addChild<Convolution>(*this, scope, "fc1", ConvShape{.in = channels, .out = hidden},
                                     After{{}, Then::Gelu}, init);
        m_down = addChild<Convolution>(*this, scope, "fc2", ConvShape{.in = hidden, .out = channels}, After{}, init);
    }

    Tensor forward(const Tensor& x) const { return (*m_down)((*m_up)((*m_around)(x))); }

  private:
    std::shared_ptr<Convolution> m_around, m_up, m_down;
};

class RepMixerBlock : public torch::nn::Module {
  public:
    RepMixerBlock(const Scope& scope, int64_t channels, int64_t hidden) {
        m_mixer = addChild<RepMixer>(*this, scope, "token_mixer", channels);
        m_mlp = addChild<ConvMlp>(*this, scope, "mlp", channels, hidden);
        m_scale = addScale(*this, scope, "layer_scale", channels);
    }

    Tensor forward(const Tensor& x) const {
        const Tensor mixed = m_mixer->forward(x);
        return torch::addcmul(mixed, m_mlp->forward(mixed), m_scale);
    }

  private:
    std::shared_ptr<RepMixer> m_mixer;
    std::shared_ptr<ConvMlp> m_mlp;
    Tensor m_scale;
};

/// Self-attention of all places; queries, keys and values have no bias.
class PlaceAttention : public torch::nn::Module {
  public:
    PlaceAttention(const Scope& scope, int64_t channels) {
        const Init init = Init::normal(kDeviation);
        m_in = addChild<Linear>(*this, scope, "qkv", channels, 3 * channels, init, std::nullopt);
        m_out = addChild<Linear>(*this, scope, "proj", channels, channels, init);
    }

    /// [n, channels, rows, columns] -> the same
    Tensor forward(const Tensor& x) const {
        const Tensor places = x.permute({0, 2, 3, 1}).flatten(1, 2);  // [n, places, channels]
        const auto parts = (*m_in)(places).chunk(3, -1);
        const auto byHeads = [](const Tensor& part) { return part.unflatten(-1, {-1, kHeadWidth}).transpose(1, 2); };
        const Tensor seen = attended(byHeads(parts[0]), byHeads(parts[1]), byHeads(parts[2]));
        return (*m_out)(seen.transpose(1, 2).flatten(2)).transpose(1, 2).view(x.sizes());
    }

  private:
    std::shared_ptr<Linear> m_in, m_out;
};

class AttentionBlock : public torch::nn::Module {
  public:
    AttentionBlock(const Scope& scope, int64_t channels, int64_t hidden, bool layerNorm) {
        if (layerNorm)
            m_layerNorm = addChild<LayerNorm>(*this, scope, "norm", channels, 1e-5);
        else
            m_batchNorm = addChild<BatchNorm2d>(*this, scope, "norm", channels);
        m_attention = addChild<PlaceAttention>(*this, scope, "token_mixer", channels);
        m_scale = addScale(*this, scope, "layer_scale_1", channels);
        m_mlp = addChild<ConvMlp>(*this, scope, "mlp", channels, hidden);
        m_mlpScale = addScale(*this, scope, "layer_scale_2", channels);
    }

    Tensor forward(const Tensor& x) const {
        const Tensor normed =
            m_layerNorm ? (*m_layerNorm)(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2}) : (*m_batchNorm)(x);
        const Tensor mixed = torch::addcmul(x, m_attention->forward(normed), m_scale);
        return torch::addcmul(mixed, m_mlp->forward(mixed), m_mlpScale);
    }

  private:
    std::shared_ptr<LayerNorm> m_layerNorm;
    std::shared_ptr<BatchNorm2d> m_batchNorm;
    std::shared_ptr<PlaceAttention> m_attention;
    std::shared_ptr<ConvMlp> m_mlp;
    Tensor m_scale, m_mlpScale;
};

class FastVit : public ConvTower {
  public:
    /// embedDim: width of timm's classifier, 0: there is none.
    FastVit(const Scope& scope, const FastVitConfig& spec, int64_t embedDim) {
        addStem(scope / "stem", spec.channels[0], spec.stemScale);
        const auto stages = addFolder(*this, "stages");
        const auto count = static_cast<int>(spec.depths.size());
        for (int i = 0; i < count; ++i) {
            const int64_t channels = spec.channels[static_cast<size_t>(i)], hidden = channels * spec.mlpRatio;
            const std::string number = std::to_string(i);
            const auto stage = addFolder(*stages, number);
            const Scope inside = scope / "stages" / number;
            if (i > 0)
                addDownsample(*stage, inside / "downsample" / "proj", spec.channels[static_cast<size_t>(i) - 1],
                              channels, spec.squeezeLastTwo && i + 2 >= count);
            const bool attends = i + spec.attentionStages >= count;
            if (attends) addPart(addChild<PositionEncoding>(*stage, inside, "pos_emb", channels));
            const auto blocks = addFolder(*stage, "blocks");
            for (int block = 0; block < spec.depths[static_cast<size_t>(i)]; ++block) {
                const std::string name = std::to_string(block);
                if (attends)
                    addPart(
                        addChild<AttentionBlock>(*blocks, inside / "blocks", name, channels, hidden, spec.layerNorm));
                else
                    addPart(addChild<RepMixerBlock>(*blocks, inside / "blocks", name, channels, hidden));
            }
        }
        const int64_t in = spec.channels.back();
        const ConvShape last{.in = in, .out = kExpansionAtEnd * in, .kernel = 3, .groups = in};
        Branches branches = mobileOne(last, true, Then::Gelu);
        branches.squeezed = (last.out + 8) / 16;
        addPart(addChild<ReparamConvolution>(*this, scope, "final_conv", last, branches));
        if (embedDim > 0)
            m_projection = addChild<Linear>(*addFolder(*this, "head"), scope / "head", "fc", last.out, embedDim,
                                            Init::normal(kDeviation));
    }

  protected:
    Tensor pooled(const Tensor& features) override {
        const Tensor mean = ConvTower::pooled(features);
        return m_projection ? (*m_projection)(mean) : mean;
    }

  private:
    void addStem(const Scope& scope, int64_t channels, bool scale) {
        const auto folder = addFolder(*this, "stem");
        const ConvShape shapes[] = {{.in = 3, .out = channels, .kernel = 3, .stride = 2},
                                    {.in = channels, .out = channels, .kernel = 3, .stride = 2, .groups = channels},
                                    {.in = channels, .out = channels}};
        int number = 0;
        for (const ConvShape& shape : shapes)
            addPart(addChild<ReparamConvolution>(*folder, scope, std::to_string(number++), shape,
                                                 mobileOne(shape, scale, Then::Gelu)));
    }

    void addDownsample(torch::nn::Module& stage, const Scope& scope, int64_t in, int64_t out, bool squeeze) {
        const auto folder = addFolder(*addFolder(stage, "downsample"), "proj");
        const ConvShape large{.in = in, .out = out, .kernel = 7, .stride = 2, .groups = in}, one{.in = out, .out = out};
        // A quarter of the channels, in eights.
        const int64_t squeezed = squeeze ? std::max<int64_t>(8, (out / 4 + 4) / 8 * 8) : 0;
        const Branches branches{{{"large_conv", 7}, {"small_conv", 3}}, false, squeezed, Then::Gelu};
        addPart(addChild<ReparamConvolution>(*folder, scope, "0", large, branches));
        addPart(addChild<ReparamConvolution>(*folder, scope, "1", one, mobileOne(one, true, Then::Gelu)));
    }

    std::shared_ptr<Linear> m_projection;
};

/// open_clip's TimmModel without a head of its own: all tensors lie under "trunk".
class ProjectingFastVit : public ImageTower {
  public:
    ProjectingFastVit(const Scope& scope, const FastVitConfig& config, int64_t embedDim) {
        m_trunk = addChild<FastVit>(*this, scope, "trunk", config, embedDim);
    }

    Tensor forward(const Tensor& images) override { return m_trunk->forward(images); }
    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        return m_trunk->forwardTraced(images, trace);
    }
    void setGradCheckpointing(bool on) override { m_trunk->setGradCheckpointing(on); }

  private:
    std::shared_ptr<FastVit> m_trunk;
};

/// Of MobileCLIP.
FastVitConfig mobileClip(std::vector<int> depths, int channels) {
    return {.depths = std::move(depths), .channels = {channels, 2 * channels, 4 * channels, 8 * channels}};
}

/// Of MobileCLIP2 (Faghri et al., 2025, arXiv 2508.20691).
FastVitConfig mobileClip2(std::vector<int> depths, int channels) {
    return {.depths = std::move(depths),
            .channels = {channels, 2 * channels, 4 * channels, 8 * channels, 16 * channels},
            .attentionStages = 2,
            .mlpRatio = 4,
            .squeezeLastTwo = false,
            .layerNorm = true,
            .stemScale = false};
}

std::vector<TimmName<FastVitConfig>> allFastVits() {
    std::vector<TimmName<FastVitConfig>> all = {{"fastvit_mci0", mobileClip({2, 6, 10, 2}, 64)},
                                                {"fastvit_mci1", mobileClip({4, 12, 20, 4}, 64)},
                                                {"fastvit_mci2", mobileClip({4, 12, 24, 4}, 80)},
                                                {"fastvit_mci3", mobileClip2({2, 12, 24, 4, 2}, 96)},
                                                {"fastvit_mci4", mobileClip2({2, 12, 24, 4, 4}, 128)}};
    for (size_t i = 0, count = all.size(); i < count; ++i) {
        all.push_back(all[i]);
        all.back().config.projects = true;
    }
    return all;
}

class FastVitKind : public TimmKind<FastVitConfig> {
  public:
    FastVitKind() : TimmKind(allFastVits(), "stem.0.conv_kxk.0.conv.weight") {}

    std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        if (shapes.has(kProjection)) config.embedDim = shapes.size(kProjection, 0, 2);
        const auto found = TimmKind::fromShapes(shapes, config);
        if (!found || !shapes.has(kProjection)) return found;
        FastVitConfig projecting = *found->as<FastVitConfig>();
        projecting.projects = true;
        return projecting;
    }

  protected:
    ImageSpec withHead(const JsonReader& vision, const FastVitConfig& config) const override {
        FastVitConfig same = config;
        same.projects = vision.contains("timm_proj") && vision.text("timm_proj", "").empty();
        return same;
    }

  private:
    static constexpr const char* kProjection = "visual.trunk.head.fc.weight";
};

const FastVitKind& fastVits() {
    static const FastVitKind kKind;
    return kKind;
}

}  // namespace

std::shared_ptr<ImageTower> FastVitConfig::build(const Scope& scope, const ClipConfig& config) const {
    if (projects) return std::make_shared<ProjectingFastVit>(scope, *this, config.embedDim);
    return std::make_shared<FastVit>(scope, *this, 0);
}

void FastVitConfig::write(const ClipConfig& /*config*/, nlohmann::json& vision) const {
    writeTimm(fastVits().nameOf(*this), vision);
    if (projects) vision["timm_proj"] = nullptr;
}

std::string FastVitConfig::describe() const {
    const std::string name = fastVits().nameOf(*this);
    return name.empty() ? "FastViT" : "FastViT, timm's " + name;
}

const ImageKind& fastVitKind() {
    return fastVits();
}

}  // namespace diagonal
