// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/checkpoint/state_dict.h"
#include "engine/parts/config.h"
#include "engine/parts/tensor_rules.h"

namespace diagonal {

/// A way of naming a CLIP model's tensors.
class Layout {
  public:
    virtual ~Layout() = default;
    virtual std::string name() const = 0;  ///< "Hugging Face CLIP"
    virtual bool matches(const Tensors& theirs) const = 0;
    virtual bool isHuggingFaces() const { return false; }
    /// Takes the tensors that it knows out of `theirs`; what stays there is not part of the model.
    virtual Tensors toOurs(Tensors& theirs) const = 0;
    virtual Tensors toTheirs(const Tensors& ours) const = 0;
};

const Layout& openClipLayout();  ///< OpenAI's and open_clip's names
const Layout& tutorialLayout();
const Layout& chineseClipLayout();  ///< its authors' names

/// Null where it is that of no whole model.
const Layout* layoutOf(const Tensors& tensors);

/// The layout of a state dict. Throws Error saying what the tensors seem to be, when they are no CLIP model.
const Layout& findLayout(const Tensors& tensors, const std::string& file);

}  // namespace diagonal
