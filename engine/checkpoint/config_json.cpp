// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_json.h"

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/parts/head.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_towers/timm_pictures.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/timm_vit.h"

namespace diagonal {

using nlohmann::json;

namespace {

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

void readHead(const JsonReader& vision, ClipConfig& config) {
    const int width = config.vision.width();
    if (width == 0) return;
    const std::string kind = vision.text("timm_proj", "linear");
    if (kind.empty() || kind == "none") {
        if (width != config.embedDim)
            throw vision.bad("timm_proj", "is none, and the tower's " + std::to_string(width) +
                                              " features are not as many as embed_dim");
        return;
    }
    if (headKind(kind) == nullptr) vision.refuse("timm_proj");
    config.imageHead = {kind, vision.boolean("timm_proj_bias", kind == "residual"),
                        vision.number("timm_drop", kind == "residual" ? 0.1 : 0, 0, 0.9)};
}

void readVision(const JsonReader& vision, ClipConfig& config) {
    for (const ImageKind* kind : imageKinds())
        if (auto spec = kind->parse(vision, config)) {
            config.vision = *spec;
            readHead(vision, config);
            return;
        }
    vision.refuse("timm_model_name");
    throw vision.bad("layers", "describes no image tower that is known here");
}

// The words of open_clip's classes CLIP, CLIPVisionCfg and CLIPTextCfg, and Diagonal's own.
using Words = std::string_view[];
constexpr Words kModelWords = {"embed_dim",   "vision_cfg",       "text_cfg",        "quick_gelu",
                               "custom_text", "init_logit_scale", "init_logit_bias", "nonscalar_logit_scale",
                               "cast_dtype",  "output_dict",      "multimodal_cfg",  "pad_id"};
constexpr Words kTowerWords = {"layers",
                               "width",
                               "mlp_ratio",
                               "ls_init_value",
                               "final_ln_after_pool",
                               "pool_type",
                               "output_tokens",
                               "act_kwargs",
                               "norm_kwargs",
                               "block_type",
                               "qk_norm",
                               "scaled_cosine_attn",
                               "scale_heads",
                               "scale_attn_inner",
                               "scale_attn",
                               "scale_fc",
                               "model_type"};
constexpr Words kVisionWords = {"head_width",
                                "patch_size",
                                "image_size",
                                "patch_dropout",
                                "attentional_pool",
                                "attn_pooler_queries",
                                "attn_pooler_heads",
                                "no_ln_pre",
                                "pos_embed_type",
                                "timm_model_name",
                                "timm_model_pretrained",
                                "timm_pool",
                                "timm_proj",
                                "timm_proj_bias",
                                "timm_drop",
                                "timm_drop_path",
                                "timm_fc_norm"};
constexpr Words kTextWords = {"heads",          "context_length",      "vocab_size",   "hf_tokenizer_name",
                              "tokenizer_mode", "tokenizer_kwargs",    "embed_cls",    "pad_id",
                              "eos_id",         "no_causal_mask",      "proj_bias",    "proj_type",
                              "hf_model_name",  "hf_model_pretrained", "hf_proj_type", "hf_pooler_type",
                              "proj_dropout"};
constexpr Words kOwnVisionWords = {"heads"};  // of a vision_cfg with a "model_type", which is Diagonal's

/// What open_clip's class CoCa takes and its CLIP does not.
void refuseCocaWords(const JsonReader& model, const ClipConfig& config) {
    const bool isCoca = model.has("multimodal_cfg") && (config.text.kind == "coca" || config.text.kind == "bert");
    for (const char* key : {"multimodal_cfg", "pad_id"})
        if (model.has(key) && !isCoca) throw model.bad(key, "belongs to CoCa, and this is another model");
}

}  // namespace

bool isCustomText(const ClipConfig& config) {
    return config.vision.is<SiglipVitConfig>() || config.vision.is<TimmVitConfig>() || config.text.kind == "bert" ||
           config.text.kind == "coca";
}

ClipConfig clipConfigFromJson(const json& modelConfig, const std::string& source, const std::filesystem::path& folder) {
    const JsonReader model(modelConfig, source, "model_cfg");
    const JsonReader vision = model.object("vision_cfg"), text = model.object("text_cfg");
    model.refuseUnknown({kModelWords});
    if (vision.has("model_type"))
        vision.refuseUnknown({kTowerWords, kVisionWords, kOwnVisionWords});
    else
        vision.refuseUnknown({kTowerWords, kVisionWords});
    text.refuseUnknown({kTowerWords, kTextWords});
    ClipConfig config;
    config.embedDim = model.required("embed_dim", 1, 16384);
    const bool quickGelu = model.boolean("quick_gelu", false);
    config.imageActivation = config.textActivation = quickGelu ? Activation::QuickGelu : Activation::Gelu;
    model.refuse("nonscalar_logit_scale");
    config.logitBias = model.has("init_logit_bias");
    config.imageSize = vision.integer("image_size", 224, 1, 4096);
    readVision(vision, config);
    if (gridSize(config) < 1)
        throw vision.bad("image_size", "is smaller than " + std::to_string(config.vision.cell()) + ", a patch's side");
    for (const TextKind* kind : textKinds())
        if (kind->parse(text, folder, config)) break;
    refuseCocaWords(model, config);
    return config;
}

json toJson(const ClipConfig& config) {
    json vision = {{"image_size", config.imageSize}}, text;
    config.vision.write(config, vision);
    if (config.vision.width() > 0) {
        vision["timm_model_pretrained"] = false;
        vision["timm_proj"] = config.imageHead.kind;
        const bool isResidual = config.imageHead.kind == "residual";
        if (config.imageHead.bias != isResidual) vision["timm_proj_bias"] = config.imageHead.bias;
        if (isResidual || config.imageHead.dropout > 0) vision["timm_drop"] = config.imageHead.dropout;
    }
    textKind(config.text).write(config, text);
    json model = {{"embed_dim", config.embedDim}, {"vision_cfg", vision}, {"text_cfg", text}};
    // The text towers of transformers have an activation of their own.
    const Activation told = config.text.kind == "bert" ? config.imageActivation : config.textActivation;
    if (told == Activation::QuickGelu) model["quick_gelu"] = true;
    if (config.logitBias) model["init_logit_bias"] = -10;
    if (isCustomText(config)) model["custom_text"] = true;
    return model;
}

PreprocessConfig preprocessFromJson(const json& object, int imageSize, const std::string& source) {
    PreprocessConfig config;
    config.width = config.height = imageSize;
    if (object.is_null()) return config;
    if (!object.is_object()) throw Error(source, "\"preprocess_cfg\" is not a JSON object");
    if (const auto mode = object.find("mode"); mode != object.end() && *mode != "RGB")
        throw Error(source, "\"mode\" is " + mode->dump() + "; only RGB can be read");
    const JsonReader reader(object, source, "preprocess_cfg");
    config.edge = reader.integer("diagonal_edge", 0, imageSize, 16384);
    config.mean = reader.colour("mean", config.mean);
    config.std = reader.colour("std", config.std);
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
    json root = {{"size", {config.height, config.width}},
                 {"mode", "RGB"},
                 {"mean", config.mean},
                 {"std", config.std},
                 {"interpolation", config.interpolation == Interpolation::Bicubic ? "bicubic" : "bilinear"},
                 {"resize_mode", kModes[static_cast<int>(config.resizeMode)]},
                 {"fill_color", config.fillColor}};
    if (config.edge > 0) root["diagonal_edge"] = config.edge;  // open_clip has no word for it
    return root;
}

PreprocessConfig preprocessFor(const ClipConfig& config) {
    PreprocessConfig preprocess;
    preprocess.width = preprocess.height = config.imageSize;
    json vision = json::object();
    config.vision.write(config, vision);
    const std::string name = vision.value("timm_model_name", "");
    if (const auto pictures = timmPictures(name)) {
        preprocess.mean = pictures->mean;
        preprocess.std = pictures->deviation;
        preprocess.interpolation = pictures->bilinear ? Interpolation::Bilinear : Interpolation::Bicubic;
    }
    const auto* vit = config.vision.as<VitConfig>();
    const bool isClipa = vit != nullptr && vit->averages, isPerception = name.starts_with("vit_pe_core");
    if (isClipa) preprocess.mean = kImageNetMean, preprocess.std = kImageNetDeviation;
    if (isClipa || isPerception) {
        preprocess.interpolation = Interpolation::Bilinear;
        preprocess.resizeMode = ResizeMode::Squash;
    }
    return preprocess;
}

std::string describeArchitecture(const ClipConfig& config) {
    std::string text = config.vision.describe();
    if (!config.text.hubName.empty()) text += "; " + config.text.hubName;
    return text;
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
    if (config.edge > 0)
        return "shorter side to " + std::to_string(config.edge) + ", " + filter + ", centre crop of " + size;
    return "shorter side to " + size + ", " + filter + ", centre crop";
}

}  // namespace diagonal
