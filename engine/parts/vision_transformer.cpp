// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "engine/base/libtorch.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/transformer.h"

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
        m_lnPost = addChild<LayerNorm>(*this, scope, "ln_post", vit.width, kEpsilon);
        m_projection = parameter("proj", {vit.width, config.embedDim});
    }

    Tensor forward(const Tensor& images) override {
        const Tensor x = tokens(images);
        const Tensor classToken = torch::zeros({x.size(0)}, torch::TensorOptions(torch::kLong).device(x.device()));
        return project(m_transformer->forwardPooled(x, classToken, false));
    }

    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        return project(m_transformer->forwardTraced(tokens(images), trace.attention).select(1, 0));
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
    Tensor project(const Tensor& classTokens) const { return (*m_lnPost)(classTokens).matmul(m_projection); }

    double m_patchDropout = 0;
    std::shared_ptr<Conv2d> m_patches;
    Tensor m_classEmbedding, m_positions, m_projection;
    std::shared_ptr<LayerNorm> m_lnPre, m_lnPost;
    std::shared_ptr<Transformer> m_transformer;
};

}  // namespace

std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const VitConfig& vit) {
    return std::make_shared<VisionTransformer>(scope, config, vit);
}

}  // namespace diagonal
