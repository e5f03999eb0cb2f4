// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"

namespace diagonal {

using Form = TensorRule::Form;

namespace {

using Rules = std::vector<TensorRule>;

/// timm's VisionTransformer with AttentionPoolLatent.
Rules trunkRules(int layers) {
    Rules rules;
    const std::string trunk = "visual.trunk.";
    addWeightAndBias(rules, "visual.conv1", trunk + "patch_embed.proj");
    rules.push_back({"visual.positional_embedding", {trunk + "pos_embed"}, Form::Unsqueezed});
    for (int i = 0; i < layers; ++i) {
        const std::string block = "visual.transformer.resblocks." + std::to_string(i) + ".";
        const std::string theirs = trunk + "blocks." + std::to_string(i) + ".";
        addWeightAndBias(rules, block + "ln_1", theirs + "norm1");
        rules.push_back({block + "attn.in_proj_weight", {theirs + "attn.qkv.weight"}});
        rules.push_back({block + "attn.in_proj_bias", {theirs + "attn.qkv.bias"}});
        addWeightAndBias(rules, block + "attn.out_proj", theirs + "attn.proj");
        addWeightAndBias(rules, block + "ln_2", theirs + "norm2");
        addWeightAndBias(rules, block + "mlp.c_fc", theirs + "mlp.fc1");
        addWeightAndBias(rules, block + "mlp.c_proj", theirs + "mlp.fc2");
    }
    addWeightAndBias(rules, "visual.ln_post", trunk + "norm");
    const std::string pool = "visual.attn_pool.", theirs = trunk + "attn_pool.";
    rules.push_back({pool + "probe", {theirs + "latent"}});
    for (const char* part : {"weight", "bias"})
        rules.push_back(
            {pool + "attn.in_proj_" + part, {theirs + "q." + part, theirs + "kv." + part}, Form::Stacked, {1, 2}});
    addWeightAndBias(rules, pool + "attn.out_proj", theirs + "proj");
    addWeightAndBias(rules, pool + "ln", theirs + "norm");
    addWeightAndBias(rules, pool + "mlp.c_fc", theirs + "mlp.fc1");
    addWeightAndBias(rules, pool + "mlp.c_proj", theirs + "mlp.fc2");
    return rules;
}

bool isTextName(const std::string& ours) {
    return !ours.starts_with("visual.") && ours != "logit_scale" && ours != "logit_bias";
}

/// open_clip's CustomTextCLIP: the text tower's names begin with "text.", its projection may be a linear layer.
class OpenClipSiglipLayout : public Layout {
  public:
    std::string name() const override { return "open_clip, text tower apart"; }
    bool matches(const Tensors& theirs) const override {
        return theirs.contains("text.token_embedding.weight") &&
               (theirs.contains("visual.trunk.attn_pool.latent") || theirs.contains("visual.conv1.weight"));
    }

    Tensors toOurs(Tensors& theirs) const override {
        Tensors ours = applyRules(trunkRules(countLayers(theirs, "visual.trunk.blocks")), theirs);
        Tensors rest;
        for (auto& [name, tensor] : theirs) {
            if (name == "text.text_projection.weight" && tensor.dim() == 2)
                ours.emplace("text_projection", tensor.t());
            else if (name == "text.text_projection.bias")
                ours.emplace("text_projection_bias", tensor);
            else if (name.starts_with("text.") && name != "text.attn_mask")
                ours.emplace(name.substr(5), tensor);
            else if (name.starts_with("visual.trunk."))
                rest.emplace(name, tensor);
            else if (name != "text.attn_mask")
                ours.emplace(name, tensor);
        }
        theirs = std::move(rest);
        return ours;
    }

    Tensors toTheirs(const Tensors& ours) const override {
        Tensors theirs = applyRulesBackwards(trunkRules(countLayers(ours, "visual.transformer.resblocks")), ours);
        for (const auto& [name, tensor] : ours) {
            if (name == "text_projection")
                theirs.emplace("text.text_projection.weight", tensor.t());
            else if (name == "text_projection_bias")
                theirs.emplace("text.text_projection.bias", tensor);
            else if (isTextName(name))
                theirs.emplace("text." + name, tensor);
            else if (name == "logit_scale" || name == "logit_bias")
                theirs.emplace(name, tensor);
        }
        return theirs;
    }
};

}  // namespace

const Layout& openClipSiglipLayout() {
    static const OpenClipSiglipLayout layout;
    return layout;
}

}  // namespace diagonal
