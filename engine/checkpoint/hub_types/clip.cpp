// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hub_types/clip.h"

#include "engine/base/libtorch.h"
#include "engine/checkpoint/hub_types/hub_towers.h"

namespace diagonal {

using nlohmann::json;

bool isHubClip(const ClipConfig& config) {
    const auto* vit = config.vision.as<VitConfig>();
    return vit != nullptr && vit->isPlain() && config.text.isClips() && !config.logitBias;
}

ClipConfig HubClip::parse(const JsonReader& model, const JsonReader& text, const JsonReader& vision) const {
    ClipConfig config;
    readHubText(text, kHubClip, config);
    readHubVit(vision, config);
    config.embedDim = model.integer("projection_dim", 512, 1, 16384);
    return config;
}

bool HubClip::takes(const ClipConfig& config) const {
    return isHubClip(config) && config.text.pooling != Pooling::End;
}

json HubClip::write(const ClipConfig& config) const {
    json vision = writeHubVit(config), text = writeHubText(config);
    vision["model_type"] = std::string(type()) + "_vision_model";
    // The two largest ids, in CLIP's vocabulary and in Diagonal's own.
    text.update({{"bos_token_id", config.text.vocabularySize - 2},
                 {"eos_token_id", config.text.vocabularySize - 1},
                 {"pad_token_id", config.text.vocabularySize - 1},
                 {"projection_dim", config.embedDim},
                 {"model_type", std::string(type()) + "_text_model"}});
    return {{"architectures", {className()}},  {"model_type", type()},     {"text_config", text},
            {"vision_config", vision},         {"torch_dtype", "float32"}, {"projection_dim", config.embedDim},
            {"logit_scale_init_value", 2.6592}};
}

bool HubClip::matches(const Tensors& theirs) const {
    return theirs.contains("visual_projection.weight") &&
           theirs.contains("text_model.embeddings.token_embedding.weight");
}

TensorRules HubClip::rules(int imageLayers, int textLayers) const {
    TensorRules rules = hubVitRules(imageLayers);
    addHubTextRules(rules, textLayers);
    rules.push_back({"text.text_projection", {"text_projection.weight"}, TensorRule::Form::Transposed});
    return rules;
}

const HubType& clipHubType() {
    static const HubClip type;
    return type;
}

}  // namespace diagonal
