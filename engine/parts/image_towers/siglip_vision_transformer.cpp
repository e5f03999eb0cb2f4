// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/cost.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/shapes.h"
#include "engine/parts/timm_siglip.h"
#include "engine/parts/transformer.h"
#include "engine/parts/transformer_json.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr double kSiglipEpsilon = 1e-6;

/// SigLIP's head: one learned query attends to all patches (Zhai et al., 2023; Set Transformer's pooling).
class SiglipPool : public torch::nn::Module {
  public:
    SiglipPool(const Scope& scope, const SiglipVitConfig& vit, Activation activation) {
        const Init xavier = Init::uniform(std::sqrt(6.0 / (4.0 * vit.width)));
        m_probe = register_parameter("probe",
                                     scope.take("probe", {1, 1, vit.width}, Init::normal(std::pow(vit.width, -0.5))));
        m_attention = addChild<Attention>(*this, scope, "attn", vit.width, vit.heads, xavier, xavier);
        m_norm = addChild<LayerNorm>(*this, scope, "ln", vit.width, kSiglipEpsilon);
        m_mlp = addChild<Mlp>(*this, scope, "mlp", vit.width, hiddenWidth(vit.width, vit.mlpRatio), activation);
    }

    /// [n, patches, width] -> [n, width]
    Tensor forward(const Tensor& x) const {
        const Tensor probes = m_probe[0].expand({x.size(0), -1});
        const Tensor pooled =
            m_attention->forwardPooled(probes, x.flatten(0, 1), {{x.size(0), x.size(1)}}, std::nullopt);
        return pooled + m_mlp->forward((*m_norm)(pooled));
    }

    Tensor forwardTraced(const Tensor& x, Tensor& probabilities) const {
        const Tensor pooled =
            m_attention->forwardTraced(m_probe.expand({x.size(0), -1, -1}), x, probabilities).select(1, 0);
        return pooled + m_mlp->forward((*m_norm)(pooled));
    }

  private:
    Tensor m_probe;
    std::shared_ptr<Attention> m_attention;
    std::shared_ptr<LayerNorm> m_norm;
    std::shared_ptr<Mlp> m_mlp;
};

class SiglipVisionTransformer : public ImageTower {
  public:
    SiglipVisionTransformer(const Scope& scope, const ClipConfig& config, const SiglipVitConfig& vit) {
        const int64_t grid = gridSize(config);
        m_patches = addChild<Conv2d>(*this, scope, "conv1", 3, vit.width, vit.patchSize, vit.patchSize, true);
        m_positions = register_parameter(
            "positional_embedding",
            scope.take("positional_embedding", {grid * grid, vit.width}, Init::normal(std::pow(vit.width, -0.5))));
        m_transformer = addChild<Transformer>(
            *this, scope, "transformer",
            TransformerConfig{vit.width, vit.layers, vit.heads, hiddenWidth(vit.width, vit.mlpRatio),
                              config.imageActivation, kSiglipEpsilon, false});
        m_lnPost = addChild<LayerNorm>(*this, scope, "ln_post", vit.width, kSiglipEpsilon);
        m_pool = addChild<SiglipPool>(*this, scope, "attn_pool", vit, config.imageActivation);
    }

    Tensor forward(const Tensor& images) override {
        Tensor x = tokens(images);
        if (is_training() && m_patchDropout > 0) x = dropPatches(x, m_patchDropout);
        return m_pool->forward((*m_lnPost)(m_transformer->forward(x, false)));
    }

    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        const Tensor x = m_transformer->forwardTraced(tokens(images), trace.attention);
        return m_pool->forwardTraced((*m_lnPost)(x), trace.pooling);
    }

    bool setPatchDropout(double share) override {
        m_patchDropout = share;
        return true;
    }
    void setGradCheckpointing(bool on) override { m_transformer->setGradCheckpointing(on); }

  private:
    Tensor tokens(const Tensor& images) const {
        const Tensor x = (*m_patches)(images).flatten(2).transpose(1, 2);
        return x + m_positions.to(x.scalar_type());
    }

    double m_patchDropout = 0;
    std::shared_ptr<Conv2d> m_patches;
    Tensor m_positions;
    std::shared_ptr<Transformer> m_transformer;
    std::shared_ptr<LayerNorm> m_lnPost;
    std::shared_ptr<SiglipPool> m_pool;
};

/// timm's VisionTransformer with AttentionPoolLatent.
TensorRules trunkRules(int layers) {
    using Form = TensorRule::Form;
    TensorRules rules;
    const std::string trunk = "visual.trunk.";
    addWeightAndBias(rules, "visual.conv1", trunk + "patch_embed.proj");
    rules.push_back({"visual.positional_embedding", {trunk + "pos_embed"}, Form::Unsqueezed});
    for (int i = 0; i < layers; ++i) {
        const std::string block = "visual.transformer.resblocks." + std::to_string(i) + ".";
        const std::string theirs = trunk + "blocks." + std::to_string(i) + ".";
        addWeightAndBias(rules, block + "ln_1", theirs + "norm1");
        rules.push_back({block + "attn.in_proj_weight", {theirs + "attn.qkv.weight"}});
        rules.push_back({block + "attn.in_proj_bias", {theirs + "attn.qkv.bias"}});
        addWeightAndBias(rules, block + "attn.out_proj", theirs + "attn.proj");
        addWeightAndBias(rules, block + "ln_2", theirs + "norm2");
        addWeightAndBias(rules, block + "mlp.c_fc", theirs + "mlp.fc1");
        addWeightAndBias(rules, block + "mlp.c_proj", theirs + "mlp.fc2");
    }
    addWeightAndBias(rules, "visual.ln_post", trunk + "norm");
    const std::string pool = "visual.attn_pool.", theirs = trunk + "attn_pool.";
    rules.push_back({pool + "probe", {theirs + "latent"}});
    for (const char* part : {"weight", "bias"})
        rules.push_back(
            {pool + "attn.in_proj_" + part, {theirs + "q." + part, theirs + "kv." + part}, Form::Stacked, {1, 2}});
    addWeightAndBias(rules, pool + "attn.out_proj", theirs + "proj");
    addWeightAndBias(rules, pool + "ln", theirs + "norm");
    addWeightAndBias(rules, pool + "mlp.c_fc", theirs + "mlp.fc1");
    addWeightAndBias(rules, pool + "mlp.c_proj", theirs + "mlp.fc2");
    return rules;
}

