// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/parts/shapes.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/text_towers/open_clip_text.h"
#include "engine/parts/text_towers/text_numbers.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr const char* kClassToken = "text.cls_emb";

/// CoCa's text tower (Yu et al., 2022) as open_clip has it: causal, with a learned class token behind the text, at the
/// place behind the context, whose output is the feature. Names are those of open_clip's TextTransformer.
class CocaText : public OpenClipText {
  public:
    CocaText(const Scope& scope, const ClipConfig& config)
        : OpenClipText(scope, config, config.text.contextLength + 1) {
        m_classToken = register_parameter("cls_emb", scope.take("cls_emb", {m_config.width}, Init::normal(0.01)));
    }

    /// open_clip's published weights were trained with a mask of keys that stands one place too far to the right:
    /// unseen is what follows a token of padding (CLIP's "!" has the same id), and the first such token is seen. The
    /// class token sees itself only behind a text that fills the context. Padding behind the first such token is
    /// spared.
    Tensor forward(const Tensor& ids, const Tensor& lengths) override {
        const int64_t length = std::min<int64_t>(ids.size(1) + 1, m_config.contextLength), n = ids.size(0);
        const Tensor places = torch::arange(length, ids.options());
        const Tensor words = torch::constant_pad_nd(ids, {0, length - ids.size(1)}, m_config.padId)
                                 .masked_fill(places.unsqueeze(0) >= lengths.unsqueeze(1), m_config.padId);
        const Tensor positions = widenedTo(type(), m_positions);
        const Tensor classToken = widenedTo(type(), m_classToken) + positions[m_config.contextLength];
        const Tensor x = torch::cat(
            {embeddingRows(m_embedding, words, type()) + positions.narrow(0, 0, length), classToken.expand({n, 1, -1})},
            1);
        const Tensor keys =
            torch::cat({torch::ones({n, 1}, ids.options().dtype(torch::kBool)), words != m_config.padId}, 1);
        const Tensor seen = keys.unsqueeze(1).expand({-1, length + 1, -1}).tril();
        return (*m_norm)(m_transformer->forwardMasked(x, seen)).matmul(widened(m_projection, x));
    }

  private:
    Tensor m_classToken;
};

class CocaTextKind : public TextKind {
  public:
    const char* name() const override { return "coca"; }

    bool parse(const JsonReader& text, const std::filesystem::path& /*folder*/, ClipConfig& config) const override {
        if (!text.boolean("embed_cls", false)) return false;
        readTextNumbers(text, config);
        for (const char* key : {"correct_cls_mask", "no_causal_mask", "proj_bias"})
            text.refuse(key);
        config.text.kind = name();
        config.text.padId = text.integer("pad_id", 0, 0, config.text.vocabularySize - 1);
        return true;
    }

    void write(const ClipConfig& config, nlohmann::json& text) const override {
        writeTextNumbers(config, text);
        text["embed_cls"] = true;
        if (config.text.padId != 0) text["pad_id"] = config.text.padId;
    }

    bool fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        if (!shapes.has(kClassToken)) return false;
        textNumbersOf(shapes, config);
        config.text.kind = name();
        --config.text.contextLength;  // the class token has a position too
        return true;
    }

    int extraTokens() const override { return 1; }

    bool owns(const Tensors& tensors) const override { return tensors.contains(kClassToken); }

    std::shared_ptr<TextTower> build(const Scope& scope, const ClipConfig& config) const override {
        return std::make_shared<CocaText>(scope, config);
    }
};

}  // namespace

const TextKind& cocaTextKind() {
    static const CocaTextKind kind;
    return kind;
}

}  // namespace diagonal
