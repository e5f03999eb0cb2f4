// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/vit.h"

#include <cmath>
#include <string>

#include "engine/base/libtorch.h"
#include "engine/parts/attentional_pool.h"
#include "engine/parts/cost.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/shapes.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// open_clip's name; of timm's towers the norm behind the pooling has another.
const char* lastNorm(const Vit& vit) {
    return vit.normsPooled && vit.projection != Vit::Projection::Matrix ? "fc_norm" : "ln_post";
}

/// One learned query attends to all tokens (Zhai et al., 2023; Set Transformer's pooling).
class AttentionPool : public torch::nn::Module {
  public:
    AttentionPool(const Scope& scope, const Vit& vit) {
        const int width = vit.blocks.width;
        const Init xavier = Init::uniform(std::sqrt(6.0 / (4.0 * width)));
        m_probe = register_parameter("probe", scope.take("probe", {1, 1, width}, Init::normal(std::pow(width, -0.5))));
        m_attention = addChild<Attention>(*this, scope, "attn", width, vit.poolHeads, xavier, xavier);
        m_norm = addChild<LayerNorm>(*this, scope, "ln", width, vit.blocks.epsilon);
        m_mlp = addChild<Mlp>(*this, scope, "mlp", width, vit.poolHidden, vit.blocks.activation);
    }

    /// [n, tokens, width] -> [n, width]
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

constexpr int kStemStrides[] = {4, 2, 2};

/// MobileCLIP's convolutions, under the names of timm's ConvStem: the first two a quarter of the width, with batch
/// norm and GELU.
class ConvStem : public torch::nn::Module {
  public:
    ConvStem(const Scope& scope, int width) {
        int in = 3;
        for (int i = 0; i < 3; ++i) {
            const bool isLast = i == 2;
            const int out = isLast ? width : width / 4;
            const std::string number = std::to_string(i);
            const auto step = register_module(number, std::make_shared<torch::nn::Module>("step"));
            m_convolutions[i] =
                addChild<Conv2d>(*step, scope / number, "conv", in, out, kStemStrides[i], kStemStrides[i], isLast);
            if (!isLast) m_norms[i] = addChild<BatchNorm2d>(*step, scope / number, "bn", out);
            in = out;
        }
    }

    Tensor operator()(const Tensor& images) {
        Tensor x = images;
        for (int i = 0; i < 2; ++i)
            x = torch::gelu((*m_norms[i])((*m_convolutions[i])(x)));
        return (*m_convolutions[2])(x);
    }

  private:
    std::shared_ptr<Conv2d> m_convolutions[3];
    std::shared_ptr<BatchNorm2d> m_norms[2];
};

class VitTower : public ImageTower {
  public:
    VitTower(const Scope& scope, const Vit& vit, int64_t grid, int64_t out) : m_vit(vit) {
        const int width = vit.blocks.width;
        const Init scaled = Init::normal(std::pow(width, -0.5));
        const auto parameter = [&](const char* name, at::IntArrayRef shape) {
            return register_parameter(name, scope.take(name, shape, scaled));
        };
        if (vit.stem)
            m_stem = addChild<ConvStem>(*this, scope, "stem", width);
        else
            m_patches = addChild<Conv2d>(*this, scope, "conv1", 3, width, vit.patchSize, vit.patchSize, vit.patchBias);
        if (vit.classToken) m_classEmbedding = parameter("class_embedding", {width});
        m_positions = parameter("positional_embedding", {grid * grid + (hasClassPosition() ? 1 : 0), width});
        if (vit.normsFirst) m_lnPre = addChild<LayerNorm>(*this, scope, "ln_pre", width, vit.blocks.epsilon);
        m_transformer = addChild<Transformer>(*this, scope, "transformer", vit.blocks);
        // open_clip's queries are as wide as the embedding, and so is what follows.
        const int64_t pooled = vit.pool == Vit::Pool::Queries ? out : width;
        if (vit.pool == Vit::Pool::Queries)
            m_queries = addChild<AttentionalPool>(*this, scope, "attn_pool", width, static_cast<int>(out),
                                                  vit.poolQueries, vit.poolHeads);
        m_lnPost = addChild<LayerNorm>(*this, scope, lastNorm(vit), pooled, vit.blocks.epsilon);
        if (vit.pool == Vit::Pool::Map) m_pool = addChild<AttentionPool>(*this, scope, "attn_pool", vit);
        if (vit.projection == Vit::Projection::Matrix) m_matrix = parameter("proj", {pooled, out});
        if (vit.projection == Vit::Projection::Linear)
            m_linear = addChild<Linear>(*this, scope, "projection", width, out, Init::fanIn(width), Init::value(0));
    }

