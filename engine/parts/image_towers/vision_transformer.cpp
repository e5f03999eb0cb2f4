// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/attentional_pool.h"
#include "engine/parts/cost.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/shapes.h"
#include "engine/parts/transformer.h"
#include "engine/parts/transformer_json.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr double kEpsilon = 1e-5;

/// open_clip's VisionTransformer with a class token and learned positions.
class VisionTransformer : public ImageTower {
  public:
    VisionTransformer(const Scope& scope, const ClipConfig& config, const VitConfig& vit) {
        const int64_t grid = gridSize(config);
        const Init scaled = Init::normal(std::pow(vit.width, -0.5));
        const auto parameter = [&](const char* name, at::IntArrayRef shape) {
            return register_parameter(name, scope.take(name, shape, scaled));
        };
        m_patches = addChild<Conv2d>(*this, scope, "conv1", 3, vit.width, vit.patchSize, vit.patchSize);
        m_classEmbedding = parameter("class_embedding", {vit.width});
        m_positions = parameter("positional_embedding", {grid * grid + 1, vit.width});
        m_lnPre = addChild<LayerNorm>(*this, scope, "ln_pre", vit.width, kEpsilon);
        m_transformer = addChild<Transformer>(
            *this, scope, "transformer",
            TransformerConfig{vit.width, vit.layers, vit.width / vit.headWidth, hiddenWidth(vit.width, vit.mlpRatio),
                              config.imageActivation, kEpsilon, false});
        const int pooled = vit.poolQueries > 0 ? config.embedDim : vit.width;
        if (vit.poolQueries > 0)
            m_pool =
                addChild<AttentionalPool>(*this, scope, "attn_pool", vit.width, pooled, vit.poolQueries, vit.poolHeads);
        m_lnPost = addChild<LayerNorm>(*this, scope, "ln_post", pooled, kEpsilon);
        m_projection = parameter("proj", {pooled, config.embedDim});
    }

    Tensor forward(const Tensor& images) override {
        const Tensor x = tokens(images);
        if (m_pool) return project(m_pool->forward(m_transformer->forward(x, false)));
        const Tensor classToken = torch::zeros({x.size(0)}, torch::TensorOptions(torch::kLong).device(x.device()));
        return project(m_transformer->forwardPooled(x, classToken, false));
    }

    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        const Tensor x = m_transformer->forwardTraced(tokens(images), trace.attention);
        return project(m_pool ? m_pool->forward(x, &trace.pooling) : x.select(1, 0));
    }

    bool setPatchDropout(double share) override {
        m_patchDropout = share;
        return true;
    }
    void setGradCheckpointing(bool on) override { m_transformer->setGradCheckpointing(on); }

  private:
    /// The class token and the patches: [n, 1 + patches, width]
    Tensor tokens(const Tensor& images) const {
        Tensor x = (*m_patches)(images).flatten(2).transpose(1, 2);
        // Under autocast the patches are narrow, and so is all that follows.
        const Tensor positions = m_positions.to(x.scalar_type()), classEmbedding = m_classEmbedding.to(x.scalar_type());
        if (is_training() && m_patchDropout > 0) {
            x = dropPatches(x + positions.narrow(0, 1, x.size(1)), m_patchDropout);
            x = torch::cat({(classEmbedding + positions[0]).expand({x.size(0), 1, -1}), x}, 1);
        } else {
            x = torch::cat({classEmbedding.expand({x.size(0), 1, -1}), x}, 1) + positions;
        }
        return (*m_lnPre)(x);
    }
    Tensor project(const Tensor& pooled) const { return (*m_lnPost)(pooled).matmul(m_projection); }

    double m_patchDropout = 0;
    std::shared_ptr<Conv2d> m_patches;
    Tensor m_classEmbedding, m_positions, m_projection;
    std::shared_ptr<LayerNorm> m_lnPre, m_lnPost;
    std::shared_ptr<Transformer> m_transformer;
    std::shared_ptr<AttentionalPool> m_pool;
};

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
        if (vision.boolean("attentional_pool", false)) {
            vit.poolQueries = vision.integer("attn_pooler_queries", 256, 1, 65536);
            vit.poolHeads = vision.integer("attn_pooler_heads", 8, 1, 1024);
            if (config.embedDim % vit.poolHeads != 0)
                throw vision.bad("attn_pooler_heads", "does not divide embed_dim");
        }
        refuseOtherBlocks(vision);
        for (const char* key : {"no_ln_pre", "norm_kwargs", "act_kwargs"})
            vision.refuse(key);
        vision.refuse("pool_type", "tok");
        vision.refuse("pos_embed_type", "learnable");
        return vit;
    }

    std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        const std::string blocks = "visual.transformer.resblocks";
        if (!shapes.has("visual.conv1.weight")) return std::nullopt;
        VitConfig vit;
        vit.width = shapes.size("visual.conv1.weight", 0, 4);
        vit.patchSize = shapes.size("visual.conv1.weight", 3, 4);
        const int positions = shapes.size("visual.positional_embedding", 0, 2);
        config.imageSize = vit.patchSize * shapes.side(positions - 1, "its image positions");
        vit.layers = shapes.layers(blocks);
        if (shapes.has("visual.attn_pool.query")) vit.poolQueries = shapes.size("visual.attn_pool.query", 0, 2);
        vit.headWidth = vit.width / usualHeads(vit.width);
        vit.mlpRatio = static_cast<double>(shapes.size(blocks + ".0.mlp.c_fc.weight", 0, 2)) / vit.width;
        return vit;
    }

    bool owns(const Tensors& tensors) const override {
        return tensors.contains("visual.conv1.weight") && !tensors.contains("visual.bn1.weight");
    }
};

}  // namespace

std::shared_ptr<ImageTower> VitConfig::build(const Scope& scope, const ClipConfig& config) const {
    return std::make_shared<VisionTransformer>(scope, config, *this);
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
}

std::string VitConfig::describe() const {
    return describeTransformer("ViT", layers, width, patchSize);
}

int64_t VitConfig::flops(const ClipConfig& config) const {
    const int64_t patches = int64_t{gridSize(config)} * gridSize(config), out = config.embedDim;
    const int64_t pooling = poolQueries == 0
                                ? linearFlops(1, width, out)
                                : attentionalPoolFlops(patches + 1, width, out, poolQueries) + linearFlops(1, out, out);
    return linearFlops(patches, int64_t{3} * patchSize * patchSize, width) +
           blocksFlops(layers, patches + 1, width, hiddenWidth(width, mlpRatio)) + pooling;
}

VitConfig VitConfig::shapesOnly() const {
    VitConfig same = *this;
    same.headWidth = same.poolHeads = 1;
    return same;
}

bool VitConfig::operator==(const VitConfig& other) const {
    // A ratio that rounds to the same hidden width is the same.
    return layers == other.layers && width == other.width && headWidth == other.headWidth &&
           hiddenWidth(width, mlpRatio) == hiddenWidth(width, other.mlpRatio) && patchSize == other.patchSize &&
           poolQueries == other.poolQueries && poolHeads == other.poolHeads;
}

const ImageKind& vitKind() {
    static const VitKind kind;
    return kind;
}

}  // namespace diagonal
