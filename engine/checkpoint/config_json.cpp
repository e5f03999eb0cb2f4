// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_json.h"

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/checkpoint/timm_siglip.h"

namespace diagonal {

using nlohmann::json;

namespace {

constexpr const char* kOtherBlocks[] = {
    "ls_init_value", "block_type",       "qk_norm",  "scaled_cosine_attn", "scale_heads",
    "scale_attn",    "scale_attn_inner", "scale_fc", "attentional_pool",   "final_ln_after_pool"};

VitConfig vitFromJson(const JsonReader& vision) {
    VitConfig vit;
    vit.layers = vision.required("layers", 1, 200);
    vit.width = vision.required("width", 1, 16384);
    vit.headWidth = vision.integer("head_width", 64, 1, 1024);
    vit.mlpRatio = vision.number("mlp_ratio", 4.0, 0.01, 64);
    vit.patchSize = vision.required("patch_size", 1, 512);
    if (vit.width % vit.headWidth != 0) throw vision.bad("width", "is no multiple of head_width");
    for (const char* key : kOtherBlocks)
        vision.refuse(key);
    for (const char* key : {"no_ln_pre", "norm_kwargs", "act_kwargs"})
        vision.refuse(key);
    vision.refuse("pool_type", "tok");
    vision.refuse("pos_embed_type", "learnable");
    return vit;
}

ResNetConfig resNetFromJson(const JsonReader& vision, const json& layers) {
    ResNetConfig net;
    net.width = vision.required("width", 2, 1024);
    net.headWidth = vision.integer("head_width", 64, 1, 1024);
    if (layers.size() != 4) throw vision.bad("layers", "must list four numbers");
    net.layers.clear();
    for (const auto& count : layers) {
        if (!count.is_number_integer() || count.get<int64_t>() < 1 || count.get<int64_t>() > 200)
            throw vision.bad("layers", "must list four numbers from 1 to 200");
        net.layers.push_back(count.get<int>());
    }
    if (net.width % 2 != 0 || net.width * 32 % net.headWidth != 0) throw vision.bad("width", "does not fit head_width");
    return net;
}

/// Written by Diagonal for SigLIP towers that have no name in timm.
SiglipVitConfig siglipFromJson(const JsonReader& vision) {
    SiglipVitConfig vit;
    vit.layers = vision.required("layers", 1, 200);
    vit.width = vision.required("width", 1, 16384);
    vit.heads = vision.required("heads", 1, 1024);
    vit.mlpRatio = vision.number("mlp_ratio", 4.0, 0.01, 64);
    vit.patchSize = vision.required("patch_size", 1, 512);
    if (vit.width % vit.heads != 0) throw vision.bad("width", "is no multiple of heads");
    return vit;
}

TextConfig textFromJson(const JsonReader& text) {
    TextConfig config;
    config.contextLength = text.integer("context_length", 77, 3, 65536);
    config.vocabularySize = text.integer("vocab_size", 49408, 4, 4'000'000);
    config.width = text.integer("width", 512, 1, 16384);
    if (text.text("model_type", "") == "cbow") {
        config.heads = config.layers = 0;
        return config;
    }
    config.heads = text.integer("heads", 8, 1, 1024);
    config.layers = text.integer("layers", 12, 1, 200);
    config.mlpRatio = text.number("mlp_ratio", 4.0, 0.01, 64);
    if (config.width % config.heads != 0) throw text.bad("width", "is no multiple of heads");
    for (const char* key : kOtherBlocks)
        text.refuse(key);
    for (const char* key : {"hf_model_name", "embed_cls"})
        text.refuse(key);
    text.refuse("proj_type", "linear");
    config.causal = !text.boolean("no_causal_mask", false);
    config.projectionBias = text.boolean("proj_bias", false);
    const std::string pooling = text.text("pool_type", "argmax");
    if (pooling != "argmax" && pooling != "last") text.refuse("pool_type");
    config.poolLast = pooling == "last";
    if (text.has("norm_kwargs")) config.epsilon = text.object("norm_kwargs").number("eps", 1e-5, 1e-12, 1);
    return config;
}

Activation textActivation(const JsonReader& text, bool quickGelu) {
    if (quickGelu) return Activation::QuickGelu;
    if (!text.has("act_kwargs")) return Activation::Gelu;
    const JsonReader options = text.object("act_kwargs");
    const std::string approximation = options.text("approximate", "none");
    if (approximation == "tanh") return Activation::GeluTanh;
    if (approximation != "none") options.refuse("approximate");
    return Activation::Gelu;
}

std::array<float, 3> colour(const json& object, const char* key, std::array<float, 3> fallback,
                            const std::string& source) {
    const auto value = object.find(key);
    if (value == object.end()) return fallback;
    if (!value->is_array() || value->size() != 3)
        throw Error(source, std::string("\"") + key + "\" must list three numbers");
    std::array<float, 3> result = {};
    for (size_t i = 0; i < 3; ++i) {
        if (!(*value)[i].is_number()) throw Error(source, std::string("\"") + key + "\" must list three numbers");
        result[i] = (*value)[i].get<float>();
    }
    return result;
}

template <typename Enum>
Enum choice(const json& object, const char* key, Enum fallback,
            std::initializer_list<std::pair<const char*, Enum>> choices, const std::string& source) {
    const auto value = object.find(key);
    if (value == object.end() || value->is_null()) return fallback;
    std::string names;
    for (const auto& [name, result] : choices) {
        if (*value == name) return result;
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    throw Error(source, std::string("\"") + key + "\" is " + value->dump() + "; known are " + names);
}

}  // namespace

ClipConfig clipConfigFromJson(const json& modelConfig, const std::string& source) {
    const JsonReader model(modelConfig, source, "model_cfg");
    const JsonReader vision = model.object("vision_cfg"), text = model.object("text_cfg");
    ClipConfig config;
    config.embedDim = model.required("embed_dim", 1, 16384);
    const bool quickGelu = model.boolean("quick_gelu", false);
    config.imageActivation = quickGelu ? Activation::QuickGelu : Activation::Gelu;
    config.textActivation = textActivation(text, quickGelu);
    for (const char* key : {"multimodal_cfg", "nonscalar_logit_scale"})
        model.refuse(key);
    config.logitBias = model.has("init_logit_bias");
    config.imageSize = vision.integer("image_size", 224, 1, 4096);
    if (vision.has("timm_model_name")) {
        const auto timm = siglipOfTimm(vision.text("timm_model_name", ""));
        if (!timm) vision.refuse("timm_model_name");
        if (vision.text("timm_pool", "avg") != "map") vision.refuse("timm_pool");
        if (vision.text("timm_proj", "linear") != "none") vision.refuse("timm_proj", "linear");
        config.vision = timm->vit;
        config.imageActivation = timm->activation;
    } else if (vision.text("model_type", "") == "siglip") {
        config.vision = siglipFromJson(vision);
    } else if (const json& layers = vision.member("layers"); layers.is_array()) {
        config.vision = resNetFromJson(vision, layers);
        if (config.imageSize % 32 != 0) throw vision.bad("image_size", "must be a multiple of 32 for a ResNet");
    } else {
        config.vision = vitFromJson(vision);
    }
    if (gridSize(config) < 1) throw vision.bad("image_size", "is smaller than patch_size");
    config.text = textFromJson(text);
    return config;
}

json toJson(const ClipConfig& config) {
    json vision = {{"image_size", config.imageSize}};
    if (const auto* vit = std::get_if<VitConfig>(&config.vision)) {
        vision.update({{"layers", vit->layers},
                       {"width", vit->width},
                       {"head_width", vit->headWidth},
                       {"mlp_ratio", vit->mlpRatio},
                       {"patch_size", vit->patchSize}});
    } else if (const auto* siglip = std::get_if<SiglipVitConfig>(&config.vision)) {
        const std::string timm = timmNameOf(*siglip, config.imageSize);
        if (timm.empty())
            vision.update({{"model_type", "siglip"},
                           {"layers", siglip->layers},
                           {"width", siglip->width},
                           {"heads", siglip->heads},
                           {"mlp_ratio", siglip->mlpRatio},
                           {"patch_size", siglip->patchSize}});
        else
            vision.update({{"timm_model_name", timm},
                           {"timm_model_pretrained", false},
                           {"timm_pool", "map"},
                           {"timm_proj", "none"}});
    } else {
        const auto& net = std::get<ResNetConfig>(config.vision);
        vision.update(
            {{"layers", net.layers}, {"width", net.width}, {"head_width", net.headWidth}, {"patch_size", nullptr}});
    }
    const TextConfig& text = config.text;
    json words = {{"context_length", text.contextLength}, {"vocab_size", text.vocabularySize}, {"width", text.width}};
    if (text.isCbow())
        words["model_type"] = "cbow";
    else
        words.update({{"heads", text.heads}, {"layers", text.layers}, {"mlp_ratio", text.mlpRatio}});
    if (!text.causal) words["no_causal_mask"] = true;
    if (text.poolLast) words["pool_type"] = "last";
    if (text.projectionBias) words["proj_bias"] = true;
    if (text.epsilon != TextConfig().epsilon) words["norm_kwargs"] = {{"eps", text.epsilon}};
    if (config.textActivation == Activation::GeluTanh) words["act_kwargs"] = {{"approximate", "tanh"}};
    json model = {{"embed_dim", config.embedDim}, {"vision_cfg", vision}, {"text_cfg", words}};
    if (config.textActivation == Activation::QuickGelu) model["quick_gelu"] = true;
    if (config.logitBias) model["init_logit_bias"] = -10;
    if (std::holds_alternative<SiglipVitConfig>(config.vision)) model["custom_text"] = true;
    return model;
}

PreprocessConfig preprocessFromJson(const json& object, int imageSize, const std::string& source) {
    PreprocessConfig config;
    config.width = config.height = imageSize;
    if (object.is_null()) return config;
    if (!object.is_object()) throw Error(source, "\"preprocess_cfg\" is not a JSON object");
    if (const auto mode = object.find("mode"); mode != object.end() && *mode != "RGB")
        throw Error(source, "\"mode\" is " + mode->dump() + "; only RGB can be read");
    if (const auto size = object.find("size"); size != object.end()) {
        const bool pair = size->is_array() && size->size() == 2 && (*size)[0] == imageSize && (*size)[1] == imageSize;
        if (!pair && *size != imageSize) throw Error(source, "\"size\" is not the model's image_size");
    }
    config.mean = colour(object, "mean", config.mean, source);
    config.std = colour(object, "std", config.std, source);
    for (const float value : config.std) {
        if (!(value > 0)) throw Error(source, "\"std\" must be positive");
    }
    config.interpolation = choice<Interpolation>(object, "interpolation", Interpolation::Bicubic,
                                                 {{"bicubic", Interpolation::Bicubic},
                                                  {"bilinear", Interpolation::Bilinear},
                                                  {"random", Interpolation::Bicubic}},
                                                 source);
    config.resizeMode = choice<ResizeMode>(
        object, "resize_mode", ResizeMode::Shortest,
        {{"shortest", ResizeMode::Shortest}, {"squash", ResizeMode::Squash}, {"longest", ResizeMode::Longest}}, source);
    const auto fill = object.find("fill_color");
    if (fill != object.end() && fill->is_number_integer()) {
        const auto value = fill->get<int64_t>();
        if (value < 0 || value > 255) throw Error(source, "\"fill_color\" must be from 0 to 255");
        config.fillColor = static_cast<uint8_t>(value);
    }
    return config;
}

json toJson(const PreprocessConfig& config) {
    static constexpr const char* kModes[] = {"shortest", "squash", "longest"};
    return {{"size", {config.height, config.width}},
            {"mode", "RGB"},
            {"mean", config.mean},
            {"std", config.std},
            {"interpolation", config.interpolation == Interpolation::Bicubic ? "bicubic" : "bilinear"},
            {"resize_mode", kModes[static_cast<int>(config.resizeMode)]},
            {"fill_color", config.fillColor}};
}

std::string describeArchitecture(const ClipConfig& config) {
    const auto transformer = [](const char* name, const auto& vit) {
        return name + (", " + std::to_string(vit.layers)) + " layers, width " + std::to_string(vit.width) + ", patch " +
               std::to_string(vit.patchSize);
    };
    if (const auto* vit = std::get_if<VitConfig>(&config.vision)) return transformer("ViT", *vit);
    if (const auto* vit = std::get_if<SiglipVitConfig>(&config.vision)) return transformer("SigLIP ViT", *vit);
    const auto& net = std::get<ResNetConfig>(config.vision);
    std::string layers;
    for (const int count : net.layers)
        layers += (layers.empty() ? "" : ",") + std::to_string(count);
    return "ModifiedResNet " + layers + ", width " + std::to_string(net.width);
}

std::string describePreprocessing(const PreprocessConfig& config) {
    const std::string size = std::to_string(config.width), both = size + " × " + std::to_string(config.height);
    const std::string filter = config.interpolation == Interpolation::Bicubic ? "bicubic" : "bilinear";
    switch (config.resizeMode) {
        case ResizeMode::Squash:
            return "resized to " + both + " whatever the shape, " + filter;
        case ResizeMode::Longest:
            return "longer side to " + size + ", " + filter + ", padded";
        case ResizeMode::Shortest:
            break;
    }
    return "shorter side to " + size + ", " + filter + ", centre crop";
}

}  // namespace diagonal