    Tensor forward(const Tensor& images) override {
        const auto [x, rotation] = tokens(images);
        if (m_vit.pool == Vit::Pool::Token && !m_vit.rotary) {
            const Tensor classToken = torch::zeros({x.size(0)}, torch::TensorOptions(torch::kLong).device(x.device()));
            return embedded((*m_lnPost)(m_transformer->forwardPooled(x, classToken, false)));
        }
        const Tensor y = m_transformer->forward(x, false, {}, rotation);
        if (m_queries) return embedded((*m_lnPost)(m_queries->forward(y)));
        return embedded(m_pool ? m_pool->forward((*m_lnPost)(y)) : pooled(y));
    }

    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        const auto [x, rotation] = tokens(images);
        trace.tokensBefore = m_vit.classToken ? 1 : 0;
        trace.averages = m_vit.pool == Vit::Pool::Average;
        const Tensor y = m_transformer->forwardTraced(x, trace.attention, rotation);
        if (m_queries) return embedded((*m_lnPost)(m_queries->forward(y, &trace.pooling)));
        return embedded(m_pool ? m_pool->forwardTraced((*m_lnPost)(y), trace.pooling) : pooled(y));
    }

    bool setPatchDropout(double share) override {
        m_patchDropout = share;
        return true;
    }
    void setGradCheckpointing(bool on) override { m_transformer->setGradCheckpointing(on); }

  private:
    bool hasClassPosition() const { return m_vit.classToken && m_vit.classPosition; }

    /// The class token, where there is one, and the patches: [n, tokens, width], and how they are turned.
    std::pair<Tensor, Rotation> tokens(const Tensor& images) {
        const Tensor map = m_stem ? (*m_stem)(images) : (*m_patches)(images);
        Tensor x = map.flatten(2).transpose(1, 2);
        Rotation rotation;
        if (m_vit.rotary)
            rotation = rotationOf(*m_vit.rotary, map.size(2), m_vit.blocks.width / m_vit.blocks.heads, x.device());
        // Under autocast the patches are narrow, and so is all that follows.
        const Tensor positions = m_positions.to(x.scalar_type());
        const Tensor token = m_vit.classToken ? m_classEmbedding.to(x.scalar_type()) : Tensor();
        if (is_training() && m_patchDropout > 0) {
            const Tensor kept = keptPatches(x.size(0), x.size(1), m_patchDropout, x.device());
            x = onlyPatches(x + (hasClassPosition() ? positions.narrow(0, 1, x.size(1)) : positions), kept);
            if (m_vit.rotary) rotation = rotationOfSome(rotation, kept);
            if (m_vit.classToken) x = withToken(hasClassPosition() ? token + positions[0] : token, x);
        } else if (hasClassPosition()) {
            x = withToken(token, x) + positions;
        } else {
            x = x + positions;
            if (m_vit.classToken) x = withToken(token, x);
        }
        return {m_lnPre ? (*m_lnPre)(x) : x, rotation};
    }

    static Tensor withToken(const Tensor& token, const Tensor& patches) {
        return torch::cat({token.expand({patches.size(0), 1, -1}), patches}, 1);
    }

    /// Of the class token, or the mean of the patches: [n, tokens, width] -> [n, width]
    Tensor pooled(const Tensor& x) const {
        if (m_vit.pool == Vit::Pool::Token) return (*m_lnPost)(x.select(1, 0));
        const Tensor patches = x.slice(1, m_vit.classToken ? 1 : 0);
        return m_vit.normsPooled ? (*m_lnPost)(patches.mean(1)) : (*m_lnPost)(patches).mean(1);
    }

    Tensor embedded(const Tensor& features) const {
        if (m_linear) return (*m_linear)(features);
        return m_matrix.defined() ? features.matmul(m_matrix) : features;
    }

    Vit m_vit;
    double m_patchDropout = 0;
    std::shared_ptr<ConvStem> m_stem;
    std::shared_ptr<Conv2d> m_patches;
    Tensor m_classEmbedding, m_positions, m_matrix;
    std::shared_ptr<LayerNorm> m_lnPre, m_lnPost;
    std::shared_ptr<Transformer> m_transformer;
    std::shared_ptr<AttentionPool> m_pool;
    std::shared_ptr<AttentionalPool> m_queries;
    std::shared_ptr<Linear> m_linear;
};

