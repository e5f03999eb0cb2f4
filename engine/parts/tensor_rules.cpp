// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/tensor_rules.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;
using Form = TensorRule::Form;

namespace {

Tensor fromTheirs(const TensorRule& rule, const std::vector<Tensor>& parts, bool& fits) {
    const Tensor& first = parts.front();
    switch (rule.form) {
        case Form::Transposed:
            fits = first.dim() == 2;
            return fits ? first.t() : first;
        case Form::Unsqueezed:
            if (first.dim() == 0) return first;  // a scalar may stand without its dimension
            fits = first.size(0) == 1;
            return fits ? first.squeeze(0) : first;
        case Form::Token:
            fits = first.dim() == 3 && first.numel() == first.size(2);
            return fits ? first.flatten() : first;
        case Form::Stacked:
            for (const Tensor& part : parts)
                fits = fits && part.dim() == first.dim() && part.dim() > 0 &&
                       part.scalar_type() == first.scalar_type() && part.sizes().slice(1) == first.sizes().slice(1);
            return fits ? torch::cat(parts) : first;
        case Form::Same:
            break;
    }
    return first;
}

}  // namespace

int countLayers(const Tensors& tensors, const std::string& prefix) {
    int count = 0;
    for (auto entry = tensors.lower_bound(prefix + "."); entry != tensors.end(); ++entry) {
        const std::string& name = entry->first;
        if (!name.starts_with(prefix + ".")) break;
        int number = -1;
        std::from_chars(name.data() + prefix.size() + 1, name.data() + name.size(), number);
        count = std::max(count, std::min(number, 9999) + 1);
    }
    return count;
}

void addWeightAndBias(TensorRules& rules, const std::string& ours, const std::string& theirs) {
    for (const char* part : {".weight", ".bias"})
        rules.push_back({ours + part, {theirs + part}});
}

Tensors applyRules(const TensorRules& rules, Tensors& theirs) {
    Tensors ours;
    for (const auto& rule : rules) {
        std::vector<Tensor> parts;
        for (const auto& name : rule.theirs) {
            const auto found = theirs.find(name);
            if (found != theirs.end()) parts.push_back(found->second);
        }
        if (parts.size() != rule.theirs.size()) continue;
        bool fits = true;
        Tensor tensor = fromTheirs(rule, parts, fits);
        if (!fits) continue;
        ours.emplace(rule.ours, std::move(tensor));
        for (const auto& name : rule.theirs)
            theirs.erase(name);
    }
    return ours;
}

Tensors applyRulesBackwards(const TensorRules& rules, const Tensors& ours) {
    Tensors theirs;
    for (const auto& rule : rules) {
        const auto found = ours.find(rule.ours);
        if (found == ours.end()) continue;
        const Tensor& tensor = found->second;
        if (rule.form == Form::Stacked) {
            std::vector<int> shares = rule.shares;
            if (shares.empty()) shares.assign(rule.theirs.size(), 1);
            const int64_t unit = tensor.size(0) / std::accumulate(shares.begin(), shares.end(), 0);
            int64_t row = 0;
            for (size_t i = 0; i < shares.size(); ++i) {
                theirs.emplace(rule.theirs[i], tensor.narrow(0, row, unit * shares[i]));
                row += unit * shares[i];
            }
        } else {
            theirs.emplace(rule.theirs.front(), rule.form == Form::Transposed   ? tensor.t()
                                                : rule.form == Form::Unsqueezed ? tensor.unsqueeze(0)
                                                : rule.form == Form::Token      ? tensor.view({1, 1, -1})
                                                                                : tensor);
        }
    }
    return theirs;
}

}  // namespace diagonal
