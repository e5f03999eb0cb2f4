// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "engine/base/libtorch.h"
#include "engine/parts/half_weights.h"
#include "engine/parts/text_tower.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// The baseline of the CLIP paper: the mean of a text's token embeddings, start and end included, projected.
class Cbow : public TextTower {
  public:
    Cbow(torch::nn::Module& model, const Scope& scope, const ClipConfig& config) {
        const TextConfig& text = config.text;
        const auto embedding = model.register_module("token_embedding", std::make_shared<torch::nn::Module>());
        m_embedding = embedding->register_parameter(
            "weight", (scope / "token_embedding").take("weight", {text.vocabularySize, text.width}, Init::normal(1.0)));
        m_projection = model.register_parameter(
            "text_projection",
            scope.take("text_projection", {text.width, config.embedDim}, Init::normal(std::pow(text.width, -0.5))));
    }

    void setGradCheckpointing(bool /*on*/) override {}  // there are no blocks

    Tensor forward(const Tensor& ids, const Tensor& ends) override {
        const Tensor positions = torch::arange(ids.size(1), ids.options());
        const bool isHalf = m_embedding.scalar_type() == torch::kBFloat16;
        const Tensor words = embeddingRows(m_embedding, ids, isHalf ? torch::kFloat : m_embedding.scalar_type());
        const Tensor used = (positions.unsqueeze(0) <= ends.unsqueeze(1)).to(words.scalar_type());
        const Tensor mean = (words * used.unsqueeze(2)).sum(1) / used.sum(1, true);
        return mean.matmul(widened(m_projection, mean));
    }

  private:
    Tensor m_embedding, m_projection;
};

}  // namespace

std::unique_ptr<TextTower> makeCbow(torch::nn::Module& model, const Scope& scope, const ClipConfig& config) {
    return std::make_unique<Cbow>(model, scope, config);
}

}  // namespace diagonal
