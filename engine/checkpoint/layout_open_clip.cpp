// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/text_kind.h"

namespace diagonal {

namespace {

/// Numbers beside the weights of which the shapes tell the same, and buffers that follow from the configuration.
bool isNoWeight(const std::string& name) {
    return name == "input_resolution" || name == "context_length" || name == "vocab_size" ||
           name.ends_with("attn_mask") || name.ends_with(".position_ids");
}

/// CoCa's decoder, which writes captions: the two towers need it not.
bool isOfDecoder(const std::string& name) {
    return name.starts_with("text_decoder.");
}

bool isOfText(const std::string& name) {
    return !name.starts_with("visual.") && !name.starts_with("logit_");
}

template <typename Kinds>
bool isOwned(const Kinds& kinds, const Tensors& tensors) {
    return std::any_of(kinds.begin(), kinds.end(), [&](const auto* kind) { return kind->owns(tensors); });
}

/// open_clip's CLIP, OpenAI's too, where the text tower's names have no prefix, and its CustomTextCLIP, where it is
/// "text.". Towers of timm and transformers have the names of those.
class OpenClipLayout : public Layout {
  public:
    std::string name() const override { return "open_clip"; }
    bool matches(const Tensors& theirs) const override {
        return isOwned(imageKinds(), theirs) && isOwned(textKinds(), theirs);
    }

    Tensors toOurs(Tensors& theirs) const override {
        std::erase_if(theirs, [](const auto& entry) { return isNoWeight(entry.first) || isOfDecoder(entry.first); });
        if (theirs.contains("token_embedding.weight")) {
            Tensors prefixed;
            for (auto& [name, tensor] : std::exchange(theirs, {}))
                prefixed.emplace(isOfText(name) ? "text." + name : name, tensor);
            theirs = std::move(prefixed);
        }
        Tensors ours;
        for (const TensorRules& rules :
             {rulesOf(imageKinds(), theirs), rulesOf(textKinds(), theirs), kLinearProjection})
            ours.merge(applyRules(rules, theirs));
        ours.merge(theirs);
        theirs.clear();
        return ours;
    }

    Tensors toTheirs(const Tensors& ours) const override {
        const TensorRules image = rulesOf(imageKinds(), ours), text = rulesOf(textKinds(), ours);
        TensorRules rules = image;
        rules.insert(rules.end(), text.begin(), text.end());
        if (ours.contains("text.text_projection_bias"))
            rules.insert(rules.end(), kLinearProjection.begin(), kLinearProjection.end());
        Tensors theirs = applyRulesBackwards(rules, ours), rest = ours;
        for (const auto& rule : rules)
            rest.erase(rule.ours);
        theirs.merge(rest);
        if (!rules.empty() || ours.contains("text.cls_emb")) return theirs;
        Tensors flat;
        for (const auto& [name, tensor] : theirs)
            flat.emplace(name.starts_with("text.") ? name.substr(5) : name, tensor);
        return flat;
    }

  private:
    /// A projection with a bias is a linear layer.
    inline static const TensorRules kLinearProjection = {
        {"text.text_projection", {"text.text_projection.weight"}, TensorRule::Form::Transposed},
        {"text.text_projection_bias", {"text.text_projection.bias"}}};
};

}  // namespace

const Layout& openClipLayout() {
    static const OpenClipLayout layout;
    return layout;
}

}  // namespace diagonal