/// timm's towers by their names, and those that Diagonal wrote for SigLIP towers without one.
class SiglipVitKind : public ImageKind {
  public:
    std::optional<ImageSpec> parse(const JsonReader& vision, ClipConfig& config) const override {
        if (vision.has("timm_model_name")) {
            const auto timm = siglipOfTimm(vision.text("timm_model_name", ""));
            if (!timm) return std::nullopt;
            if (vision.text("timm_pool", "avg") != "map") vision.refuse("timm_pool");
            if (vision.text("timm_proj", "linear") != "none") vision.refuse("timm_proj", "linear");
            config.imageActivation = timm->activation;
            return timm->vit;
        }
        if (vision.text("model_type", "") != "siglip") return std::nullopt;
        SiglipVitConfig vit;
        vit.layers = vision.required("layers", 1, 200);
        vit.width = vision.required("width", 1, 16384);
        vit.heads = vision.required("heads", 1, 1024);
        vit.mlpRatio = vision.number("mlp_ratio", 4.0, 0.01, 64);
        vit.patchSize = vision.required("patch_size", 1, 512);
        if (vit.width % vit.heads != 0) throw vision.bad("width", "is no multiple of heads");
        return vit;
    }

    std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        const std::string blocks = "visual.transformer.resblocks";
        if (!shapes.has("visual.attn_pool.probe")) return std::nullopt;
        SiglipVitConfig vit;
        vit.width = shapes.size("visual.conv1.weight", 0, 4);
        vit.patchSize = shapes.size("visual.conv1.weight", 3, 4);
        config.imageSize =
            vit.patchSize * shapes.side(shapes.size("visual.positional_embedding", 0, 2), "its image positions");
        vit.layers = shapes.layers(blocks);
        vit.heads = usualHeads(vit.width);
        vit.mlpRatio = static_cast<double>(shapes.size(blocks + ".0.mlp.c_fc.weight", 0, 2)) / vit.width;
        return vit;
    }

    bool owns(const Tensors& tensors) const override {
        return tensors.contains("visual.trunk.attn_pool.latent") || tensors.contains("visual.attn_pool.probe");
    }

    TensorRules rules(const Tensors& tensors) const override {
        if (tensors.contains("visual.trunk.attn_pool.latent"))
            return trunkRules(countLayers(tensors, "visual.trunk.blocks"));
        if (tensors.contains("visual.attn_pool.probe"))
            return trunkRules(countLayers(tensors, "visual.transformer.resblocks"));
        return {};
    }
};

}  // namespace

std::shared_ptr<ImageTower> SiglipVitConfig::build(const Scope& scope, const ClipConfig& config) const {
    return std::make_shared<SiglipVisionTransformer>(scope, config, *this);
}

void SiglipVitConfig::write(const ClipConfig& config, nlohmann::json& vision) const {
    if (const std::string timm = timmNameOf(*this, config.imageSize); !timm.empty())
        vision.update(
            {{"timm_model_name", timm}, {"timm_model_pretrained", false}, {"timm_pool", "map"}, {"timm_proj", "none"}});
    else
        vision.update({{"model_type", "siglip"},
                       {"layers", layers},
                       {"width", width},
                       {"heads", heads},
                       {"mlp_ratio", mlpRatio},
                       {"patch_size", patchSize}});
}

std::string SiglipVitConfig::describe() const {
    return describeTransformer("SigLIP ViT", layers, width, patchSize);
}

int64_t SiglipVitConfig::flops(const ClipConfig& config) const {
    const int64_t patches = int64_t{gridSize(config)} * gridSize(config), w = width;
    const int64_t hidden = hiddenWidth(width, mlpRatio);
    const int64_t pool = linearFlops(1, w, w) + linearFlops(patches, w, 2 * w) + 4 * patches * w +
                         linearFlops(1, w, w) + 2 * linearFlops(1, w, hidden);
    return linearFlops(patches, int64_t{3} * patchSize * patchSize, w) + blocksFlops(layers, patches, w, hidden) + pool;
}

SiglipVitConfig SiglipVitConfig::shapesOnly() const {
    SiglipVitConfig same = *this;
    same.heads = 1;
    return same;
}

bool SiglipVitConfig::operator==(const SiglipVitConfig& other) const {
    // Hugging Face gives the hidden width, which rounds the ratio.
    return layers == other.layers && width == other.width && heads == other.heads &&
           hiddenWidth(width, mlpRatio) == hiddenWidth(width, other.mlpRatio) && patchSize == other.patchSize;
}

const ImageKind& siglipVitKind() {
    static const SiglipVitKind kind;
    return kind;
}

}  // namespace diagonal
