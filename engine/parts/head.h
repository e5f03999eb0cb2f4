// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/weights.h"

namespace diagonal {

class Shapes;

/// What projects a tower's features [n, in] to the embedding [n, out].
class Head : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(const torch::Tensor& features) const = 0;
};

struct HeadShape {
    int in = 0, out = 0;
    bool isImage = true;  ///< open_clip's heads of the two sides have other names and widths
    HeadSpec spec;
};

/// A kind of head: a file of heads/ and a line of head_kinds.def.
class HeadKind {
  public:
    virtual ~HeadKind() = default;
    /// open_clip's timm_proj and hf_proj_type: "linear", "mlp"; "residual" is ours.
    virtual const char* name() const = 0;
    virtual std::shared_ptr<Head> build(const Scope& scope, const HeadShape& shape) const = 0;
    /// What the tensors, in our names, are of; nothing where that is another kind. out receives the embedding's width.
    virtual std::optional<HeadSpec> fromShapes(const Shapes& shapes, bool isImage, int& out) const = 0;
};

const std::vector<const HeadKind*>& headKinds();

/// Null where there is none of that name.
const HeadKind* headKind(const std::string& name);

/// Whether a tensor, by its name, belongs to a head that is a part of its own behind a tower, not one of the tower.
inline bool isOwnHead(std::string_view name) {
    return name.starts_with("visual.head.") || name.starts_with("text.proj.");
}

}  // namespace diagonal
