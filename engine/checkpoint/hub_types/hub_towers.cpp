// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hub_types/hub_towers.h"

#include "engine/base/libtorch.h"

namespace diagonal {

using nlohmann::json;
using Form = TensorRule::Form;

namespace {

Activation activationOf(const JsonReader& tower, const char* fallback) {
    const std::string name = tower.text("hidden_act", fallback);
    if (name == "quick_gelu") return Activation::QuickGelu;
    if (name == "gelu") return Activation::Gelu;
    if (name == "gelu_pytorch_tanh" || name == "gelu_new") return Activation::GeluTanh;
    throw tower.bad("hidden_act", "is \"" + name + "\", which this version of Diagonal cannot compute");
}

const char* nameOfActivation(Activation activation) {
    return activation == Activation::QuickGelu  ? "quick_gelu"
           : activation == Activation::GeluTanh ? "gelu_pytorch_tanh"
                                                : "gelu";
}

void requireEpsilon(const JsonReader& vision, double needed) {
    const double epsilon = vision.number("layer_norm_eps", needed, 0, 1);
    if (epsilon < needed * 0.999 || epsilon > needed * 1.001) vision.refuse("layer_norm_eps");
}

/// q, k and v stand apart.
void addBlocks(TensorRules& rules, const std::string& ours, const std::string& theirs, int layers) {
    for (int i = 0; i < layers; ++i) {
        const std::string block = ours + "." + std::to_string(i), layer = theirs + "." + std::to_string(i);
        const std::string attention = layer + ".self_attn.";
        for (const char* part : {"weight", "bias"})
            rules.push_back({block + ".attn.in_proj_" + part,
                             {attention + "q_proj." + part, attention + "k_proj." + part, attention + "v_proj." + part},
                             Form::Stacked});
        addWeightAndBias(rules, block + ".attn.out_proj", attention + "out_proj");
        addWeightAndBias(rules, block + ".ln_1", layer + ".layer_norm1");
        addWeightAndBias(rules, block + ".ln_2", layer + ".layer_norm2");
        addWeightAndBias(rules, block + ".mlp.c_fc", layer + ".mlp.fc1");
        addWeightAndBias(rules, block + ".mlp.c_proj", layer + ".mlp.fc2");
    }
}

}  // namespace

void readHubText(const JsonReader& text, const HubDefaults& defaults, ClipConfig& config) {
    TextConfig& tower = config.text;
    tower.width = text.integer("hidden_size", defaults.textWidth, 1, 16384);
    tower.layers = text.integer("num_hidden_layers", defaults.textLayers, 1, 200);
    tower.heads = text.integer("num_attention_heads", defaults.textHeads, 1, 1024);
    tower.mlpRatio =
        static_cast<double>(text.integer("intermediate_size", defaults.textHidden, 1, 1 << 20)) / tower.width;
    tower.contextLength = text.integer("max_position_embeddings", defaults.contextLength, 3, 65536);
    tower.vocabularySize = text.integer("vocab_size", defaults.vocabularySize, 4, 4'000'000);
    tower.epsilon = text.number("layer_norm_eps", defaults.epsilon, 1e-12, 1);
    if (tower.width % tower.heads != 0) throw text.bad("hidden_size", "is no multiple of num_attention_heads");
    config.textActivation = activationOf(text, defaults.activation);
}

HubVision readHubVision(const JsonReader& vision, const HubDefaults& defaults, ClipConfig& config) {
    config.imageActivation = activationOf(vision, defaults.activation);
    config.imageSize = vision.integer("image_size", 224, 1, 4096);
    if (vision.integer("num_channels", 3, 1, 1024) != 3) vision.refuse("num_channels");
    HubVision tower = {};
    tower.width = vision.integer("hidden_size", 768, 1, 16384);
    tower.heads = vision.integer("num_attention_heads", 12, 1, 1024);
    tower.layers = vision.integer("num_hidden_layers", 12, 1, 200);
    tower.patch = vision.integer("patch_size", defaults.patchSize, 1, 512);
    tower.ratio = static_cast<double>(vision.integer("intermediate_size", 3072, 1, 1 << 20)) / tower.width;
    if (tower.width % tower.heads != 0) throw vision.bad("hidden_size", "is no multiple of num_attention_heads");
    requireEpsilon(vision, defaults.epsilon);
    if (config.imageSize < tower.patch) throw vision.bad("image_size", "is smaller than patch_size");
    return tower;
}

void readHubVit(const JsonReader& vision, ClipConfig& config) {
    const auto [width, heads, layers, patch, ratio] = readHubVision(vision, kHubClip, config);
    config.vision = VitConfig{layers, width, width / heads, ratio, patch};
}

json writeHubVision(const HubVision& vision, const ClipConfig& config, double epsilon) {
    return {{"hidden_size", vision.width},
            {"intermediate_size", hiddenWidth(vision.width, vision.ratio)},
            {"num_hidden_layers", vision.layers},
            {"num_attention_heads", vision.heads},
            {"image_size", config.imageSize},
            {"patch_size", vision.patch},
            {"num_channels", 3},
            {"hidden_act", nameOfActivation(config.imageActivation)},
            {"layer_norm_eps", epsilon}};
}

json writeHubVit(const ClipConfig& config) {
    const VitConfig& vit = *config.vision.as<VitConfig>();
    json vision = writeHubVision({vit.width, vit.width / vit.headWidth, vit.layers, vit.patchSize, vit.mlpRatio},
                                 config, kHubClip.epsilon);
    vision["projection_dim"] = config.embedDim;
    return vision;
}

json writeHubText(const ClipConfig& config) {
    const TextConfig& text = config.text;
    return {{"hidden_size", text.width},
            {"intermediate_size", hiddenWidth(text.width, text.mlpRatio)},
            {"num_hidden_layers", text.layers},
            {"num_attention_heads", text.heads},
            {"max_position_embeddings", text.contextLength},
            {"vocab_size", text.vocabularySize},
            {"hidden_act", nameOfActivation(config.textActivation)},
            {"layer_norm_eps", text.epsilon}};
}

TensorRules hubVitRules(int layers) {
    TensorRules rules;
    addHubImageRules(rules, layers);
    rules.push_back({"visual.class_embedding", {"vision_model.embeddings.class_embedding"}});
    addWeightAndBias(rules, "visual.ln_pre", "vision_model.pre_layrnorm");  // their spelling
    rules.push_back({"visual.proj", {"visual_projection.weight"}, Form::Transposed});
    rules.push_back({"logit_scale", {"logit_scale"}});
    return rules;
}

void addHubImageRules(TensorRules& rules, int layers) {
    addBlocks(rules, "visual.transformer.resblocks", "vision_model.encoder.layers", layers);
    rules.push_back({"visual.conv1.weight", {"vision_model.embeddings.patch_embedding.weight"}});
    rules.push_back({"visual.positional_embedding", {"vision_model.embeddings.position_embedding.weight"}});
    addWeightAndBias(rules, "visual.ln_post", "vision_model.post_layernorm");
}

void addHubTextRules(TensorRules& rules, int layers) {
    addBlocks(rules, "text.transformer.resblocks", "text_model.encoder.layers", layers);
    rules.push_back({"text.token_embedding.weight", {"text_model.embeddings.token_embedding.weight"}});
    rules.push_back({"text.positional_embedding", {"text_model.embeddings.position_embedding.weight"}});
    addWeightAndBias(rules, "text.ln_final", "text_model.final_layer_norm");
}

}  // namespace diagonal
