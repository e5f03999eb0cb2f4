// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/checkpoint/state_dict.h"
#include "engine/parts/config.h"

namespace diagonal {

/// One tensor of ours (open_clip's CLIP names) and where another layout keeps it.
struct TensorRule {
    enum class Form {
        Same,
        Transposed,
        Stacked,    ///< ours is theirs[0], theirs[1]… on top of each other (dimension 0)
        Unsqueezed  ///< theirs has a leading dimension of 1
    };
    std::string ours;
    std::vector<std::string> theirs;
    Form form = Form::Same;
    std::vector<int> shares = {};  ///< Stacked: the parts' relative heights; empty: equal
};

/// A way of naming a CLIP model's tensors.
class Layout {
  public:
    virtual ~Layout() = default;
    virtual std::string name() const = 0;  ///< "Hugging Face CLIP"
    virtual bool matches(const Tensors& theirs) const = 0;
    /// Takes the tensors that it knows out of `theirs`; what stays there is not part of the model.
    virtual Tensors toOurs(Tensors& theirs) const = 0;
    virtual Tensors toTheirs(const Tensors& ours) const = 0;
};

const Layout& openClipLayout();        ///< CLIP's own names: OpenAI and open_clip
const Layout& openClipSiglipLayout();  ///< open_clip's CustomTextCLIP: text.*, and SigLIP's timm tower visual.trunk.*
const Layout& huggingFaceClipLayout();
const Layout& huggingFaceSiglipLayout();

/// The layout of a state dict. Throws Error saying what the tensors seem to be, when they are no CLIP model.
const Layout& findLayout(const Tensors& tensors, const std::string& file);

/// One more than the largest N of "PREFIX.N.", 0 when there is none.
int countLayers(const Tensors& tensors, const std::string& prefix);

/// Rules for "NAME.weight" and "NAME.bias".
void addWeightAndBias(std::vector<TensorRule>& rules, const std::string& ours, const std::string& theirs);

Tensors applyRules(const std::vector<TensorRule>& rules, Tensors& theirs);
Tensors applyRulesBackwards(const std::vector<TensorRule>& rules, const Tensors& ours);

}  // namespace diagonal
