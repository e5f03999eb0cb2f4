// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/checkpoint/hub_type.h"
#include "engine/checkpoint/hub_types/hub_towers.h"

namespace diagonal {

using nlohmann::json;
using Form = TensorRule::Form;

namespace {

/// SiglipModel: SigLIP, and SigLIP 2 of fixed sizes.
class HubSiglip : public HubType {
  public:
    const char* type() const override { return "siglip"; }
    const char* title() const override { return "SigLIP"; }
    const char* processor() const override { return "SiglipImageProcessor"; }

    ClipConfig parse(const JsonReader& /*model*/, const JsonReader& text, const JsonReader& vision) const override {
        ClipConfig config;
        readHubText(text, kHubSiglip, config);
        config.text.causal = false;
        config.text.fillsContext = config.text.projectionBias = config.logitBias = true;
        const auto [width, heads, layers, patch, ratio] = readHubVision(vision, kHubSiglip, config);
        if (!vision.boolean("vision_use_head", true)) throw vision.bad("vision_use_head", "is false: no pooled output");
        config.vision = SiglipVitConfig{layers, width, heads, ratio, patch};
        config.embedDim = text.integer("projection_size", config.text.width, 1, 16384);
        if (config.embedDim != width) throw vision.bad("hidden_size", "is not the text tower's projection_size");
        return config;
    }

    bool takes(const ClipConfig& config) const override {
        return config.vision.is<SiglipVitConfig>() && config.text.kind == "clip";
    }

    json write(const ClipConfig& config) const override {
        const SiglipVitConfig& vit = *config.vision.as<SiglipVitConfig>();
        json vision =
            writeHubVision({vit.width, vit.heads, vit.layers, vit.patchSize, vit.mlpRatio}, config, kHubSiglip.epsilon);
        vision["model_type"] = "siglip_vision_model";
        json text = writeHubText(config);
        text.update({{"projection_size", config.embedDim}, {"model_type", "siglip_text_model"}});
        return {{"architectures", {"SiglipModel"}},
                {"model_type", type()},
                {"text_config", text},
                {"vision_config", vision},
                {"torch_dtype", "float32"}};
    }

    bool matches(const Tensors& theirs) const override {
        return theirs.contains("vision_model.head.probe") &&
               theirs.contains("text_model.embeddings.token_embedding.weight");
    }

    TensorRules rules(int imageLayers, int textLayers) const override {
        TensorRules rules;
        addHubImageRules(rules, imageLayers);
        addHubTextRules(rules, textLayers);
        const std::string pool = "visual.attn_pool.", head = "vision_model.head.";
        rules.push_back({"visual.conv1.bias", {"vision_model.embeddings.patch_embedding.bias"}});
        rules.push_back({pool + "probe", {head + "probe"}});
        rules.push_back({pool + "attn.in_proj_weight", {head + "attention.in_proj_weight"}});
        rules.push_back({pool + "attn.in_proj_bias", {head + "attention.in_proj_bias"}});
        addWeightAndBias(rules, pool + "attn.out_proj", head + "attention.out_proj");
        addWeightAndBias(rules, pool + "ln", head + "layernorm");
        addWeightAndBias(rules, pool + "mlp.c_fc", head + "mlp.fc1");
        addWeightAndBias(rules, pool + "mlp.c_proj", head + "mlp.fc2");
        rules.push_back({"text.text_projection", {"text_model.head.weight"}, Form::Transposed});
        rules.push_back({"text.text_projection_bias", {"text_model.head.bias"}});
        rules.push_back({"logit_scale", {"logit_scale"}, Form::Unsqueezed});
        rules.push_back({"logit_bias", {"logit_bias"}, Form::Unsqueezed});
        return rules;
    }
};

}  // namespace

const HubType& siglipHubType() {
    static const HubSiglip type;
    return type;
}

}  // namespace diagonal
