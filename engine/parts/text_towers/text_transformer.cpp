// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/half_weights.h"
#include "engine/parts/shapes.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/text_tower.h"
#include "engine/parts/text_towers/packed_texts.h"
#include "engine/parts/transformer.h"
#include "engine/parts/transformer_json.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// CLIP's and SigLIP's text tower, under the names of open_clip's TextTransformer.
class TextTransformer : public TextTower {
  public:
    TextTransformer(const Scope& scope, const ClipConfig& config) : m_config(config.text) {
        const TextConfig& text = config.text;
        m_transformer = addChild<Transformer>(
            *this, scope, "transformer",
            TransformerConfig{text.width, text.layers, text.heads, hiddenWidth(text.width, text.mlpRatio),
                              config.textActivation, text.epsilon, true});
        const auto embedding = register_module("token_embedding", std::make_shared<torch::nn::Module>());
        m_embedding = embedding->register_parameter(
            "weight",
            (scope / "token_embedding").take("weight", {text.vocabularySize, text.width}, Init::normal(0.02)));
        m_positions = register_parameter(
            "positional_embedding",
            scope.take("positional_embedding", {text.contextLength, text.width}, Init::normal(0.01)));
        m_norm = addChild<LayerNorm>(*this, scope, "ln_final", text.width, text.epsilon);
        if (!text.projects) return;
        m_projection = register_parameter(
            "text_projection",
            scope.take("text_projection", {text.width, config.embedDim}, Init::normal(std::pow(text.width, -0.5))));
        if (text.projectionBias)
            m_projectionBias = register_parameter(
                "text_projection_bias", scope.take("text_projection_bias", {config.embedDim}, Init::value(0)));
    }

    Tensor forward(const Tensor& ids, const Tensor& lengths) override {
        const bool packs = m_config.causal && ids.device().is_cpu() && ids.size(0) > 1;
        const Tensor normalized = (*m_norm)(packs ? encodePacked(ids, lengths) : encode(ids, lengths));
        if (!m_projection.defined()) return normalized;
        const Tensor pooled = normalized.matmul(widened(m_projection, normalized));
        return m_projectionBias.defined() ? pooled + m_projectionBias : pooled;
    }

    void setGradCheckpointing(bool on) override { m_transformer->setGradCheckpointing(on); }

  private:
    Tensor encode(const Tensor& ids, const Tensor& lengths) const {
        const Tensor x =
            embeddingRows(m_embedding, ids, type()) + widenedTo(type(), m_positions).narrow(0, 0, ids.size(1));
        return m_transformer->forwardPooled(x, m_config.pooling == Pooling::LargestId ? ids.argmax(1) : lengths - 1,
                                            m_config.causal);
    }

    /// What stands behind an end-of-text token is padding, and nothing that is seen before it. A GPU has more use for
    /// one large batch.
    Tensor encodePacked(const Tensor& ids, const Tensor& lengths) const {
        const PackedTexts texts = packTexts(lengths, ids.size(1));
        const Tensor x = embeddingRows(m_embedding, ids.flatten().index_select(0, texts.places), type()) +
                         embeddingRows(m_positions, texts.places.remainder(ids.size(1)), type());
        return m_transformer->forwardLast(x, texts.packing).index_select(0, texts.order.argsort());
    }

    /// Of activations: gains and biases are never stored narrower than they are used.
    torch::ScalarType type() const { return m_norm->weight.scalar_type(); }

    TextConfig m_config;
    std::shared_ptr<Transformer> m_transformer;
    std::shared_ptr<LayerNorm> m_norm;
    Tensor m_embedding, m_positions, m_projection, m_projectionBias;
};

/// open_clip's own text towers.
class TextTransformerKind : public TextKind {
  public:
    const char* name() const override { return "clip"; }

