// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/tensor_rules.h"

namespace diagonal {

class JsonReader;
class Shapes;

/// A kind of image tower: how it is found in what others wrote. Each stands in a file of image_towers/ with the tower
/// and its numbers, and in a line of image_kinds.def.
class ImageKind {
  public:
    virtual ~ImageKind() = default;

    /// What open_clip's vision_cfg describes; nothing where that is no tower of this kind. config has the image size
    /// and the activation that the file says, or their defaults, and may get the tower's own. Throws Error for numbers
    /// that no tower has, and for options that would change the computation and are not supported.
    virtual std::optional<ImageSpec> parse(const JsonReader& vision, ClipConfig& config) const = 0;

    /// What the tensors, in our names, are of; nothing where that is another kind. Sets config.imageSize where the
    /// shapes tell. Throws Error where they fit no tower.
    virtual std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const = 0;

    /// Whether the tensors, in our names or in those of open_clip's files, have such a tower.
    virtual bool owns(const Tensors& tensors) const = 0;

    /// Our names ("visual.conv1.weight") for those in open_clip's files ("visual.trunk.patch_embed.proj.weight"),
    /// where they are others. `tensors` are in either.
    virtual TensorRules rules(const Tensors& tensors) const {
        (void)tensors;
        return {};
    }

    /// timm's names for those of other files with weights for such a tower alone, where they are others.
    virtual TensorRules foreignRules(const Tensors& theirs) const {
        (void)theirs;
        return {};
    }
};

/// All kinds, in the order in which they are asked.
const std::vector<const ImageKind*>& imageKinds();

}  // namespace diagonal
