// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "engine/checkpoint/hub_type.h"

namespace diagonal {

/// CLIPModel. Its kin derive from it.
class HubClip : public HubType {
  public:
    const char* type() const override { return "clip"; }
    const char* title() const override { return "CLIP"; }
    const char* processor() const override { return "CLIPImageProcessor"; }
    ClipConfig parse(const JsonReader& model, const JsonReader& text, const JsonReader& vision) const override;
    bool takes(const ClipConfig& config) const override;
    nlohmann::json write(const ClipConfig& config) const override;
    bool matches(const Tensors& theirs) const override;
    TensorRules rules(int imageLayers, int textLayers) const override;

  protected:
    virtual const char* className() const { return "CLIPModel"; }
};

/// Whether the towers are a CLIPModel's, whatever their pooling.
bool isHubClip(const ClipConfig& config);

}  // namespace diagonal
