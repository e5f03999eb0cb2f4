// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/tensor_rules.h"

namespace diagonal {

class JsonReader;
class Scope;
class Shapes;
class TextTower;

/// A kind of text tower: how it is found in what others wrote, and built. Each stands in a file of text_towers/ and in
/// a line of text_kinds.def.
class TextKind {
  public:
    virtual ~TextKind() = default;
    /// TextConfig::kind.
    virtual const char* name() const = 0;

    /// Puts what open_clip's text_cfg describes into config; false where that is no tower of this kind. The image
    /// tower, the embedding's width and textActivation are there already. folder: of the configuration. Throws Error
    /// for numbers that no tower has, and for options that would change the computation and are not supported.
    virtual bool parse(const JsonReader& text, const std::filesystem::path& folder, ClipConfig& config) const = 0;
    /// Into open_clip's text_cfg.
    virtual void write(const ClipConfig& config, nlohmann::json& text) const = 0;

    /// Puts what the tensors, in our names, are of into config, the embedding's width too; false where that is another
    /// kind. Throws Error where they fit no tower.
    virtual bool fromShapes(const Shapes& shapes, ClipConfig& config) const = 0;

    /// The numbers without what no tensor's shape tells, to find a preset of the same shapes.
    virtual TextConfig shapesOnly(TextConfig text) const {
        text.heads = 1;
        return text;
    }

    /// Whether the tensors, in our names or in those of open_clip's files, have such a tower.
    virtual bool owns(const Tensors& tensors) const = 0;

    /// Our names ("text.token_embedding.weight") for those in open_clip's files, where they are others. `tensors` are
    /// in either.
    virtual TensorRules rules(const Tensors& tensors) const {
        (void)tensors;
        return {};
    }

    /// Tokens that the tower itself adds to a text.
    virtual int extraTokens() const { return 0; }

    /// Takes tensors out that files may hold and the tower has no use for.
    virtual void prune(const ClipConfig& config, Tensors& ours) const { (void)config, (void)ours; }

    virtual std::shared_ptr<TextTower> build(const Scope& scope, const ClipConfig& config) const = 0;
};

/// All kinds, in the order in which they are asked.
const std::vector<const TextKind*>& textKinds();
/// The kind of a configuration.
const TextKind& textKind(const TextConfig& config);

}  // namespace diagonal
