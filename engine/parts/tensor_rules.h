// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

namespace diagonal {

using Tensors = std::map<std::string, torch::Tensor>;

/// One tensor of ours and where another way of naming a model's tensors keeps it.
struct TensorRule {
    enum class Form {
        Same,
        Transposed,
        Stacked,     ///< ours is theirs[0], theirs[1]… on top of each other (dimension 0)
        Unsqueezed,  ///< theirs has a leading dimension of 1
        Token        ///< ours [width], theirs [1, 1, width]
    };
    std::string ours;
    std::vector<std::string> theirs;
    Form form = Form::Same;
    std::vector<int> shares = {};  ///< Stacked: the parts' relative heights; empty: equal
};

using TensorRules = std::vector<TensorRule>;

/// The rules of the first of `kinds` (image towers, text towers) that has some for these tensors.
template <typename Kinds>
TensorRules rulesOf(const Kinds& kinds, const Tensors& tensors) {
    for (const auto* kind : kinds)
        if (auto rules = kind->rules(tensors); !rules.empty()) return rules;
    return {};
}

/// One more than the largest N of "PREFIX.N.", 0 when there is none.
int countLayers(const Tensors& tensors, const std::string& prefix);

/// Rules for "NAME.weight" and "NAME.bias".
void addWeightAndBias(TensorRules& rules, const std::string& ours, const std::string& theirs);

/// Takes what the rules name out of `theirs`. A rule whose tensors are not there, or do not fit, is passed over.
Tensors applyRules(const TensorRules& rules, Tensors& theirs);
Tensors applyRulesBackwards(const TensorRules& rules, const Tensors& ours);

}  // namespace diagonal
