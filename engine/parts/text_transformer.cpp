// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include "engine/base/libtorch.h"
#include "engine/parts/half_weights.h"
#include "engine/parts/text_tower.h"
#include "engine/parts/transformer.h"

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
        const bool packs = m_config.causal && ids.device().is_cpu() && ids.size(0) > 1;
        const Tensor normalized = (*m_norm)(packs ? encodePacked(ids, ends) : encode(ids, ends));
        const Tensor pooled = normalized.matmul(widened(m_projection, normalized));
        return m_projectionBias.defined() ? pooled + m_projectionBias : pooled;
    }

    void setGradCheckpointing(bool on) override { m_transformer->setGradCheckpointing(on); }

  private:
    Tensor encode(const Tensor& ids, const Tensor& ends) const {
        const Tensor x =
            embeddingRows(m_embedding, ids, type()) + widenedTo(type(), m_positions).narrow(0, 0, ids.size(1));
        return m_transformer->forwardPooled(x, ends, m_config.causal);
    }

    /// What stands behind an end-of-text token is padding that takes time, and nothing that is seen before it. Texts of
    /// one length stand together. A GPU has more use for one large batch.
    Tensor encodePacked(const Tensor& ids, const Tensor& ends) const {
        const Tensor order = ends.argsort(/*stable=*/true, 0, false);
        const Tensor sorted = ends.index_select(0, order).contiguous();
        const int64_t* lasts = sorted.const_data_ptr<int64_t>();
        Packing packing;
        std::vector<Tensor> places;  // of the tokens in each kind of sequence: text and position
        for (int64_t begin = 0, end = 0; begin < sorted.numel(); begin = end) {
            while (end < sorted.numel() && lasts[end] == lasts[begin])
                ++end;
            packing.push_back({end - begin, lasts[begin] + 1});
            const Tensor positions = torch::arange(packing.back().length, ends.options());
            places.push_back(
                (order.slice(0, begin, end).unsqueeze(1) * ids.size(1) + positions.unsqueeze(0)).flatten());
        }
        const Tensor place = torch::cat(places);
        const Tensor x = embeddingRows(m_embedding, ids.flatten().index_select(0, place), type()) +
                         embeddingRows(m_positions, place.remainder(ids.size(1)), type());
        return m_transformer->forwardLast(x, packing).index_select(0, order.argsort());
    }

    /// Of activations: gains and biases are never stored narrower than they are used.
    torch::ScalarType type() const { return m_norm->weight.scalar_type(); }

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
