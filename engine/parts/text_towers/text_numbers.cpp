// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/text_towers/text_numbers.h"

#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/parts/shapes.h"
#include "engine/parts/transformer_json.h"

namespace diagonal {

void readTextNumbers(const JsonReader& text, ClipConfig& config) {
    TextConfig& tower = config.text;
    tower.contextLength = text.integer("context_length", 77, 3, 65536);
    tower.vocabularySize = text.integer("vocab_size", 49408, 4, 4'000'000);
    tower.width = text.integer("width", 512, 1, 16384);
    tower.heads = text.integer("heads", 8, 1, 1024);
    tower.layers = text.integer("layers", 12, 1, 200);
    tower.mlpRatio = text.number("mlp_ratio", 4.0, 0.01, 64);
    if (tower.width % tower.heads != 0) throw text.bad("width", "is no multiple of heads");
    refuseOtherBlocks(text);
    for (const char* key : {"ls_init_value", "attentional_pool", "final_ln_after_pool"})
        text.refuse(key);
    const std::string projection = text.text("proj_type", "linear");
    if (projection != "none") text.refuse("proj_type", "linear");
    tower.projects = projection != "none";
    if (!tower.projects && tower.width != config.embedDim)
        throw text.bad("proj_type", "is none, and the tower is not as wide as embed_dim");
    tower.projectionBias = tower.projects && text.boolean("proj_bias", false);
    if (text.has("norm_kwargs")) tower.epsilon = text.object("norm_kwargs").number("eps", 1e-5, 1e-12, 1);
    if (config.textActivation != Activation::QuickGelu && text.has("act_kwargs")) {
        const JsonReader options = text.object("act_kwargs");
        const std::string approximation = options.text("approximate", "none");
        if (approximation == "tanh") config.textActivation = Activation::GeluTanh;
        if (approximation != "none" && approximation != "tanh") options.refuse("approximate");
    }
}

void writeTextNumbers(const ClipConfig& config, nlohmann::json& text) {
    const TextConfig& tower = config.text;
    text.update({{"context_length", tower.contextLength},
                 {"vocab_size", tower.vocabularySize},
                 {"width", tower.width},
                 {"heads", tower.heads},
                 {"layers", tower.layers},
                 {"mlp_ratio", tower.mlpRatio}});
    if (!tower.projects) text["proj_type"] = "none";
    if (tower.projectionBias) text["proj_bias"] = true;
    if (tower.epsilon != TextConfig().epsilon) text["norm_kwargs"] = {{"eps", tower.epsilon}};
    if (config.textActivation == Activation::GeluTanh) text["act_kwargs"] = {{"approximate", "tanh"}};
}

void textNumbersOf(const Shapes& shapes, ClipConfig& config) {
    const std::string blocks = "text.transformer.resblocks";
    TextConfig& text = config.text;
    text.vocabularySize = shapes.size("text.token_embedding.weight", 0, 2);
    text.width = shapes.size("text.token_embedding.weight", 1, 2);
    text.projects = shapes.has("text.text_projection");
    config.embedDim = text.projects ? shapes.size("text.text_projection", 1, 2) : text.width;
    text.contextLength = shapes.size("text.positional_embedding", 0, 2);
    text.layers = shapes.layers(blocks);
    text.heads = shapes.usualHeads(text.width);
    text.mlpRatio = static_cast<double>(shapes.size(blocks + ".0.mlp.c_fc.weight", 0, 2)) / text.width;
    text.projectionBias = shapes.has("text.text_projection_bias");
}

}  // namespace diagonal
