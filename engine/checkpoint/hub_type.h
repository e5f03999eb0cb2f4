// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/checkpoint/layout.h"
#include "engine/parts/config.h"
#include "engine/parts/tensor_rules.h"

namespace diagonal {

class JsonReader;

/// A type of whole models of Hugging Face's transformers: how its config.json is read and written, and what it calls
/// the tensors. Each stands in a file of hub_types/ and in a line of hub_types.def.
class HubType {
  public:
    virtual ~HubType() = default;
    virtual const char* type() const = 0;       ///< model_type: "clip"
    virtual const char* title() const = 0;      ///< "CLIP"
    virtual const char* processor() const = 0;  ///< image_processor_type: "CLIPImageProcessor"

    /// model: config.json; text, vision: its "text_config" and "vision_config". Throws Error for numbers that no model
    /// has and for what is not supported.
    virtual ClipConfig parse(const JsonReader& model, const JsonReader& text, const JsonReader& vision) const = 0;
    /// Whether transformers' models of the type compute what config says.
    virtual bool takes(const ClipConfig& config) const = 0;
    /// config.json of a model that it takes.
    virtual nlohmann::json write(const ClipConfig& config) const = 0;

    /// Whether the tensors alone show this type. Of two types with the same names the first in the list is taken.
    virtual bool matches(const Tensors& theirs) const = 0;
    virtual TensorRules rules(int imageLayers, int textLayers) const = 0;

    /// The names of its tensors.
    const Layout& layout() const;
};

/// All types, in the order in which they are asked.
const std::vector<const HubType*>& hubTypes();
/// Null where there is none of that name.
const HubType* hubType(const std::string& type);
/// The first type that takes the model; null where transformers has none.
const HubType* hubTypeFor(const ClipConfig& config);

}  // namespace diagonal
