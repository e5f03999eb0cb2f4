// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/shapes.h"
#include "engine/parts/timm_siglip.h"
#include "engine/parts/transformer_json.h"
#include "engine/parts/vit.h"

namespace diagonal {

namespace {

constexpr double kSiglipEpsilon = 1e-6;

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
            // With another pooling or a head it is one of many of timm.
            if (vision.text("timm_pool", "avg") != "map" || vision.text("timm_proj", "linear") != "none")
                return std::nullopt;
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
        if (!shapes.has("visual.attn_pool.probe")) return std::nullopt;
        const Vit read = vitFromShapes(shapes, "visual.");
        if (read.classToken || read.normsFirst || read.projection != Vit::Projection::None) return std::nullopt;
        SiglipVitConfig vit;
        vit.width = read.blocks.width;
        vit.patchSize = read.patchSize;
        vit.layers = read.blocks.layers;
        vit.heads = shapes.usualHeads(vit.width);
        vit.mlpRatio = static_cast<double>(read.blocks.hidden) / vit.width;
        config.imageSize =
            vit.patchSize * shapes.side(shapes.size("visual.positional_embedding", 0, 2), "its image positions");
        return vit;
    }

    bool owns(const Tensors& tensors) const override { return isOurs(tensors) || isTimms(tensors); }

    TensorRules rules(const Tensors& tensors) const override {
        if (isTimms(tensors)) return trunkRules(countLayers(tensors, "visual.trunk.blocks"));
        if (isOurs(tensors)) return trunkRules(countLayers(tensors, "visual.transformer.resblocks"));
        return {};
    }

  private:
    static bool isOurs(const Tensors& tensors) {
        return tensors.contains("visual.attn_pool.probe") && !tensors.contains("visual.projection.weight");
    }
    /// Neither a projection nor a head.
    static bool isTimms(const Tensors& tensors) {
        const auto head = tensors.lower_bound("visual.head.");
        return tensors.contains("visual.trunk.attn_pool.latent") && !tensors.contains("visual.trunk.head.weight") &&
               (head == tensors.end() || !head->first.starts_with("visual.head."));
    }
};

}  // namespace

Vit SiglipVitConfig::numbers(const ClipConfig& config) const {
    const int hidden = hiddenWidth(width, mlpRatio);
    Vit vit;
    vit.blocks = {width, layers, heads, hidden, config.imageActivation, kSiglipEpsilon};
    vit.patchSize = patchSize;
    vit.patchBias = true;
    vit.classToken = vit.normsFirst = false;
    vit.pool = Vit::Pool::Map;
    vit.poolHeads = heads;
    vit.poolHidden = hidden;
    return vit;
}

std::shared_ptr<ImageTower> SiglipVitConfig::build(const Scope& scope, const ClipConfig& config) const {
    return makeVit(scope, numbers(config), gridSize(config), config.embedDim);
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
    return vitFlops(numbers(config), gridSize(config), config.embedDim);
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