int64_t patchFlops(const Vit& vit, int64_t gridSize) {
    const int64_t width = vit.blocks.width;
    if (!vit.stem) return linearFlops(gridSize * gridSize, int64_t{3} * vit.patchSize * vit.patchSize, width);
    int64_t flops = 0, in = 3, side = gridSize * vit.patchSize;
    for (int i = 0; i < 3; ++i) {
        const int64_t out = i == 2 ? width : width / 4, stride = kStemStrides[i];
        side /= stride;
        flops += linearFlops(side * side, in * stride * stride, out);
        in = out;
    }
    return flops;
}

}  // namespace

std::shared_ptr<ImageTower> makeVit(const Scope& scope, const Vit& vit, int64_t gridSize, int64_t out) {
    return std::make_shared<VitTower>(scope, vit, gridSize, out);
}

int64_t vitFlops(const Vit& vit, int64_t gridSize, int64_t out) {
    const int64_t w = vit.blocks.width, tokens = gridSize * gridSize + (vit.classToken ? 1 : 0);
    int64_t flops = patchFlops(vit, gridSize) + blocksFlops(vit.blocks.layers, tokens, w, vit.blocks.hidden);
    if (vit.blocks.gated) flops += vit.blocks.layers * linearFlops(tokens, w, vit.blocks.hidden);
    if (vit.pool == Vit::Pool::Map)
        flops += 2 * linearFlops(1, w, w) + linearFlops(tokens, w, 2 * w) + 4 * tokens * w +
                 2 * linearFlops(1, w, vit.poolHidden);
    if (vit.pool == Vit::Pool::Queries)
        return flops + attentionalPoolFlops(tokens, w, out, vit.poolQueries) + linearFlops(1, out, out);
    return vit.projection == Vit::Projection::None ? flops : flops + linearFlops(1, w, out);
}

Vit vitFromShapes(const Shapes& shapes, const std::string& tower) {
    const auto has = [&](const char* name) { return shapes.has(tower + name); };
    const std::string blocks = tower + "transformer.resblocks";
    Vit vit;
    vit.stem = has("stem.0.conv.weight");
    if (!vit.stem) vit.patchSize = shapes.size(tower + "conv1.weight", 3, 4);
    vit.patchBias = has("conv1.bias");
    vit.blocks.width = shapes.size(tower + "positional_embedding", 1, 2);
    vit.blocks.layers = shapes.layers(blocks);
    vit.blocks.heads = 1;
    vit.blocks.hidden = shapes.size(blocks + ".0.mlp.c_fc.weight", 0, 2);
    vit.blocks.keyBias = shapes.size(blocks + ".0.attn.in_proj_bias", 0, 1) == 3 * vit.blocks.width;
    vit.blocks.attentionNorm = shapes.has(blocks + ".0.attn.ln.weight");
    vit.blocks.gated = shapes.has(blocks + ".0.mlp.c_gate.weight");
    vit.blocks.layerScale = shapes.has(blocks + ".0.ls_1.gamma") ? 1 : 0;
    vit.classToken = has("class_embedding");
    vit.normsFirst = has("ln_pre.weight");
    vit.normsPooled = has("fc_norm.weight");
    vit.pool = has("attn_pool.probe")               ? Vit::Pool::Map
               : vit.classToken && !vit.normsPooled ? Vit::Pool::Token
                                                    : Vit::Pool::Average;
    if (vit.pool == Vit::Pool::Map) {
        vit.poolHeads = 1;
        vit.poolHidden = shapes.size(tower + "attn_pool.mlp.c_fc.weight", 0, 2);
    }
    vit.projection = has("proj")                ? Vit::Projection::Matrix
                     : has("projection.weight") ? Vit::Projection::Linear
                                                : Vit::Projection::None;
    // One more position than a square has is that of the class token.
    const int positions = shapes.size(tower + "positional_embedding", 0, 2);
    const auto root = static_cast<int>(std::lround(std::sqrt(static_cast<double>(positions))));
    vit.classPosition = vit.classToken && root * root != positions;
    return vit;
}

Vit shapesOnly(Vit vit) {
    vit.blocks.heads = 1;
    vit.blocks.activation = Activation::Gelu;
    vit.blocks.epsilon = TransformerConfig().epsilon;
    vit.blocks.norms = Norms::Before;
    vit.blocks.layerScale = vit.blocks.layerScale == 0 ? 0 : 1;
    vit.poolHeads = vit.pool == Vit::Pool::Map ? 1 : 0;
    vit.rotary.reset();
    vit.classPosition = vit.classToken && vit.classPosition;
    return vit;
}

}  // namespace diagonal