    bool parse(const JsonReader& text, const std::filesystem::path& /*folder*/, ClipConfig& config) const override {
        TextConfig& tower = config.text;
        tower.contextLength = text.integer("context_length", 77, 3, 65536);
        tower.vocabularySize = text.integer("vocab_size", 49408, 4, 4'000'000);
        tower.width = text.integer("width", 512, 1, 16384);
        tower.heads = text.integer("heads", 8, 1, 1024);
        tower.layers = text.integer("layers", 12, 1, 200);
        tower.mlpRatio = text.number("mlp_ratio", 4.0, 0.01, 64);
        if (tower.width % tower.heads != 0) throw text.bad("width", "is no multiple of heads");
        refuseOtherBlocks(text);
        for (const char* key : {"embed_cls", "ls_init_value"})
            text.refuse(key);
        const std::string projection = text.text("proj_type", "linear");
        if (projection != "none") text.refuse("proj_type", "linear");
        tower.projects = projection != "none";
        if (!tower.projects && tower.width != config.embedDim)
            throw text.bad("proj_type", "is none, and the tower is not as wide as embed_dim");
        tower.causal = !text.boolean("no_causal_mask", false);
        tower.projectionBias = tower.projects && text.boolean("proj_bias", false);
        const std::string pooling = text.text("pool_type", "argmax");
        if (pooling != "argmax" && pooling != "last") text.refuse("pool_type");
        // open_clip hides no padding: where a token sees those behind it, padding counts.
        tower.fillsContext = pooling == "last" || !tower.causal;
        tower.pooling = pooling == "argmax" && !tower.causal ? Pooling::LargestId : Pooling::Last;
        if (text.has("norm_kwargs")) tower.epsilon = text.object("norm_kwargs").number("eps", 1e-5, 1e-12, 1);
        if (config.textActivation != Activation::QuickGelu && text.has("act_kwargs")) {
            const JsonReader options = text.object("act_kwargs");
            const std::string approximation = options.text("approximate", "none");
            if (approximation == "tanh") config.textActivation = Activation::GeluTanh;
            if (approximation != "none" && approximation != "tanh") options.refuse("approximate");
        }
        return true;
    }

    void write(const ClipConfig& config, nlohmann::json& text) const override {
        const TextConfig& tower = config.text;
        text.update({{"context_length", tower.contextLength},
                     {"vocab_size", tower.vocabularySize},
                     {"width", tower.width},
                     {"heads", tower.heads},
                     {"layers", tower.layers},
                     {"mlp_ratio", tower.mlpRatio}});
        if (!tower.causal) text["no_causal_mask"] = true;
        if (tower.fillsContext && tower.pooling == Pooling::Last) text["pool_type"] = "last";
        if (!tower.projects) text["proj_type"] = "none";
        if (tower.projectionBias) text["proj_bias"] = true;
        if (tower.epsilon != TextConfig().epsilon) text["norm_kwargs"] = {{"eps", tower.epsilon}};
        if (config.textActivation == Activation::GeluTanh) text["act_kwargs"] = {{"approximate", "tanh"}};
    }

    bool fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        const std::string blocks = "text.transformer.resblocks";
        TextConfig& text = config.text;
        text.vocabularySize = shapes.size("text.token_embedding.weight", 0, 2);
        text.width = shapes.size("text.token_embedding.weight", 1, 2);
        text.projects = shapes.has("text.text_projection");
        config.embedDim = text.projects ? shapes.size("text.text_projection", 1, 2) : text.width;
        text.contextLength = shapes.size("text.positional_embedding", 0, 2);
        text.layers = shapes.layers(blocks);
        text.heads = usualHeads(text.width);
        text.mlpRatio = static_cast<double>(shapes.size(blocks + ".0.mlp.c_fc.weight", 0, 2)) / text.width;
        text.projectionBias = shapes.has("text.text_projection_bias");
        return true;
    }

    bool owns(const Tensors& tensors) const override {
        return tensors.contains("token_embedding.weight") || tensors.contains("text.token_embedding.weight");
    }

    std::shared_ptr<TextTower> build(const Scope& scope, const ClipConfig& config) const override {
        return std::make_shared<TextTransformer>(scope, config);
    }
};

}  // namespace

const TextKind& textTransformerKind() {
    static const TextTransformerKind kind;
    return kind;
}

}  // namespace diagonal
