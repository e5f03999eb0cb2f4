// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"

namespace diagonal {

using Form = TensorRule::Form;

namespace {

/// CLIP's and SigLIP's towers share these; q, k and v stand apart.
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

TensorRules commonRules(int imageLayers, int textLayers) {
    TensorRules rules;
    addBlocks(rules, "visual.transformer.resblocks", "vision_model.encoder.layers", imageLayers);
    addBlocks(rules, "text.transformer.resblocks", "text_model.encoder.layers", textLayers);
    rules.push_back({"visual.conv1.weight", {"vision_model.embeddings.patch_embedding.weight"}});
    rules.push_back({"visual.positional_embedding", {"vision_model.embeddings.position_embedding.weight"}});
    addWeightAndBias(rules, "visual.ln_post", "vision_model.post_layernorm");
    rules.push_back({"text.token_embedding.weight", {"text_model.embeddings.token_embedding.weight"}});
    rules.push_back({"text.positional_embedding", {"text_model.embeddings.position_embedding.weight"}});
    addWeightAndBias(rules, "text.ln_final", "text_model.final_layer_norm");
    return rules;
}

TensorRules clipRules(int imageLayers, int textLayers) {
    TensorRules rules = commonRules(imageLayers, textLayers);
    rules.push_back({"visual.class_embedding", {"vision_model.embeddings.class_embedding"}});
    addWeightAndBias(rules, "visual.ln_pre", "vision_model.pre_layrnorm");  // their spelling
    rules.push_back({"visual.proj", {"visual_projection.weight"}, Form::Transposed});
    rules.push_back({"text.text_projection", {"text_projection.weight"}, Form::Transposed});
    rules.push_back({"logit_scale", {"logit_scale"}});
    return rules;
}

TensorRules siglipRules(int imageLayers, int textLayers) {
    TensorRules rules = commonRules(imageLayers, textLayers);
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

/// The two differ in their rules and in one tensor that tells them apart.
class HuggingFaceLayout : public Layout {
  public:
    HuggingFaceLayout(const char* name, const char* sign, TensorRules (*rules)(int, int))
        : m_name(name), m_sign(sign), m_rules(rules) {}

    std::string name() const override { return m_name; }
    bool matches(const Tensors& theirs) const override {
        return theirs.contains(m_sign) && theirs.contains("text_model.embeddings.token_embedding.weight");
    }
    Tensors toOurs(Tensors& theirs) const override {
        // Older versions stored the numbers 0, 1, 2… as buffers.
        theirs.erase("vision_model.embeddings.position_ids");
        theirs.erase("text_model.embeddings.position_ids");
        return applyRules(m_rules(countLayers(theirs, "vision_model.encoder.layers"),
                                  countLayers(theirs, "text_model.encoder.layers")),
                          theirs);
    }
    Tensors toTheirs(const Tensors& ours) const override {
        return applyRulesBackwards(
            m_rules(countLayers(ours, "visual.transformer.resblocks"), countLayers(ours, "text.transformer.resblocks")),
            ours);
    }

  private:
    const char *m_name, *m_sign;
    TensorRules (*m_rules)(int, int);
};

}  // namespace

const Layout& huggingFaceClipLayout() {
    static const HuggingFaceLayout layout("Hugging Face CLIP", "visual_projection.weight", clipRules);
    return layout;
}

const Layout& huggingFaceSiglipLayout() {
    static const HuggingFaceLayout layout("Hugging Face SigLIP", "vision_model.head.probe", siglipRules);
    return layout;
}

}  // namespace diagonal
