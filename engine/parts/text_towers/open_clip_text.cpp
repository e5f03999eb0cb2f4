// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/text_towers/open_clip_text.h"

#include <cmath>

#include "engine/base/libtorch.h"

namespace diagonal {

OpenClipText::OpenClipText(const Scope& scope, const ClipConfig& config, int64_t positions) : m_config(config.text) {
    const TextConfig& text = config.text;
    m_transformer = addChild<Transformer>(
        *this, scope, "transformer",
        TransformerConfig{text.width, text.layers, text.heads, hiddenWidth(text.width, text.mlpRatio),
                          config.textActivation, text.epsilon, true});
    const auto embedding = register_module("token_embedding", std::make_shared<torch::nn::Module>());
    m_embedding = embedding->register_parameter(
        "weight", (scope / "token_embedding").take("weight", {text.vocabularySize, text.width}, Init::normal(0.02)));
    m_positions = register_parameter("positional_embedding",
                                     scope.take("positional_embedding", {positions, text.width}, Init::normal(0.01)));
    m_norm = addChild<LayerNorm>(*this, scope, "ln_final", text.width, text.epsilon);
    if (text.projects)
        m_projection = register_parameter(
            "text_projection",
            scope.take("text_projection", {text.width, config.embedDim}, Init::normal(std::pow(text.width, -0.5))));
}

}  // namespace diagonal
