// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/text_towers/bert.h"

namespace diagonal {

namespace {

constexpr std::string_view kImage = "image_encoder.model.", kText = "text_encoder.model.";
constexpr std::string_view kImageHead = "image_projection.", kTextHead = "text_projection.";

/// The state dict of M. Moein Shariatnia's tutorial (OpenAI-CLIP, 2021): a tower of timm, a DistilBERT, two heads. Its
/// temperature is the constant 1, so that it holds none.
class TutorialLayout : public Layout {
  public:
    std::string name() const override { return "OpenAI-CLIP tutorial"; }
    bool matches(const Tensors& theirs) const override {
        return theirs.contains("image_projection.projection.weight") &&
               theirs.contains("text_projection.projection.weight") &&
               theirs.contains("text_encoder.model.embeddings.word_embeddings.weight");
    }

    Tensors toOurs(Tensors& theirs) const override {
        Tensors ours = applyRules(bertRules(theirs, std::string(kText)), theirs);
        // Texts are pooled at the first token as it is, whatever BERT the pooler came with.
        std::erase_if(ours, [](const auto& entry) { return entry.first.starts_with("text.pooler."); });
        for (auto entry = theirs.begin(); entry != theirs.end();) {
            const auto renamed = [&](std::string_view from, const char* to) {
                if (!entry->first.starts_with(from)) return false;
                ours.emplace(to + entry->first.substr(from.size()), entry->second);
                return true;
            };
            const bool isKnown = renamed(kImage, "visual.trunk.") || renamed(kImageHead, "visual.head.") ||
                                 renamed(kTextHead, "text.proj.") || entry->first.ends_with(".position_ids");
            entry = isKnown ? theirs.erase(entry) : std::next(entry);
        }
        ours.emplace("logit_scale", torch::zeros({}));
        Tensors image = applyRules(rulesOf(imageKinds(), ours), ours);
        ours.merge(image);
        return ours;
    }

    Tensors toTheirs(const Tensors& ours) const override { return ours; }
};

}  // namespace

const Layout& tutorialLayout() {
    static const TutorialLayout layout;
    return layout;
}

}  // namespace diagonal
