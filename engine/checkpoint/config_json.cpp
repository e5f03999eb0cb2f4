// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_json.h"

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

using nlohmann::json;

namespace {

/// Reads the keys of one JSON object and remembers where it is, for errors.
class Reader {
  public:
    Reader(const json& object, std::string source, std::string place)
        : m_object(object), m_source(std::move(source)), m_place(std::move(place)) {
        if (!object.is_object()) throw Error(m_source, "\"" + m_place + "\" is missing or not a JSON object");
    }

    int integer(const char* key, int fallback, int low, int high) const {
        const auto value = m_object.find(key);
        if (value == m_object.end()) return fallback;
        if (!value->is_number_integer()) throw bad(key, "must be a whole number");
        const auto number = value->get<int64_t>();
        if (number < low || number > high)
            throw bad(key, "must be from " + std::to_string(low) + " to " + std::to_string(high));
        return static_cast<int>(number);
    }
    int required(const char* key, int low, int high) const {
        if (!m_object.contains(key)) throw bad(key, "is missing");
        return integer(key, 0, low, high);
    }
    double number(const char* key, double fallback, double low, double high) const {
        const auto value = m_object.find(key);
        if (value == m_object.end()) return fallback;
        if (!value->is_number()) throw bad(key, "must be a number");
        const double number = value->get<double>();
        if (!(number >= low && number <= high)) throw bad(key, "is out of range");
        return number;
    }
    bool boolean(const char* key, bool fallback) const {
        const auto value = m_object.find(key);
        if (value == m_object.end() || value->is_null()) return fallback;
        if (!value->is_boolean()) throw bad(key, "must be true or false");
        return value->get<bool>();
    }
    /// Options that change the computation must be absent, null, false, or `harmless`.
    void refuse(const char* key, const json& harmless = nullptr) const {
        const auto value = m_object.find(key);
        if (value == m_object.end() || value->is_null() || *value == false || *value == harmless) return;
        throw bad(key, "is " + value->dump() + ", which this version of Diagonal cannot compute");
    }
    Error bad(const char* key, const std::string& problem) const {
        return Error(m_source, "\"" + m_place + "." + key + "\" " + problem);
    }
    const json& object() const { return m_object; }

  private:
    const json& m_object;
    std::string m_source, m_place;
};

const json& member(const json& object, const char* key) {
    static const json kNothing;
    const auto value = object.find(key);
    return value == object.end() ? kNothing : *value;
}

VitConfig vitFromJson(const Reader& vision) {
    VitConfig vit;
    vit.layers = vision.required("layers", 1, 200);
    vit.width = vision.required("width", 1, 16384);
    vit.headWidth = vision.integer("head_width", 64, 1, 1024);
    vit.mlpRatio = vision.number("mlp_ratio", 4.0, 0.01, 64);
    vit.patchSize = vision.required("patch_size", 1, 512);
    if (vit.width % vit.headWidth != 0) throw vision.bad("width", "is no multiple of head_width");
    for (const char* key :
         {"ls_init_value", "attentional_pool", "no_ln_pre", "final_ln_after_pool", "norm_kwargs", "act_kwargs",
          "block_type", "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc"})
        vision.refuse(key);
    vision.refuse("pool_type", "tok");
    vision.refuse("pos_embed_type", "learnable");
    return vit;
}

ResNetConfig resNetFromJson(const Reader& vision, const json& layers) {
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

TextConfig textFromJson(const Reader& text) {
    TextConfig config;
    config.contextLength = text.integer("context_length", 77, 3, 65536);
    config.vocabularySize = text.integer("vocab_size", 49408, 4, 4'000'000);
    config.width = text.integer("width", 512, 1, 16384);
    config.heads = text.integer("heads", 8, 1, 1024);
    config.layers = text.integer("layers", 12, 1, 200);
    config.mlpRatio = text.number("mlp_ratio", 4.0, 0.01, 64);
    if (config.width % config.heads != 0) throw text.bad("width", "is no multiple of heads");
    for (const char* key : {"hf_model_name", "ls_init_value", "embed_cls", "no_causal_mask", "final_ln_after_pool",
                            "proj_bias", "norm_kwargs", "act_kwargs", "block_type", "qk_norm", "scaled_cosine_attn",
                            "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc"})
        text.refuse(key);
    text.refuse("pool_type", "argmax");
    text.refuse("proj_type", "linear");
    return config;
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
    const Reader model(modelConfig, source, "model_cfg");
    const Reader vision(member(modelConfig, "vision_cfg"), source, "vision_cfg");
    const Reader text(member(modelConfig, "text_cfg"), source, "text_cfg");
    ClipConfig config;
    config.embedDim = model.required("embed_dim", 1, 16384);
    config.quickGelu = model.boolean("quick_gelu", false);
    for (const char* key : {"custom_text", "multimodal_cfg", "init_logit_bias", "nonscalar_logit_scale"})
        model.refuse(key);
    vision.refuse("timm_model_name");
    config.imageSize = vision.integer("image_size", 224, 1, 4096);
    const json& layers = member(vision.object(), "layers");
    if (layers.is_array()) {
        config.vision = resNetFromJson(vision, layers);
        if (config.imageSize % 32 != 0) throw vision.bad("image_size", "must be a multiple of 32 for a ResNet");
    } else {
        const VitConfig vit = vitFromJson(vision);
        if (config.imageSize < vit.patchSize) throw vision.bad("image_size", "is smaller than patch_size");
        config.vision = vit;
    }
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
    } else {
        const auto& net = std::get<ResNetConfig>(config.vision);
        vision.update(
            {{"layers", net.layers}, {"width", net.width}, {"head_width", net.headWidth}, {"patch_size", nullptr}});
    }
    const TextConfig& text = config.text;
    json model = {{"embed_dim", config.embedDim},
                  {"vision_cfg", vision},
                  {"text_cfg",
                   {{"context_length", text.contextLength},
                    {"vocab_size", text.vocabularySize},
                    {"width", text.width},
                    {"heads", text.heads},
                    {"layers", text.layers},
                    {"mlp_ratio", text.mlpRatio}}}};
    if (config.quickGelu) model["quick_gelu"] = true;
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
    if (const auto* vit = std::get_if<VitConfig>(&config.vision))
        return "ViT, " + std::to_string(vit->layers) + " layers, width " + std::to_string(vit->width) + ", patch " +
               std::to_string(vit->patchSize);
    const auto& net = std::get<ResNetConfig>(config.vision);
    std::string layers;
    for (const int count : net.layers)
        layers += (layers.empty() ? "" : ",") + std::to_string(count);
    return "ModifiedResNet " + layers + ", width " + std::to_string(net.width);
}

json readJson(const std::filesystem::path& path) {
    const std::string name = displayName(path);
    const std::string text = readText(path, 64 << 20);
    if (text.empty()) throw Error(name, "the file is empty");
    const auto watch = [&](int depth, json::parse_event_t, json&) {
        if (depth > 64) throw Error(name, "nested too deeply");
        return true;
    };
    try {
        return json::parse(text, watch);
    } catch (const json::exception& error) {
        throw Error(name, std::string("not valid JSON: ") + error.what());
    }
}

}  // namespace diagonal
