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

/// How many models were averaged: torch.optim.swa_utils.AveragedModel's buffer beside the module.
constexpr const char* kAveraged = "n_averaged";

/// Factors of LoRA that lie beside the weights they change, as PEFT names both.
void refuseFactors(const Tensors& tensors, const std::string& file) {
    static constexpr const char* kSigns[] = {"base_layer.",      "lora_A.",          "lora_B.",
                                             "lora_embedding_A", "lora_embedding_B", "lora_magnitude_v",
                                             "modules_to_save."};
    for (const auto& [name, tensor] : tensors)
        for (const char* sign : kSigns)
            if (const size_t at = name.find(sign); at == 0 || (at != std::string::npos && name[at - 1] == '.'))
                throw Error(file, "holds a model of PEFT whose LoRA was not merged: tensor \"" + name + "\"",
                            "Merge it where it was made: model.merge_and_unload().save_pretrained(\"merged\")");
}

/// The tensors of a model without what says that it is an average.
Tensors withoutCount(Tensors tensors, bool isSaid, std::vector<std::string>& notes) {
    if (tensors.erase(kAveraged) > 0 && !isSaid)
        notes.push_back(std::string("the weights are an average: an AveragedModel's (") + kAveraged + ")");
    return tensors;
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
        refuseFactors(tensors, file);
        return withoutCount(std::move(tensors), /*isSaid=*/false, notes);
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
    if (found.empty()) {
        // A LoRA's factors alone are an adapter, which says so itself.
        const bool hasWeights = std::ranges::any_of(
            tensors, [](const auto& entry) { return entry.first.find("base_layer.") != std::string::npos; });
        if (hasWeights) refuseFactors(tensors, file);
        return tensors;
    }
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
    refuseFactors(chosen.tensors, file);
    return withoutCount(std::move(chosen.tensors), /*isSaid=*/models == 0, notes);
}

}  // namespace diagonal
