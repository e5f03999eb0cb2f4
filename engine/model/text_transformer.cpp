// SPDX-License-Identifier: Apache-2.0
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "engine/model/text_tower.h"
#include "engine/model/transformer.h"

namespace diagonal {

using torch::Tensor;

namespace {

class TextTransformer : public TextTower {
  public:
    TextTransformer(torch::nn::Module& model, const Scope& scope, const ClipConfig& config) : m_config(config.text) {
        const TextConfig& text = config.text;
        m_transformer = addChild<Transformer>(
            model, scope, "transformer",
            TransformerConfig{text.width, text.layers, text.heads, hiddenWidth(text.width, text.mlpRatio),
                              config.textActivation, text.epsilon, true});
        const auto embedding = model.register_module("token_embedding", std::make_shared<torch::nn::Module>());
        m_embedding = embedding->register_parameter(
            "weight",
            (scope / "token_embedding").take("weight", {text.vocabularySize, text.width}, Init::normal(0.02)));
        m_positions = model.register_parameter(
            "positional_embedding",
            scope.take("positional_embedding", {text.contextLength, text.width}, Init::normal(0.01)));
        m_norm = addChild<LayerNorm>(model, scope, "ln_final", text.width, text.epsilon);
        m_projection = model.register_parameter(
            "text_projection",
            scope.take("text_projection", {text.width, config.embedDim}, Init::normal(std::pow(text.width, -0.5))));
        if (text.projectionBias)
            m_projectionBias = model.register_parameter(
                "text_projection_bias", scope.take("text_projection_bias", {config.embedDim}, Init::value(0)));
    }

    Tensor forward(const Tensor& ids, const Tensor& ends) override {
        const Tensor x = torch::embedding(m_embedding, ids) + m_positions.narrow(0, 0, ids.size(1));
        const bool sorts = m_config.causal && ids.device().is_cpu() && ids.size(0) >= 2 * kFewest;
        return sorts ? encodeByLength(x, ends) : encode(x, ends);
    }

  private:
    /// Texts in a group that is worth a pass of its own.
    static constexpr int64_t kFewest = 8;
    static constexpr int64_t kMostGroups = 8;

    /// Texts of like lengths together: what stands behind an end-of-text token is padding that takes time, and nothing
    /// that is seen before it. A GPU has more use for one large batch.
    Tensor encodeByLength(const Tensor& x, const Tensor& ends) {
        const auto [sorted, order] = ends.sort();
        const int64_t texts = x.size(0), groups = std::min(kMostGroups, texts / kFewest);
        std::vector<Tensor> parts;
        for (int64_t i = 0; i < groups; ++i) {
            const int64_t begin = texts * i / groups, end = texts * (i + 1) / groups;
            const Tensor members = order.narrow(0, begin, end - begin);
            const int64_t length = sorted[end - 1].item<int64_t>() + 1;
            parts.push_back(encode(x.narrow(1, 0, length).index_select(0, members), ends.index_select(0, members)));
        }
        return torch::cat(parts).index_select(0, order.argsort());
    }

    /// x: [n, length, width], tokens with their positions.
    Tensor encode(const Tensor& x, const Tensor& ends) {
        const Tensor pooled = (*m_norm)(m_transformer->forwardPooled(x, ends, m_config.causal)).matmul(m_projection);
        return m_projectionBias.defined() ? pooled + m_projectionBias : pooled;
    }

    TextConfig m_config;
    std::shared_ptr<Transformer> m_transformer;
    std::shared_ptr<LayerNorm> m_norm;
    Tensor m_embedding, m_positions, m_projection, m_projectionBias;
};

}  // namespace

std::unique_ptr<TextTower> makeTextTransformer(torch::nn::Module& model, const Scope& scope, const ClipConfig& config) {
    return std::make_unique<TextTransformer>(model, scope, config);
}

}  // namespace diagonal
