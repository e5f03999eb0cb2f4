// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"
#include "engine/parts/text_towers/bert.h"

namespace diagonal {

namespace {

constexpr const char* kProjection = "text_projection";

/// Files of Chinese-CLIP's authors: OpenAI's image tower beside a BERT under transformers' names.
class ChineseClipLayout : public Layout {
  public:
    std::string name() const override { return "Chinese-CLIP"; }
    bool matches(const Tensors& theirs) const override {
        return theirs.contains("visual.conv1.weight") && theirs.contains("bert.embeddings.word_embeddings.weight") &&
               theirs.contains(kProjection);
    }

    Tensors toOurs(Tensors& theirs) const override {
        // The first token is projected as it is: BERT's pooler is not used.
        std::erase_if(theirs, [](const auto& entry) {
            return entry.first.starts_with("bert.pooler.") || entry.first.ends_with(".position_ids");
        });
        TensorRules rules = bertRules(theirs, "bert.");
        rules.push_back({"text.proj.weight", {kProjection}, TensorRule::Form::Transposed});
        Tensors ours = applyRules(rules, theirs);
        std::erase_if(theirs, [&ours](const auto& entry) {
            const bool isShared = entry.first.starts_with("visual.") || entry.first == "logit_scale";
            if (isShared) ours.insert(entry);
            return isShared;
        });
        return ours;
    }

    Tensors toTheirs(const Tensors& ours) const override {
        TensorRules rules = bertRules("bert.", countLayers(ours, "text.transformer.resblocks"));
        rules.push_back({"text.proj.weight", {kProjection}, TensorRule::Form::Transposed});
        Tensors theirs = applyRulesBackwards(rules, ours);
        for (const auto& entry : ours)
            if (!entry.first.starts_with("text.")) theirs.insert(entry);
        return theirs;
    }
};

}  // namespace

const Layout& chineseClipLayout() {
    static const ChineseClipLayout layout;
    return layout;
}

}  // namespace diagonal
