// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/timm_vit.h"

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/image_towers/timm_kind.h"
#include "engine/parts/shapes.h"
#include "engine/parts/transformer_json.h"

namespace diagonal {

namespace {

using Form = TensorRule::Form;

const std::string kTrunk = "visual.trunk.";

const char* poolName(Vit::Pool pool) {
    switch (pool) {
        case Vit::Pool::Average:
            return "avg";
        case Vit::Pool::Map:
            return "map";
        case Vit::Pool::Token:
        case Vit::Pool::Queries:  // none of timm's
            break;
    }
    return "token";
}

/// timm's names of one block: ours "….resblocks.3.", theirs "….blocks.3.".
void addBlock(TensorRules& rules, const std::string& ours, const std::string& theirs, bool isSplit) {
    addWeightAndBias(rules, ours + "ln_1", theirs + "norm1");
    addWeightAndBias(rules, ours + "ln_2", theirs + "norm2");
    addWeightAndBias(rules, ours + "attn.ln", theirs + "attn.norm");
    addWeightAndBias(rules, ours + "attn.out_proj", theirs + "attn.proj");
    const std::string in = ours + "attn.in_proj_", attention = theirs + "attn.";
    if (isSplit) {
        rules.push_back({in + "weight",
                         {attention + "q_proj.weight", attention + "k_proj.weight", attention + "v_proj.weight"},
                         Form::Stacked});
        rules.push_back({in + "bias", {attention + "q_proj.bias", attention + "v_proj.bias"}, Form::Stacked});
    } else {
        rules.push_back({in + "weight", {attention + "qkv.weight"}});
    }
    addWeightAndBias(rules, ours + "mlp.c_fc", theirs + (isSplit ? "mlp.fc1_x" : "mlp.fc1"));
    addWeightAndBias(rules, ours + "mlp.c_gate", theirs + "mlp.fc1_g");
    addWeightAndBias(rules, ours + "mlp.ln", theirs + "mlp.norm");
    addWeightAndBias(rules, ours + "mlp.c_proj", theirs + "mlp.fc2");
}

/// ours: "visual." of a tower that projects itself, else "visual.trunk.". isSplit: queries, keys and values are
/// matrices of their own (EVA-02); hasKeyBias: one bias goes with all three.
TensorRules timmRules(const std::string& ours, int layers, bool isSplit, bool hasKeyBias) {
    TensorRules rules;
    addWeightAndBias(rules, ours + "conv1", kTrunk + "patch_embed.proj");
    for (const char* name :
         {"0.conv.weight", "0.bn.weight", "0.bn.bias", "0.bn.running_mean", "0.bn.running_var",
          "0.bn.num_batches_tracked", "1.conv.weight", "1.bn.weight", "1.bn.bias", "1.bn.running_mean",
          "1.bn.running_var", "1.bn.num_batches_tracked", "2.conv.weight", "2.conv.bias"})
        rules.push_back({ours + "stem." + name, {kTrunk + "patch_embed.backbone." + name}});
    rules.push_back({ours + "positional_embedding", {kTrunk + "pos_embed"}, Form::Unsqueezed});
    rules.push_back({ours + "class_embedding", {kTrunk + "cls_token"}, Form::Token});
    addWeightAndBias(rules, ours + "ln_pre", kTrunk + "norm_pre");
    for (int i = 0; i < layers; ++i) {
        const std::string number = std::to_string(i) + ".", block = ours + "transformer.resblocks." + number;
        const std::string theirs = kTrunk + "blocks." + number;
        addBlock(rules, block, theirs, isSplit);
        if (!isSplit && hasKeyBias)
            rules.push_back({block + "attn.in_proj_bias", {theirs + "attn.qkv.bias"}});
        else if (!isSplit)
            rules.push_back(
                {block + "attn.in_proj_bias", {theirs + "attn.q_bias", theirs + "attn.v_bias"}, Form::Stacked});
    }
    addWeightAndBias(rules, ours + "ln_post", kTrunk + "norm");
    addWeightAndBias(rules, ours + "fc_norm", kTrunk + "fc_norm");
    const std::string pool = ours + "attn_pool.", theirPool = kTrunk + "attn_pool.";
    rules.push_back({pool + "probe", {theirPool + "latent"}});
    for (const char* part : {"weight", "bias"})
        rules.push_back({pool + "attn.in_proj_" + part,
                         {theirPool + "q." + part, theirPool + "kv." + part},
                         Form::Stacked,
                         {1, 2}});
    addWeightAndBias(rules, pool + "attn.out_proj", theirPool + "proj");
    addWeightAndBias(rules, pool + "ln", theirPool + "norm");
    addWeightAndBias(rules, pool + "mlp.c_fc", theirPool + "mlp.fc1");
    addWeightAndBias(rules, pool + "mlp.c_proj", theirPool + "mlp.fc2");
    addWeightAndBias(rules, ours + "projection", kTrunk + "head");
    return rules;
}

/// "visual." or "visual.trunk.", where the tensors, in our names, are such a tower's; else empty.
std::string towerOf(const Tensors& tensors) {
    if (tensors.contains("visual.projection.weight")) return "visual.";
    return tensors.contains(kTrunk + "transformer.resblocks.0.ln_1.weight") ? kTrunk : "";
}

bool isTimms(const Tensors& tensors) {
    const bool hasPatches = tensors.contains(kTrunk + "patch_embed.proj.weight") ||
                            tensors.contains(kTrunk + "patch_embed.backbone.0.conv.weight");
    return hasPatches && tensors.contains(kTrunk + "pos_embed") && tensors.contains(kTrunk + "blocks.0.norm1.weight") &&
           !tensors.contains(kTrunk + "patch_embed.backbone.stem.conv1.weight");
}

Vit::Pool poolOf(const JsonReader& vision, const TimmVit& tower) {
    const std::string pool = vision.text("timm_pool", "avg");
    if (pool == poolName(tower.vit.pool) || pool.empty()) return tower.vit.pool;
    if (pool == "avg") return Vit::Pool::Average;
    if (pool != "token" || !tower.vit.classToken) vision.refuse("timm_pool");
    return Vit::Pool::Token;
}

class TimmVitKind : public ImageKind {
  public:
    std::optional<ImageSpec> parse(const JsonReader& vision, ClipConfig& config) const override {
        const TimmVit* tower = timmVit(withoutTag(vision.text("timm_model_name", "")));
        if (tower == nullptr) return std::nullopt;
        TimmVitConfig timm = {tower->name, tower->vit};
        const Vit::Pool pool = poolOf(vision, *tower);
        // timm's own classifier projects where the file says null.
        const bool isOwn = vision.contains("timm_proj") && vision.text("timm_proj", "").empty();
        const bool isMadeSo = isOwn || vision.text("timm_proj", "linear") == "none";
        if (isMadeSo && vision.has("timm_pool") && vision.text("timm_pool", "").empty())
            throw vision.bad("timm_pool", "is empty, and no head stands behind the patches");
        if (pool != tower->vit.pool) {
            timm.vit.pool = pool;
            timm.vit.poolHeads = timm.vit.poolHidden = 0;
            if (isMadeSo) timm.vit.normsPooled = pool == Vit::Pool::Average && tower->movesNorm;
        }
        // timm's own option of that name, which open_clip's JSON has no word for.
        if (vision.boolean("timm_fc_norm", false)) {
            if (timm.vit.pool != Vit::Pool::Average) throw vision.bad("timm_fc_norm", "goes with the pooling avg");
            timm.vit.normsPooled = true;
        }
        if (isOwn) timm.vit.projection = Vit::Projection::Linear;
        config.imageActivation = timm.vit.blocks.activation;
        return timm;
    }

