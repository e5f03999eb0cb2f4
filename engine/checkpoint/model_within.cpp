// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_within.h"

#include <algorithm>
#include <map>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/base/text.h"
#include "engine/checkpoint/layout.h"
#include "engine/formats/averages.h"

namespace diagonal {

namespace {

constexpr int kDeepest = 4;

/// A model in a state dict.
struct Found {
    std::string holder;  ///< what its names begin with there, "clip_model."
    Tensors tensors;     ///< without it
};

/// By the first part of their names, with its dot; without those that have but one.
std::map<std::string, Tensors> byHolder(const Tensors& tensors) {
    std::map<std::string, Tensors> groups;
    for (const auto& [name, tensor] : tensors)
        if (const size_t dot = name.find('.'); dot != std::string::npos && dot + 1 < name.size())
            groups[name.substr(0, dot + 1)].emplace(name.substr(dot + 1), tensor);
    return groups;
}

void find(const Tensors& tensors, const std::string& holder, int depth, std::vector<Found>& found) {
    for (auto& [name, inner] : byHolder(tensors)) {
        if (layoutOf(inner) != nullptr)
            found.push_back({holder + name, std::move(inner)});
        else if (depth < kDeepest)
            find(inner, holder + name, depth + 1, found);
    }
}

/// What stands beside a model in its own names: averages, losses, metrics.
bool isBeside(const std::string& holder) {
    static constexpr const char* kBeside[] = {"loss.",          "losses.",      "criterion.", "loss_fn.",  "metrics.",
                                              "train_metrics.", "val_metrics.", "teacher.",   "optimizer."};
    return isAverage(holder) || std::ranges::find(kBeside, holder) != std::end(kBeside);
}

void noteLeftOut(const std::vector<std::string>& holders, std::vector<std::string>& notes) {
    std::vector<std::string> names;
    for (const std::string& holder : holders)
        names.push_back(holder + "*");
    if (!names.empty()) notes.push_back("left out: " + joined(names));
}

}  // namespace

Tensors modelWithin(Tensors tensors, const std::string& file, std::vector<std::string>& notes) {
    std::vector<std::string> leftOut;
    if (layoutOf(tensors) != nullptr) {
        for (const auto& group : byHolder(tensors)) {
            const std::string& holder = group.first;
            if (!isBeside(holder)) continue;
            std::erase_if(tensors, [&](const auto& entry) { return entry.first.starts_with(holder); });
            leftOut.push_back(holder);
        }
        noteLeftOut(leftOut, notes);
        return tensors;
    }
    std::vector<Found> found;
    find(tensors, "", 1, found);
    const auto averages =
        std::partition(found.begin(), found.end(), [](const Found& one) { return !isAverage(one.holder); });
    const auto models = std::distance(found.begin(), averages);
    if (models > 1 || (models == 0 && found.size() > 1)) {
        std::vector<std::string> names;
        for (const Found& one : found)
            names.push_back("\"" + one.holder + "\"");
        throw Error(file, "holds several models: " + joined(names), "Save the state dict of the one that is meant.");
    }
    if (found.empty()) return tensors;
    Found& chosen = found.front();
    if (models == 0) notes.push_back("the weights are an average: " + chosen.holder + "*");
    const auto isOfChosen = [&](const std::string& name) { return name.starts_with(chosen.holder); };
    for (auto entry = tensors.begin(); entry != tensors.end(); ++entry) {
        if (isOfChosen(entry->first)) continue;
        const size_t dot = entry->first.find('.');
        const std::string holder = dot == std::string::npos ? entry->first : entry->first.substr(0, dot + 1);
        if (chosen.holder.starts_with(holder)) continue;
        if (leftOut.empty() || leftOut.back() != holder) leftOut.push_back(holder);
    }
    noteLeftOut(leftOut, notes);
    return std::move(chosen.tensors);
}

}  // namespace diagonal
