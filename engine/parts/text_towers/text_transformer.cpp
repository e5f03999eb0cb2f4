// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/text_towers/open_clip_text.h"
#include "engine/parts/text_towers/packed_texts.h"
#include "engine/parts/text_towers/text_numbers.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// CLIP's and SigLIP's text tower, under the names of open_clip's TextTransformer.
class TextTransformer : public OpenClipText {
  public:
    TextTransformer(const Scope& scope, const ClipConfig& config)
        : OpenClipText(scope, config, config.text.contextLength) {
        if (m_projection.defined() && m_config.projectionBias)
            m_projectionBias = register_parameter(
                "text_projection_bias", scope.take("text_projection_bias", {config.embedDim}, Init::value(0)));
    }

    Tensor forward(const Tensor& ids, const Tensor& lengths) override {
        const bool packs = m_config.causal && ids.device().is_cpu() && ids.size(0) > 1;
        const Tensor counts = m_config.pooling == Pooling::End ? untilEnd(ids, lengths) : lengths;
        const Tensor normalized = (*m_norm)(packs ? encodePacked(ids, counts) : encode(ids, counts));
        if (!m_projection.defined()) return normalized;
        const Tensor pooled = normalized.matmul(widened(m_projection, normalized));
        return m_projectionBias.defined() ? pooled + m_projectionBias : pooled;
    }

  private:
    /// Lengths up to the first end-of-text token, which a text may hold in its midst; as they are where there is none.
    Tensor untilEnd(const Tensor& ids, const Tensor& lengths) const {
        const Tensor ends = ids == m_config.endId;
        return torch::minimum(lengths, torch::where(ends.any(1), ends.to(torch::kInt).argmax(1) + 1, lengths));
    }

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

    Tensor m_projectionBias;
};

/// open_clip's own text towers.
class TextTransformerKind : public TextKind {
  public:
    const char* name() const override { return "clip"; }

    bool parse(const JsonReader& text, const std::filesystem::path& /*folder*/, ClipConfig& config) const override {
        readTextNumbers(text, config);
        TextConfig& tower = config.text;
        tower.causal = !text.boolean("no_causal_mask", false);
        if (!tower.causal) text.refuse("use_pad_mask");
        const std::string pooling = text.text("pool_type", "argmax");
        if (pooling != "argmax" && pooling != "last" && pooling != "eos") text.refuse("pool_type");
        // open_clip hides no padding: where a token sees those behind it, padding counts.
        tower.fillsContext = pooling == "last" || !tower.causal;
        tower.pooling = pooling == "argmax" && !tower.causal ? Pooling::LargestId : Pooling::Last;
        if (pooling == "eos") {
            tower.pooling = Pooling::End;
            tower.endId = text.integer("eos_id", 2, 0, tower.vocabularySize - 1);
        }
        return true;
    }

    void write(const ClipConfig& config, nlohmann::json& text) const override {
        writeTextNumbers(config, text);
        if (!config.text.causal) text["no_causal_mask"] = true;
        if (config.text.fillsContext && config.text.pooling == Pooling::Last) text["pool_type"] = "last";
        if (config.text.pooling == Pooling::End) text.update({{"pool_type", "eos"}, {"eos_id", config.text.endId}});
    }

    bool fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        textNumbersOf(shapes, config);
        return true;
    }

    TextConfig shapesOnly(TextConfig text) const override {
        text.heads = 1;
        text.causal = true;
        text.fillsContext = false;
        text.pooling = Pooling::Last;
        text.endId = 0;
        text.epsilon = TextConfig().epsilon;
        return text;
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
