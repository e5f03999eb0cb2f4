// SPDX-License-Identifier: Apache-2.0
#include "training/data/labelled_dataset.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace {

constexpr size_t kLeastPicturesOfLabel = 3;  // on average
constexpr size_t kMostLabelBytes = 64;

bool looksLikeLabels(const Dataset& dataset) {
    std::unordered_map<std::string_view, size_t> counts;
    for (size_t i = 0; i < dataset.size(); ++i) {
        if (dataset.captionCount(i) != 1) return false;
        const std::string_view caption = dataset.caption(i, 0);
        if (caption.size() > kMostLabelBytes) return false;
        ++counts[caption];
        if (counts.size() * kLeastPicturesOfLabel > dataset.size()) return false;
    }
    return true;
}

void labelByCaptions(const Dataset& dataset, EvaluationData& data) {
    std::unordered_map<std::string_view, int> numbers;
    for (size_t i = 0; i < dataset.size(); ++i) {
        if (dataset.captionCount(i) != 1)
            throw Error(data.pictures.names[i],
                        "has " + std::to_string(dataset.captionCount(i)) + " captions, and one is to be its label",
                        "Say with --caption-key which column is the label");
        const std::string_view caption = dataset.caption(i, 0);
        const auto [entry, isNew] = numbers.emplace(caption, static_cast<int>(data.classes.size()));
        if (isNew) data.classes.emplace_back(caption);
        data.labels.push_back(entry->second);
    }
}

void setParts(const Dataset& dataset, EvaluationData& data) {
    for (size_t i = 0; i < dataset.size(); ++i) {
        const Split split = dataset.split(i);
        if (split == Split::All) {  // one that is in none trains where others are in one
            data.parts.push_back(EvaluationPart::Train);
        } else {
            data.parts.push_back(split == Split::Test         ? EvaluationPart::Test
                                 : split == Split::Validation ? EvaluationPart::Validation
                                                              : EvaluationPart::Train);
        }
    }
    const auto isUnsaid = [&](size_t i) { return dataset.split(i) == Split::All; };
    bool saysNothing = true;
    for (size_t i = 0; i < dataset.size() && saysNothing; ++i)
        saysNothing = isUnsaid(i);
    if (saysNothing) data.parts.clear();
}

}  // namespace

EvaluationData evaluationData(const std::shared_ptr<const Dataset>& dataset, const std::string& name,
                              bool captionsAreLabels) {
    EvaluationData data;
    data.name = name;
    bool hasFiles = true;
    for (size_t i = 0; i < dataset->size(); ++i) {
        data.pictures.names.push_back(displayName(dataset->name(i)));
        if (hasFiles) data.pictures.files.push_back(dataset->file(i));
        hasFiles = hasFiles && !data.pictures.files.back().empty();
    }
    if (!hasFiles) {
        data.pictures.files.clear();
        data.pictures.decode = [dataset](size_t i) { return dataset->image(i); };
    }
    setParts(*dataset, data);
    const bool areFolders = dataset->kind() == "Class folders";  // whose captions are their labels in a template
    if (!dataset->labels().empty() && (areFolders || !captionsAreLabels)) {
        data.classes = dataset->labels();
        for (size_t i = 0; i < dataset->size(); ++i)
            data.labels.push_back(dataset->label(i));
    } else if (captionsAreLabels || looksLikeLabels(*dataset)) {
        labelByCaptions(*dataset, data);
        if (!captionsAreLabels)
            data.notes.push_back("Its " + std::to_string(data.classes.size()) +
                                 " different captions are taken for the labels");
        return data;
    }
    if (areFolders) return data;
    for (size_t i = 0; i < dataset->size(); ++i)
        for (size_t k = 0; k < dataset->captionCount(i); ++k) {
            data.pictures.captions.emplace_back(dataset->caption(i, k));
            data.pictures.pictureOfCaption.push_back(static_cast<int64_t>(i));
        }
    return data;
}

}  // namespace diagonal
