// SPDX-License-Identifier: Apache-2.0
#include <torch/torch.h>

#include <cmath>

#include "engine/model/image_tower.h"
#include "engine/model/transformer.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// open_clip's VisionTransformer with a class token and learned positions.
class VisionTransformer : public ImageTower {
  public:
    VisionTransformer(const ClipConfig& config, const VitConfig& vit) {
        const int64_t grid = config.imageSize / vit.patchSize;
        const double scale = std::pow(vit.width, -0.5);
        m_patches = register_module(
            "conv1",
            torch::nn::Conv2d(torch::nn::Conv2dOptions(3, vit.width, vit.patchSize).stride(vit.patchSize).bias(false)));
        m_classEmbedding = register_parameter("class_embedding", scale * torch::randn({vit.width}));
        m_positions = register_parameter("positional_embedding", scale * torch::randn({grid * grid + 1, vit.width}));
        m_lnPre = register_module("ln_pre", torch::nn::LayerNorm(torch::nn::LayerNormOptions({vit.width})));
        m_transformer = register_module(
            "transformer", std::make_shared<Transformer>(TransformerConfig{
                               vit.width, vit.layers, vit.width / vit.headWidth, vit.mlpRatio, config.quickGelu}));
        m_lnPost = register_module("ln_post", torch::nn::LayerNorm(torch::nn::LayerNormOptions({vit.width})));
        m_projection = register_parameter("proj", scale * torch::randn({vit.width, config.embedDim}));
    }

    Tensor forward(const Tensor& images) override {
        Tensor x = m_patches(images).flatten(2).transpose(1, 2);
        x = torch::cat({m_classEmbedding.expand({x.size(0), 1, -1}), x}, 1) + m_positions;
        const Tensor classToken = torch::zeros({x.size(0)}, torch::TensorOptions(torch::kLong).device(x.device()));
        return m_lnPost(m_transformer->forward(m_lnPre(x), classToken, false)).matmul(m_projection);
    }

  private:
    torch::nn::Conv2d m_patches{nullptr};
    Tensor m_classEmbedding, m_positions, m_projection;
    torch::nn::LayerNorm m_lnPre{nullptr}, m_lnPost{nullptr};
    std::shared_ptr<Transformer> m_transformer;
};

}  // namespace

std::shared_ptr<ImageTower> makeImageTower(const ClipConfig& config, const VitConfig& vit) {
    return std::make_shared<VisionTransformer>(config, vit);
}

}  // namespace diagonal
