// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hub_type.h"

#include <map>

#include "engine/base/libtorch.h"

namespace diagonal {

#define HUB_TYPE(type) const HubType& type();
#include "engine/checkpoint/hub_types.def"
#undef HUB_TYPE

namespace {

class HubLayout : public Layout {
  public:
    explicit HubLayout(const HubType& type) : m_type(type) {}

    std::string name() const override { return std::string("Hugging Face ") + m_type.title(); }
    bool isHuggingFaces() const override { return true; }
    bool matches(const Tensors& theirs) const override { return m_type.matches(theirs); }
    Tensors toOurs(Tensors& theirs) const override {
        // Older versions stored the numbers 0, 1, 2… as buffers.
        std::erase_if(theirs, [](const auto& entry) { return entry.first.ends_with(".position_ids"); });
        const int textLayers =
            std::max(countLayers(theirs, "text_model.encoder.layers"), countLayers(theirs, "text_model.encoder.layer"));
        return applyRules(m_type.rules(countLayers(theirs, "vision_model.encoder.layers"), textLayers), theirs);
    }
    Tensors toTheirs(const Tensors& ours) const override {
        return applyRulesBackwards(m_type.rules(countLayers(ours, "visual.transformer.resblocks"),
                                                countLayers(ours, "text.transformer.resblocks")),
                                   ours);
    }

  private:
    const HubType& m_type;
};

}  // namespace

const std::vector<const HubType*>& hubTypes() {
    static const std::vector<const HubType*> types = {
#define HUB_TYPE(type) &type(),
#include "engine/checkpoint/hub_types.def"
#undef HUB_TYPE
    };
    return types;
}

const HubType* hubType(const std::string& type) {
    for (const HubType* each : hubTypes())
        if (type == each->type()) return each;
    return nullptr;
}

const HubType* hubTypeFor(const ClipConfig& config) {
    for (const HubType* each : hubTypes())
        if (each->takes(config)) return each;
    return nullptr;
}

const Layout& HubType::layout() const {
    static const std::map<const HubType*, HubLayout> layouts = [] {
        std::map<const HubType*, HubLayout> all;
        for (const HubType* each : hubTypes())
            all.emplace(each, HubLayout(*each));
        return all;
    }();
    return layouts.at(this);
}

}  // namespace diagonal