    std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        const bool isOwn = shapes.has("visual.projection.weight");
        const std::string ours = isOwn ? "visual." : kTrunk;
        if (!isOwn && !shapes.has(kTrunk + "transformer.resblocks.0.ln_1.weight")) return std::nullopt;
        const Vit read = vitFromShapes(shapes, ours);
        const int positions = shapes.size(ours + "positional_embedding", 0, 2);
        config.imageSize =
            read.patchSize * shapes.side(positions - (read.classPosition ? 1 : 0), "its image positions");
        std::vector<TimmVitConfig> fitting;
        bool hasSize = false;
        for (const TimmVit& tower : timmVits()) {
            if (!isSame(read, tower)) continue;
            const bool isOfSize = tower.imageSize == config.imageSize;
            if (isOfSize && !hasSize) fitting.clear();
            hasSize = hasSize || isOfSize;
            if (hasSize && !isOfSize) continue;
            fitting.push_back({tower.name, tower.vit});
            Vit& vit = fitting.back().vit;
            vit.pool = read.pool;
            vit.normsPooled = read.normsPooled;
            vit.projection = read.projection;
        }
        if (fitting.empty()) return std::nullopt;
        if (read.pool == Vit::Pool::Token) shapes.doubt("a class token that is taken from a mean of the patches");
        for (const TimmVitConfig& tower : fitting)
            if (tower.vit != fitting.front().vit)
                shapes.doubt("timm's " + fitting.front().name + " from " + tower.name);
        config.imageActivation = fitting.front().vit.blocks.activation;
        return fitting.front();
    }

