// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/subset.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "engine/base/error.h"
#include "training/data/equal_pictures.h"
#include "training/data/random.h"

namespace diagonal {

namespace {

constexpr size_t kHeldBackOneIn = 20;
constexpr size_t kFewestToHoldBack = 40;

bool hasCaption(const Dataset& dataset, size_t index) {
    for (size_t k = 0; k < dataset.captionCount(index); ++k)
        if (!dataset.caption(index, k).empty()) return true;
    return false;
}

std::shared_ptr<const Dataset> subset(const std::shared_ptr<const Dataset>& whole, std::vector<uint32_t> indices) {
    if (indices.empty()) return nullptr;
    if (indices.size() == whole->size()) return whole;
    return std::make_shared<Subset>(whole, std::move(indices));
}

std::shared_ptr<const Dataset> openValidation(const std::string& spec, DatasetOptions options) {
    options.split = Split::All;
    const auto whole = openDataset(spec, options);
    std::vector<uint32_t> validation, all;
    for (uint32_t i = 0; i < whole->size(); ++i) {
        if (!hasCaption(*whole, i)) continue;
        all.push_back(i);
        if (whole->split(i) == Split::Validation) validation.push_back(i);
    }
    auto chosen = subset(whole, validation.empty() ? std::move(all) : std::move(validation));
    if (chosen == nullptr) throw Error("--val-data " + spec, "holds no image with a caption");
    return chosen;
}

/// Moves every twentieth image, but for pictures that training would show under another name.
void holdBack(const Dataset& whole, std::vector<uint32_t>& train, std::vector<uint32_t>& validation,
              const std::stop_token& stop) {
    std::vector<uint32_t> chosen, kept;
    for (const uint32_t i : train)
        (mix64(i) % kHeldBackOneIn == 0 ? chosen : kept).push_back(i);
    const auto equal = equalPictures(whole, chosen, kept, stop);
    std::ranges::set_difference(chosen, equal, std::back_inserter(validation));
    train.clear();
    std::ranges::merge(kept, equal, std::back_inserter(train));
}

}  // namespace

TrainingData openTrainingData(const std::string& trainData, const std::string& validationData,
                              const DatasetOptions& given) {
    DatasetOptions options = given;
    options.split = Split::All;
    const auto whole = openDataset(trainData, options);
    std::vector<uint32_t> train, validation;
    for (uint32_t i = 0; i < whole->size(); ++i) {
        if (!hasCaption(*whole, i)) continue;
        if (whole->split(i) == Split::Validation) validation.push_back(i);
        if (whole->split(i) == Split::Train || whole->split(i) == Split::All) train.push_back(i);
    }
    if (train.empty())
        throw Error("--train-data " + trainData, "holds no training image with a caption",
                    "`dataset info` shows what is in it.");
    TrainingData data;
    if (!validationData.empty()) {
        data.validation = openValidation(validationData, given);
    } else if (validation.empty() && train.size() >= kFewestToHoldBack) {
        holdBack(*whole, train, validation, given.opening.stop);
    }
    if (data.validation == nullptr) data.validation = subset(whole, std::move(validation));
    data.train = subset(whole, std::move(train));
    return data;
}

std::shared_ptr<const Dataset> sample(const std::shared_ptr<const Dataset>& dataset, size_t count) {
    if (dataset->size() <= count) return dataset;
    std::vector<std::pair<uint64_t, uint32_t>> order;
    for (uint32_t i = 0; i < dataset->size(); ++i)
        order.emplace_back(mix64(i), i);
    std::ranges::nth_element(order, order.begin() + static_cast<ptrdiff_t>(count));
    std::vector<uint32_t> chosen;
    for (size_t i = 0; i < count; ++i)
        chosen.push_back(order[i].second);
    std::sort(chosen.begin(), chosen.end());
    return std::make_shared<Subset>(dataset, std::move(chosen));
}

}  // namespace diagonal
