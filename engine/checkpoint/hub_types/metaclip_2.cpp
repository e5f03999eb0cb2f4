// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/hub_types/clip.h"

namespace diagonal {

using nlohmann::json;

namespace {

constexpr int kClipEnd = 49407;  ///< transformers' default for eos_token_id

/// MetaClip2Model: CLIPModel's towers and names; a text's feature stands at the first end-of-text token.
class HubMetaClip2 : public HubClip {
  public:
    const char* type() const override { return "metaclip_2"; }
    const char* title() const override { return "MetaCLIP 2"; }

    ClipConfig parse(const JsonReader& model, const JsonReader& text, const JsonReader& vision) const override {
        ClipConfig config = HubClip::parse(model, text, vision);
        config.text.pooling = Pooling::End;
        const int last = config.text.vocabularySize - 1;
        config.text.endId = text.integer("eos_token_id", std::min(kClipEnd, last), 0, last);
        return config;
    }

    bool takes(const ClipConfig& config) const override {
        return isHubClip(config) && config.text.pooling == Pooling::End;
    }

    json write(const ClipConfig& config) const override {
        json root = HubClip::write(config);
        // As XLM-V's vocabulary has them.
        root["text_config"].update({{"bos_token_id", 0}, {"pad_token_id", 1}, {"eos_token_id", config.text.endId}});
        return root;
    }

    /// No tensor tells it from CLIP.
    bool matches(const Tensors& /*theirs*/) const override { return false; }

  protected:
    const char* className() const override { return "MetaClip2Model"; }
};

}  // namespace

const HubType& metaClip2HubType() {
    static const HubMetaClip2 type;
    return type;
}

}  // namespace diagonal