    bool owns(const Tensors& tensors) const override { return !towerOf(tensors).empty() || isTimms(tensors); }

    TensorRules rules(const Tensors& tensors) const override {
        if (const std::string ours = towerOf(tensors); !ours.empty()) {
            const std::string blocks = ours + "transformer.resblocks";
            const auto bias = tensors.find(blocks + ".0.attn.in_proj_bias");
            const auto weight = tensors.find(blocks + ".0.attn.in_proj_weight");
            const bool hasKeyBias =
                bias == tensors.end() || weight == tensors.end() || bias->second.numel() == weight->second.size(0);
            return timmRules(ours, countLayers(tensors, blocks), tensors.contains(blocks + ".0.mlp.c_gate.weight"),
                             hasKeyBias);
        }
        if (!isTimms(tensors)) return {};
        const std::string blocks = kTrunk + "blocks";
        return timmRules(tensors.contains(kTrunk + "head.weight") ? "visual." : kTrunk, countLayers(tensors, blocks),
                         tensors.contains(blocks + ".0.attn.q_proj.weight"),
                         tensors.contains(blocks + ".0.attn.qkv.bias"));
    }

  private:
    /// Whatever the pooling and the projection.
    static bool isSame(Vit read, const TimmVit& tower) {
        Vit known = shapesOnly(tower.vit);
        read = shapesOnly(read);
        for (Vit* vit : {&known, &read}) {
            vit->projection = Vit::Projection::None;
            vit->normsPooled = false;
            if (read.pool != Vit::Pool::Map) vit->pool = Vit::Pool::Token, vit->poolHeads = vit->poolHidden = 0;
        }
        return known == read;
    }
};

}  // namespace

std::shared_ptr<ImageTower> TimmVitConfig::build(const Scope& scope, const ClipConfig& config) const {
    return makeVit(scope, vit, gridSize(config), config.embedDim);
}

void TimmVitConfig::write(const ClipConfig& /*config*/, nlohmann::json& vision) const {
    vision.update({{"timm_model_name", name}, {"timm_model_pretrained", false}, {"timm_pool", poolName(vit.pool)}});
    if (width() == 0)
        vision["timm_proj"] = nullptr;
    else if (vit.normsPooled)
        vision["timm_fc_norm"] = true;
}

std::string TimmVitConfig::describe() const {
    return describeTransformer(name, vit.blocks.layers, vit.blocks.width, vit.patchSize);
}

int64_t TimmVitConfig::flops(const ClipConfig& config) const {
    return vitFlops(vit, gridSize(config), config.embedDim);
}

const ImageKind& timmVitKind() {
    static const TimmVitKind kind;
    return kind;
}

}  // namespace diagonal
