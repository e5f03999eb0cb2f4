// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hugging_face_config.h"

#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/checkpoint/config_json.h"

namespace diagonal {

using nlohmann::json;

namespace {

/// Types near to those that can be read, by the beginning of their names, and what to take in their place.
struct Neighbour {
    const char* type;
    const char* what;
    const char* instead;
};

constexpr Neighbour kNeighbours[] = {
    {"clip_text_model", "only the text tower of a CLIP model", "Take the whole model"},
    {"clip_vision_model", "only the image tower of a CLIP model", "Take the whole model"},
    {"siglip_text_model", "only the text tower of a SigLIP model", "Take the whole model"},
    {"siglip_vision_model", "only the image tower of a SigLIP model", "Take the whole model"},
    {"siglip2", "SigLIP 2 for images of any shape (NaFlex)", "Take SigLIP 2 of a fixed size, siglip2-base-patch16-256"},
    {"altclip", "AltCLIP", "For many languages take MetaCLIP 2 or SigLIP 2"},
    {"jina_clip", "Jina CLIP, which brings code of its own", "For many languages take MetaCLIP 2 or SigLIP 2"},
    {"owl", "an OWL model, which finds objects", "For labels take the CLIP model that it was made from"},
    {"clipseg", "CLIPSeg, which outlines objects", "For labels take the CLIP model that it was made from"},
    {"groupvit", "GroupViT, which outlines objects", "For labels take a CLIP or SigLIP model"},
    {"blip", "BLIP, which describes images", "For labels and search take a CLIP or SigLIP model"},
    {"align", "ALIGN", "Take a CLIP or SigLIP model"},
    {"flava", "FLAVA", "Take a CLIP or SigLIP model"},
    {"bridgetower", "BridgeTower", "Take a CLIP or SigLIP model"},
    {"vilt", "ViLT", "Take a CLIP or SigLIP model"},
    {"xclip", "X-CLIP, for videos", "Take a CLIP or SigLIP model"},
    {"clvp", "a model of speech", "Take a CLIP or SigLIP model"},
    {"clap", "CLAP, for sounds", "Take a CLIP or SigLIP model"},
    {"vision-text-dual-encoder", "two towers of any kinds, joined by transformers",
     "Write it as an open_clip folder: a timm image tower and hf_model_name"},
};

Error otherType(const std::string& type, const std::string& source) {
    std::string readable;
    for (const HubType* each : hubTypes())
        readable += (readable.empty() ? "" : ", ") + std::string(each->type());
    const std::string remedy = "Diagonal reads Hugging Face's types " + readable;
    if (type.empty()) return {source, "is no model's configuration: \"model_type\" is missing", remedy};
    for (const auto& [begin, what, instead] : kNeighbours)
        if (type.starts_with(begin))
            return {source, "is a model of the type \"" + type + "\": " + what,
                    std::string(instead) + "; of Hugging Face's types " + readable + " can be read"};
    return {source, "is a model of the type \"" + type + "\", not CLIP or SigLIP", remedy};
}

int pairSide(const json& size, const char* key, const JsonReader& processor) {
    const JsonReader sides = processor.object(key);
    const int height = sides.required("height", 1, 4096);
    if (size.value("width", json()) != height) throw processor.bad(key, "is not square");
    return height;
}

/// transformers takes a null as it is, not as its default.
void refuseNulls(const JsonReader& processor, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (processor.contains(key) && !processor.has(key))
            throw processor.bad(key, "is null, with which transformers cannot compute");
}

/// "size", "do_center_crop" and "crop_size": what pictures become the model's `side` by.
void readSize(const JsonReader& processor, int side, bool isSiglip, PreprocessConfig& config) {
    constexpr int kDefault = 224;  // transformers', whatever the model's
    const json& size = processor.member("size");
    const bool crops = processor.boolean("do_center_crop", !isSiglip && !processor.contains("do_center_crop"));
    const bool isSquare = size.is_null() ? isSiglip : size.is_object() && !size.contains("shortest_edge");
    if (size.is_object())
        for (const auto& entry : size.items())
            if (entry.key() != "shortest_edge" && (!isSquare || (entry.key() != "height" && entry.key() != "width")))
                throw processor.bad("size",
                                    "has \"" + entry.key() + "\", which this version of Diagonal cannot compute");
    if (size.is_number()) processor.refuse("default_to_square");
    int resized = kDefault, cropped = 0;
    if (isSquare)
        resized = size.is_null() ? kDefault : pairSide(size, "size", processor);
    else
        resized = size.is_object() ? processor.object("size").required("shortest_edge", 1, 4096)
                                   : processor.integer("size", kDefault, 1, 4096);
    if (crops) {
        refuseNulls(processor, {"crop_size"});
        const json& crop = processor.member("crop_size");
        if (crop.is_null() && isSiglip) throw processor.bad("do_center_crop", "is true, and \"crop_size\" is missing");
        cropped = crop.is_object() ? pairSide(crop, "crop_size", processor)
                                   : processor.integer("crop_size", kDefault, 1, 4096);
        if (cropped != side) throw processor.bad("crop_size", "is not the model's image_size");
    } else if (!isSquare) {
        throw processor.bad(isSiglip && !processor.has("do_center_crop") ? "size" : "do_center_crop",
                            "leaves pictures that are not square, which the model cannot take");
    }
    if (isSquare && resized != side) throw processor.bad("size", "is not the model's image_size");
    if (resized < side) throw processor.bad("size", "is smaller than crop_size: pictures would get a black edge");
    if (resized > side) config.edge = resized;
    config.resizeMode = isSquare ? ResizeMode::Squash : ResizeMode::Shortest;
}

}  // namespace

json towerJson(const json& root, const std::string& key) {
    const auto older = root.find(key + "_dict");
    if (root.value("model_type", json()) != "siglip" && older != root.end() && older->is_object()) return *older;
    return root.value(key, json::object());
}

ClipConfig clipConfigFromHuggingFace(const json& root, const std::string& source) {
    const JsonReader model(root, source, "config");
    const std::string name = model.text("model_type", "");
    const HubType* type = hubType(name);
    if (type == nullptr) throw otherType(name, source);
    model.refuse("quantization_config");
    const json text = towerJson(root, "text_config"), vision = towerJson(root, "vision_config");
    return type->parse(model, JsonReader(text, source, "text_config"), JsonReader(vision, source, "vision_config"));
}

PreprocessConfig preprocessFromHuggingFace(const json& root, const ClipConfig& clip, const std::string& source) {
    const bool siglip = clip.vision.is<SiglipVitConfig>();
    PreprocessConfig config;
    config.width = config.height = clip.imageSize;
    config.floorCrop = true;
    if (siglip) config.mean = config.std = {0.5F, 0.5F, 0.5F};
    // So too Chinese-CLIP, of Hugging Face's types the one with a BERT.
    if (siglip || clip.text.kind == "bert") config.resizeMode = ResizeMode::Squash;
    if (root.is_null()) return config;
    const JsonReader processor(root, source, "processor");
    refuseNulls(processor, {"do_resize", "do_rescale", "do_normalize", "resample", "rescale_factor", "size",
                            "image_mean", "image_std"});
    for (const char* step : {"do_resize", "do_rescale", "do_normalize"})
        if (!processor.boolean(step, true)) throw processor.bad(step, "is false: such a model cannot be fed here");
    constexpr double kByte = 1.0 / 255;
    if (std::abs(processor.number("rescale_factor", kByte, 0, 1) - kByte) > 1e-9)
        throw processor.bad("rescale_factor", "is not 1/255: such a model cannot be fed here");
    const int filter = processor.integer("resample", 3, 0, 5);
    if (filter != 2 && filter != 3) processor.refuse("resample");
    config.interpolation = filter == 3 ? Interpolation::Bicubic : Interpolation::Bilinear;
    if (processor.has("pad_size")) processor.refuse("do_pad");
    processor.refuse("use_square_size");
    readSize(processor, clip.imageSize, siglip, config);
    config.mean = processor.colour("image_mean", config.mean);
    config.std = processor.colour("image_std", config.std);
    for (const float value : config.std)
        if (!(value > 0)) throw processor.bad("image_std", "must be positive");
    return config;
}

const HubType& hubTypeToWrite(const ClipConfig& config) {
    if (const HubType* type = hubTypeFor(config)) return *type;
    if (config.logitBias && config.vision.is<VitConfig>())
        throw Error("convert", "transformers' CLIPModel has no bias, with which this model was trained (sigmoid loss)",
                    "Convert to open_clip");
    const bool isResNet = config.vision.is<ModifiedResNetConfig>();
    const std::string what = config.text.isCbow() ? "CBOW text tower"
                             : isResNet           ? "ModifiedResNet"
                                                  : describeArchitecture(config) + ", text tower " + config.text.kind;
    throw Error("convert", "Hugging Face's transformers has no such architecture: " + what,
                isResNet || config.text.isCbow() ? "Convert to open_clip or openai" : "Convert to open_clip");
}

json toHuggingFace(const PreprocessConfig& config, const HubType& type) {
    json root = {{"image_processor_type", type.processor()},
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
    root.update({{"size", {{"shortest_edge", config.edge > 0 ? config.edge : config.height}}},
                 {"do_center_crop", true},
                 {"crop_size", sides}});
    return root;
}

}  // namespace diagonal
