// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/half_weights.h"
#include "engine/parts/shapes.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/text_tower.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// The baseline of the CLIP paper: the mean of a text's token embeddings, start and end included, projected.
class Cbow : public TextTower {
  public:
    Cbow(const Scope& scope, const ClipConfig& config) {
        const TextConfig& text = config.text;
        const auto embedding = register_module("token_embedding", std::make_shared<torch::nn::Module>());
        m_embedding = embedding->register_parameter(
            "weight", (scope / "token_embedding").take("weight", {text.vocabularySize, text.width}, Init::normal(1.0)));
        m_projection = register_parameter(
            "text_projection",
            scope.take("text_projection", {text.width, config.embedDim}, Init::normal(std::pow(text.width, -0.5))));
    }

    void setGradCheckpointing(bool /*on*/) override {}  // there are no blocks

    Tensor forward(const Tensor& ids, const Tensor& lengths) override {
        const Tensor positions = torch::arange(ids.size(1), ids.options());
        const bool isHalf = m_embedding.scalar_type() == torch::kBFloat16;
        const Tensor words = embeddingRows(m_embedding, ids, isHalf ? torch::kFloat : m_embedding.scalar_type());
        const Tensor used = (positions.unsqueeze(0) < lengths.unsqueeze(1)).to(words.scalar_type());
        const Tensor mean = (words * used.unsqueeze(2)).sum(1) / used.sum(1, true);
        return mean.matmul(widened(m_projection, mean));
    }

  private:
    Tensor m_embedding, m_projection;
};

class CbowKind : public TextKind {
  public:
    const char* name() const override { return "cbow"; }

    bool parse(const JsonReader& text, const std::filesystem::path& /*folder*/, ClipConfig& config) const override {
        if (text.text("model_type", "") != "cbow") return false;
        config.text.kind = name();
        config.text.contextLength = text.integer("context_length", 77, 3, 65536);
        config.text.vocabularySize = text.integer("vocab_size", 49408, 4, 4'000'000);
        config.text.width = text.integer("width", 512, 1, 16384);
        config.text.heads = config.text.layers = 0;
        return true;
    }

    void write(const ClipConfig& config, nlohmann::json& text) const override {
        text.update({{"model_type", "cbow"},
                     {"context_length", config.text.contextLength},
                     {"vocab_size", config.text.vocabularySize},
                     {"width", config.text.width}});
    }

    bool fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        if (shapes.has("text.positional_embedding")) return false;
        config.text.kind = name();
        config.text.vocabularySize = shapes.size("text.token_embedding.weight", 0, 2);
        config.text.width = shapes.size("text.token_embedding.weight", 1, 2);
        config.text.heads = config.text.layers = 0;
        config.embedDim = shapes.size("text.text_projection", 1, 2);
        return true;
    }

    bool owns(const Tensors& tensors) const override {
        return tensors.contains("token_embedding.weight") || tensors.contains("text.token_embedding.weight");
    }

    std::shared_ptr<TextTower> build(const Scope& scope, const ClipConfig& config) const override {
        return std::make_shared<Cbow>(scope, config);
    }
};

}  // namespace

const TextKind& cbowKind() {
    static const CbowKind kind;
    return kind;
}

}  // namespace diagonal
