// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hugging_face_config.h"

#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"

namespace diagonal {

using nlohmann::json;

namespace {

/// transformers' defaults for what a config.json leaves out.
struct Defaults {
    int textWidth, textLayers, textHeads, textHidden, contextLength, vocabularySize;
    int patchSize;
    const char* activation;
    double epsilon;
};
constexpr Defaults kClip = {512, 12, 8, 2048, 77, 49408, 32, "quick_gelu", 1e-5};
constexpr Defaults kSiglip = {768, 12, 12, 3072, 64, 32000, 16, "gelu_pytorch_tanh", 1e-6};

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

/// "text_config", with what old files keep in "text_config_dict" on top.
json towerJson(const json& root, const char* key) {
    json tower = root.value(key, json::object());
    const auto older = root.find(std::string(key) + "_dict");
    if (tower.is_object() && older != root.end() && older->is_object()) tower.update(*older);
    return tower;
}

TextConfig textFrom(const JsonReader& text, const Defaults& defaults, bool siglip) {
    TextConfig config;
    config.width = text.integer("hidden_size", defaults.textWidth, 1, 16384);
    config.layers = text.integer("num_hidden_layers", defaults.textLayers, 1, 200);
    config.heads = text.integer("num_attention_heads", defaults.textHeads, 1, 1024);
    config.mlpRatio =
        static_cast<double>(text.integer("intermediate_size", defaults.textHidden, 1, 1 << 20)) / config.width;
    config.contextLength = text.integer("max_position_embeddings", defaults.contextLength, 3, 65536);
    config.vocabularySize = text.integer("vocab_size", defaults.vocabularySize, 4, 4'000'000);
    config.epsilon = text.number("layer_norm_eps", defaults.epsilon, 1e-12, 1);
    if (config.width % config.heads != 0) throw text.bad("hidden_size", "is no multiple of num_attention_heads");
    config.causal = !siglip;
    config.fillsContext = config.projectionBias = siglip;
    return config;
}

void requireEpsilon(const JsonReader& vision, double needed) {
    const double epsilon = vision.number("layer_norm_eps", needed, 0, 1);
    if (epsilon < needed * 0.999 || epsilon > needed * 1.001) vision.refuse("layer_norm_eps");
}

int pairSide(const json& size, const char* key, const JsonReader& processor) {
    const JsonReader sides = processor.object(key);
    const int height = sides.required("height", 1, 4096);
    if (size.value("width", json()) != height) throw processor.bad(key, "is not square");
    return height;
}

}  // namespace

ClipConfig clipConfigFromHuggingFace(const json& root, const std::string& source) {
    const JsonReader model(root, source, "config");
    const std::string type = model.text("model_type", "");
    if (type == "siglip2")
        throw Error(source, "is a SigLIP 2 NaFlex model, whose patches are as many as a picture's shape asks for",
                    "Take SigLIP 2 of one size, such as google/siglip2-base-patch16-256");
    if (type.empty() || (type != "clip" && type != "siglip"))
        throw Error(source,
                    type.empty() ? "is no model's configuration: \"model_type\" is missing"
                                 : "is a model of the type \"" + type + "\", not CLIP or SigLIP",
                    "Diagonal reads Hugging Face's clip and siglip models");
    const bool siglip = type == "siglip";
    const Defaults& defaults = siglip ? kSiglip : kClip;
    const json textJson = towerJson(root, "text_config"), visionJson = towerJson(root, "vision_config");
    const JsonReader text(textJson, source, "text_config"), vision(visionJson, source, "vision_config");

    ClipConfig config;
    config.text = textFrom(text, defaults, siglip);
    config.textActivation = activationOf(text, defaults.activation);
    config.imageActivation = activationOf(vision, defaults.activation);
    config.imageSize = vision.integer("image_size", 224, 1, 4096);
    if (vision.integer("num_channels", 3, 1, 1024) != 3) vision.refuse("num_channels");
    const int width = vision.integer("hidden_size", 768, 1, 16384);
    const int heads = vision.integer("num_attention_heads", 12, 1, 1024);
    const int layers = vision.integer("num_hidden_layers", 12, 1, 200);
    const int patch = vision.integer("patch_size", defaults.patchSize, 1, 512);
    const double ratio = static_cast<double>(vision.integer("intermediate_size", 3072, 1, 1 << 20)) / width;
    if (width % heads != 0) throw vision.bad("hidden_size", "is no multiple of num_attention_heads");
    requireEpsilon(vision, defaults.epsilon);
    if (siglip) {
        if (!vision.boolean("vision_use_head", true)) throw vision.bad("vision_use_head", "is false: no pooled output");
        config.vision = SiglipVitConfig{layers, width, heads, ratio, patch};
        config.embedDim = text.integer("projection_size", config.text.width, 1, 16384);
        if (config.embedDim != width) throw vision.bad("hidden_size", "is not the text tower's projection_size");
        config.logitBias = true;
    } else {
        config.vision = VitConfig{layers, width, width / heads, ratio, patch};
        config.embedDim = model.integer("projection_dim", 512, 1, 16384);
    }
    if (gridSize(config) < 1) throw vision.bad("image_size", "is smaller than patch_size");
    return config;
}

PreprocessConfig preprocessFromHuggingFace(const json& root, const ClipConfig& clip, const std::string& source) {
    const bool siglip = clip.vision.is<SiglipVitConfig>();
    PreprocessConfig config;
    config.width = config.height = clip.imageSize;
    config.floorCrop = true;
    if (siglip) {
        config.resizeMode = ResizeMode::Squash;
        config.mean = config.std = {0.5F, 0.5F, 0.5F};
    }
    if (root.is_null()) return config;
    const JsonReader processor(root, source, "processor");
    for (const char* step : {"do_resize", "do_rescale", "do_normalize"})
        if (!processor.boolean(step, true)) throw processor.bad(step, "is false: such a model cannot be fed here");
    const int filter = processor.integer("resample", 3, 0, 5);
    if (filter != 2 && filter != 3) processor.refuse("resample");
    config.interpolation = filter == 3 ? Interpolation::Bicubic : Interpolation::Bilinear;
    if (const json& size = processor.member("size"); size.is_object() && !size.contains("shortest_edge")) {
        if (pairSide(size, "size", processor) != clip.imageSize)
            throw processor.bad("size", "is not the model's image_size");
        config.resizeMode = ResizeMode::Squash;
    } else if (!size.is_null()) {
        const int side = size.is_object() ? processor.object("size").required("shortest_edge", 1, 4096)
                                          : processor.integer("size", clip.imageSize, 1, 4096);
        if (side != clip.imageSize) throw processor.bad("size", "is not the model's image_size");
        const bool crops = processor.boolean("do_center_crop", !siglip);
        config.resizeMode = crops ? ResizeMode::Shortest : ResizeMode::Squash;
        if (const json& crop = processor.member("crop_size"); crops && !crop.is_null()) {
            const int cropped = crop.is_object() ? pairSide(crop, "crop_size", processor)
                                                 : processor.integer("crop_size", side, 1, 4096);
            if (cropped != side) throw processor.bad("crop_size", "is not the model's image_size");
        }
    }
    for (const auto& [key, target] : {std::pair{"image_mean", &config.mean}, std::pair{"image_std", &config.std}}) {
        const json& colour = processor.member(key);
        if (colour.is_null()) continue;
        if (!colour.is_array() || colour.size() != 3) throw processor.bad(key, "must list three numbers");
        for (size_t i = 0; i < 3; ++i) {
            if (!colour[i].is_number()) throw processor.bad(key, "must list three numbers");
            (*target)[i] = colour[i].get<float>();
        }
    }
    for (const float value : config.std)
        if (!(value > 0)) throw processor.bad("image_std", "must be positive");
    return config;
}

json toHuggingFace(const ClipConfig& config) {
    const auto* vit = config.vision.as<VitConfig>();
    const auto* siglip = config.vision.as<SiglipVitConfig>();
    if ((vit == nullptr && siglip == nullptr) || config.text.isCbow())
        throw Error("convert",
                    "Hugging Face's transformers has no such architecture: " +
                        std::string(config.text.isCbow() ? "CBOW text tower" : config.vision.describe()),
                    "Convert to open_clip or openai");
    if ((vit != nullptr && (!vit->isPlain() || !config.text.isClips())) || (siglip != nullptr && !config.text.projects))
        throw Error("convert",
                    "Hugging Face's transformers has no such architecture: its CLIP has a norm before the "
                    "blocks, a class token and causal texts, its SigLIP a projection of texts",
                    "Convert to open_clip");
    const bool isSiglip = siglip != nullptr;
    const double epsilon = isSiglip ? kSiglip.epsilon : kClip.epsilon;
    const int width = isSiglip ? siglip->width : vit->width;
    const double ratio = isSiglip ? siglip->mlpRatio : vit->mlpRatio;
    json vision = {{"hidden_size", width},
                   {"intermediate_size", hiddenWidth(width, ratio)},
                   {"num_hidden_layers", isSiglip ? siglip->layers : vit->layers},
                   {"num_attention_heads", isSiglip ? siglip->heads : width / vit->headWidth},
                   {"image_size", config.imageSize},
                   {"patch_size", isSiglip ? siglip->patchSize : vit->patchSize},
                   {"num_channels", 3},
                   {"hidden_act", nameOfActivation(config.imageActivation)},
                   {"layer_norm_eps", epsilon},
                   {"model_type", isSiglip ? "siglip_vision_model" : "clip_vision_model"}};
    const TextConfig& words = config.text;
    json text = {{"hidden_size", words.width},
                 {"intermediate_size", hiddenWidth(words.width, words.mlpRatio)},
                 {"num_hidden_layers", words.layers},
                 {"num_attention_heads", words.heads},
                 {"max_position_embeddings", words.contextLength},
                 {"vocab_size", words.vocabularySize},
                 {"hidden_act", nameOfActivation(config.textActivation)},
                 {"layer_norm_eps", words.epsilon},
                 {"model_type", isSiglip ? "siglip_text_model" : "clip_text_model"}};
    if (isSiglip) {
        text["projection_size"] = config.embedDim;
    } else {
        // The two largest ids, in CLIP's vocabulary and in Diagonal's own.
        text.update({{"bos_token_id", words.vocabularySize - 2},
                     {"eos_token_id", words.vocabularySize - 1},
                     {"pad_token_id", words.vocabularySize - 1},
                     {"projection_dim", config.embedDim}});
        vision["projection_dim"] = config.embedDim;
    }
    json root = {{"architectures", {isSiglip ? "SiglipModel" : "CLIPModel"}},
                 {"model_type", isSiglip ? "siglip" : "clip"},
                 {"text_config", text},
                 {"vision_config", vision},
                 {"torch_dtype", "float32"}};
    if (!isSiglip) root.update({{"projection_dim", config.embedDim}, {"logit_scale_init_value", 2.6592}});
    return root;
}

json toHuggingFace(const PreprocessConfig& config, bool siglip) {
    json root = {{"image_processor_type", siglip ? "SiglipImageProcessor" : "CLIPImageProcessor"},
                 {"do_resize", true},
                 {"do_rescale", true},
                 {"do_normalize", true},
                 {"do_convert_rgb", true},
                 {"rescale_factor", 1.0 / 255},
                 {"resample", config.interpolation == Interpolation::Bicubic ? 3 : 2},
                 {"image_mean", config.mean},
                 {"image_std", config.std}};
    const json sides = {{"height", config.height}, {"width", config.width}};
    switch (config.resizeMode) {
        case ResizeMode::Squash:
            root.update({{"size", sides}, {"do_center_crop", false}});
            return root;
        case ResizeMode::Longest:
            throw Error("convert", "Hugging Face's processors cannot pad the longer side as this model wants it");
        case ResizeMode::Shortest:
            break;
    }
    root.update({{"size", {{"shortest_edge", config.height}}}, {"do_center_crop", true}, {"crop_size", sides}});
    return root;
}

}  // namespace diagonal
