// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "engine/base/libtorch.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/transformer.h"

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

}  // namespace

std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const SiglipVitConfig& vit) {
    return std::make_shared<SiglipVisionTransformer>(scope, config, vit);
}

}  // namespace diagonal
