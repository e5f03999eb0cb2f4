// SPDX-License-Identifier: Apache-2.0
#include "engine/model/clip.h"

#include <torch/torch.h>

#include <cmath>

namespace diagonal {

using torch::Tensor;

namespace {

constexpr double kLayerNormEpsilon = 1e-5;

Tensor unitLength(const Tensor& features, bool normalized) {
    return normalized
               ? torch::nn::functional::normalize(features, torch::nn::functional::NormalizeFuncOptions().dim(-1))
               : features;
}

}  // namespace

ClipModel::ClipModel(const ClipConfig& config) : m_config(config) {
    const TextConfig& text = config.text;
    m_visual = register_module(
        "visual", std::visit([&](const auto& tower) { return makeImageTower(config, tower); }, config.vision));
    m_transformer =
        register_module("transformer", std::make_shared<Transformer>(TransformerConfig{
                                           text.width, text.layers, text.heads, text.mlpRatio, config.quickGelu}));
    m_transformer->initializeAsTextTower();

    const auto module = [this](const char* name) {
        return register_module(name, std::make_shared<torch::nn::Module>(name));
    };
    m_tokenEmbedding =
        module("token_embedding")->register_parameter("weight", torch::randn({text.vocabularySize, text.width}) * 0.02);
    m_positions = register_parameter("positional_embedding", torch::randn({text.contextLength, text.width}) * 0.01);
    const auto finalNorm = module("ln_final");
    m_finalGain = finalNorm->register_parameter("weight", torch::ones({text.width}));
    m_finalBias = finalNorm->register_parameter("bias", torch::zeros({text.width}));
    m_textProjection =
        register_parameter("text_projection", torch::randn({text.width, config.embedDim}) * std::pow(text.width, -0.5));
    m_logitScale = register_parameter("logit_scale", torch::tensor(std::log(1 / 0.07), torch::kFloat));
}

Tensor ClipModel::encodeImage(const Tensor& images, bool normalized) {
    return unitLength(m_visual->forward(images), normalized);
}

Tensor ClipModel::encodeText(const Tensor& ids, const Tensor& ends, bool normalized) {
    Tensor x = torch::embedding(m_tokenEmbedding, ids) + m_positions.narrow(0, 0, ids.size(1));
    x = m_transformer->forward(x, ends, true);
    x = torch::layer_norm(x, {m_config.text.width}, m_finalGain, m_finalBias, kLayerNormEpsilon);
    return unitLength(x.matmul(m_textProjection), normalized);
}

std::map<std::string, Tensor> ClipModel::stateDict() const {
    std::map<std::string, Tensor> state;
    for (const auto& item : named_parameters())
        state.emplace(item.key(), item.value());
    for (const auto& item : named_buffers())
        state.emplace(item.key(), item.value());
    return state;
}

}  // namespace diagonal
