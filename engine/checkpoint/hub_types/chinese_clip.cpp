// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/checkpoint/hub_type.h"
#include "engine/checkpoint/hub_types/hub_towers.h"
#include "engine/parts/text_towers/bert.h"

namespace diagonal {

using nlohmann::json;

namespace {

constexpr const char* kWords = "text_model.embeddings.word_embeddings.weight";
constexpr int kContext = 52;  ///< of a text, at which Chinese-CLIP was trained; its table of positions is longer

/// ChineseCLIPModel: CLIP's ViT, and a BERT whose first token a matrix projects.
class HubChineseClip : public HubType {
  public:
    const char* type() const override { return "chinese_clip"; }
    const char* title() const override { return "Chinese-CLIP"; }
    const char* processor() const override { return "ChineseCLIPImageProcessor"; }

    ClipConfig parse(const JsonReader& model, const JsonReader& text, const JsonReader& vision) const override {
        ClipConfig config;
        readBertNumbers(text, "bert", config);
        config.text.contextLength = std::min(kContext, config.text.positionRows);
        config.text.pooling = Pooling::First;
        readHubVit(vision, config);
        config.embedDim = model.integer("projection_dim", 512, 1, 16384);
        config.textHead.kind = "linear";
        return config;
    }

    bool takes(const ClipConfig& config) const override {
        const TextConfig& text = config.text;
        const auto* vit = config.vision.as<VitConfig>();
        return vit != nullptr && vit->poolQueries == 0 && text.kind == "bert" && text.tokenTypes > 0 &&
               text.positionOffset == 0 && text.pooling == Pooling::First && config.textHead.kind == "linear" &&
               !config.textHead.bias && !config.logitBias;
    }

    json write(const ClipConfig& config) const override {
        json vision = writeHubVit(config), text = hubConfigOf(config);
        vision["model_type"] = "chinese_clip_vision_model";
        text["model_type"] = "chinese_clip_text_model";
        return {{"architectures", {"ChineseCLIPModel"}},
                {"model_type", type()},
                {"text_config", text},
                {"vision_config", vision},
                {"torch_dtype", "float32"},
                {"projection_dim", config.embedDim},
                {"logit_scale_init_value", 2.6592}};
    }

    bool matches(const Tensors& theirs) const override {
        return theirs.contains(kWords) && theirs.contains("vision_model.embeddings.class_embedding") &&
               theirs.contains("text_projection.weight");
    }

    TensorRules rules(int imageLayers, int textLayers) const override {
        TensorRules rules = hubVitRules(imageLayers);
        const TensorRules text = bertRules("text_model.", textLayers);
        rules.insert(rules.end(), text.begin(), text.end());
        rules.push_back({"text.proj.weight", {"text_projection.weight"}});
        return rules;
    }
};

}  // namespace

const HubType& chineseClipHubType() {
    static const HubChineseClip type;
    return type;
}

}  // namespace diagonal
