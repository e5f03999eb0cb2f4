// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/shapes.h"
#include "engine/parts/transformer_json.h"
#include "engine/parts/vit.h"

namespace diagonal {

namespace {

constexpr double kEpsilon = 1e-5;

/// open_clip's own towers: "layers" is a number, nothing names a tower of timm.
class VitKind : public ImageKind {
  public:
    std::optional<ImageSpec> parse(const JsonReader& vision, ClipConfig& config) const override {
        if (vision.has("timm_model_name")) return std::nullopt;
        VitConfig vit;
        vit.layers = vision.required("layers", 1, 200);
        vit.width = vision.required("width", 1, 16384);
        vit.headWidth = vision.integer("head_width", 64, 1, 1024);
        vit.mlpRatio = vision.number("mlp_ratio", 4.0, 0.01, 64);
        vit.patchSize = vision.required("patch_size", 1, 512);
        if (vit.width % vit.headWidth != 0) throw vision.bad("width", "is no multiple of head_width");
        vit.normsFirst = !vision.boolean("no_ln_pre", false);
        vit.normsPooled = vision.boolean("final_ln_after_pool", false);
        vit.averages = vision.text("pool_type", "tok") == "avg";
        vit.layerScale = vision.number("ls_init_value", 0, 0, 1e3);
        if (vision.boolean("attentional_pool", false)) {
            vit.poolQueries = vision.integer("attn_pooler_queries", 256, 1, 65536);
            vit.poolHeads = vision.integer("attn_pooler_heads", 8, 1, 1024);
            if (config.embedDim % vit.poolHeads != 0)
                throw vision.bad("attn_pooler_heads", "does not divide embed_dim");
            if (vit.averages) throw vision.bad("pool_type", "is avg beside an attentional pool");
        }
        refuseOtherBlocks(vision);
        for (const char* key : {"norm_kwargs", "act_kwargs"})
            vision.refuse(key);
        if (!vit.averages) vision.refuse("pool_type", "tok");
        vision.refuse("pos_embed_type", "learnable");
        return vit;
    }

    std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        if (!shapes.has("visual.conv1.weight") || !shapes.has("visual.proj")) return std::nullopt;
        const Vit read = vitFromShapes(shapes, "visual.");
        VitConfig vit;
        vit.width = read.blocks.width;
        vit.patchSize = read.patchSize;
        vit.layers = read.blocks.layers;
        vit.headWidth = vit.width / shapes.usualHeads(vit.width);
        vit.mlpRatio = static_cast<double>(read.blocks.hidden) / vit.width;
        vit.layerScale = read.blocks.layerScale;
        // Of what is published, CLIPA's towers have no norm first, and average.
        vit.normsFirst = read.normsFirst;
        vit.averages = vit.normsPooled = !read.normsFirst;
        if (shapes.has("visual.attn_pool.query")) vit.poolQueries = shapes.size("visual.attn_pool.query", 0, 2);
        const int positions = shapes.size("visual.positional_embedding", 0, 2);
        config.imageSize = vit.patchSize * shapes.side(positions - 1, "its image positions");
        return vit;
    }

    bool owns(const Tensors& tensors) const override {
        return tensors.contains("visual.conv1.weight") && !tensors.contains("visual.bn1.weight");
    }
};

}  // namespace

Vit VitConfig::numbers(const ClipConfig& config) const {
    Vit vit;
    vit.blocks = {width, layers, width / headWidth, hiddenWidth(width, mlpRatio), config.imageActivation, kEpsilon};
    vit.blocks.layerScale = layerScale;
    vit.patchSize = patchSize;
    vit.normsFirst = normsFirst;
    vit.normsPooled = normsPooled;
    vit.pool = averages ? Vit::Pool::Average : poolQueries > 0 ? Vit::Pool::Queries : Vit::Pool::Token;
    vit.poolQueries = poolQueries;
    vit.poolHeads = poolQueries > 0 ? poolHeads : 0;
    vit.projection = Vit::Projection::Matrix;
    return vit;
}

std::shared_ptr<ImageTower> VitConfig::build(const Scope& scope, const ClipConfig& config) const {
    return makeVit(scope, numbers(config), gridSize(config), config.embedDim);
}

void VitConfig::write(const ClipConfig& /*config*/, nlohmann::json& vision) const {
    vision.update({{"layers", layers},
                   {"width", width},
                   {"head_width", headWidth},
                   {"mlp_ratio", mlpRatio},
                   {"patch_size", patchSize}});
    if (poolQueries > 0)
        vision.update(
            {{"attentional_pool", true}, {"attn_pooler_heads", poolHeads}, {"attn_pooler_queries", poolQueries}});
    if (!normsFirst) vision["no_ln_pre"] = true;
    if (averages) vision["pool_type"] = "avg";
    if (normsPooled) vision["final_ln_after_pool"] = true;
    if (layerScale != 0) vision["ls_init_value"] = layerScale;
}

std::string VitConfig::describe() const {
    return describeTransformer("ViT", layers, width, patchSize);
}

int64_t VitConfig::flops(const ClipConfig& config) const {
    return vitFlops(numbers(config), gridSize(config), config.embedDim);
}

VitConfig VitConfig::shapesOnly() const {
    VitConfig same = *this;
    same.headWidth = same.poolHeads = 1;
    same.averages = same.normsPooled = false;
    same.layerScale = layerScale == 0 ? 0 : 1;
    return same;
}

bool VitConfig::operator==(const VitConfig& other) const {
    // A ratio that rounds to the same hidden width is the same.
    return layers == other.layers && width == other.width && headWidth == other.headWidth &&
           hiddenWidth(width, mlpRatio) == hiddenWidth(width, other.mlpRatio) && patchSize == other.patchSize &&
           normsFirst == other.normsFirst && normsPooled == other.normsPooled && averages == other.averages &&
           layerScale == other.layerScale && poolQueries == other.poolQueries && poolHeads == other.poolHeads;
}

const ImageKind& vitKind() {
    static const VitKind kind;
    return kind;
}

}  // namespace diagonal
