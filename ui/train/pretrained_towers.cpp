// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/pretrained_towers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "ui/train/wizard_defaults.h"

namespace diagonal {

namespace {

/// Keys of config.json; empty where the recipe cannot be read.
const nlohmann::json& recipe() {
    static const nlohmann::json json = [] {
        try {
            const auto file = resourceFolder() / "recipes" / "flickr8k-pretrained.json";
            const auto read = nlohmann::json::parse(readText(file, 1 << 20));
            trainOptionsFromJson(read, displayName(file));
            return read;
        } catch (const std::exception&) {
            return nlohmann::json::object();
        }
    }();
    return json;
}

/// What it comes to for this data. The wizard counts in steps.
TrainOptions suited(const TrainOptions& options, const DatasetSummary* summary) {
    nlohmann::json json = toJson(options);
    json.update(recipe());
    json["seed"] = options.seed;
    TrainOptions result = trainOptionsFromJson(json, "options");
    const TrainOptions initial;
    const auto images = static_cast<int64_t>(summary != nullptr ? trainingImages(*summary) : 0);
    const int64_t epoch = std::max<int64_t>(1, images / std::max(1, result.batchSize));
    result.validateEvery = images > 0 ? epoch : initial.validateEvery;
    result.saveEvery = images > 0 ? epoch : initial.saveEvery;
    result.valFrequency = result.saveFrequency = 0;
    if (result.epochs > 0) result.steps = 0;
    return result;
}

}  // namespace

std::string pretrainedTowersModel() {
    return recipe().value("model", std::string("resnet50-distilbert"));
}

void suitPretrainedTowers(TrainOptions& options, const DatasetSummary* summary) {
    options = suited(options, summary);
    options.model = pretrainedTowersModel();
}

void dropPretrainedTowers(TrainOptions& options, const DatasetSummary* summary) {
    TrainOptions plain;
    plain.trainData = options.trainData;
    if (summary != nullptr) suitData(plain, *summary);
    plain.model = options.model;
    const auto differing = differences(options, suited(options, summary));
    std::set<std::string> keys = {"image_weights", "text_weights", "lock_image", "lock_text"};
    for (const auto& [key, value] : recipe().items())
        if (!differing.contains(key)) keys.insert(key);
    for (const char* key : {"validate_every", "save_every"})
        if (!differing.contains(key)) keys.insert(key);
    if (keys.contains("epochs")) keys.insert("steps");
    // Without data nothing else says how long.
    if (plain.epochs == 0 && plain.steps == 0)
        for (const char* key : {"epochs", "steps"})
            keys.erase(key);
    for (const char* key : {"model", "seed", "val_frequency", "save_frequency"})
        keys.erase(key);
    options = withKept(options, plain, keys);
}

}  // namespace diagonal
