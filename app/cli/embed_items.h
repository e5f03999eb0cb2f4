// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/cli/options.h"
#include "engine/embeddings/embedding_export.h"
#include "training/data/dataset_items.h"

namespace diagonal::cli {

/// Options of `embed`.
struct EmbedOptions : ModelOptions {
    std::vector<std::string> images, templates;
    std::string texts, templateSet, data;
    std::string imagesColumn, textsColumn;
    DatasetOptions dataOptions;
    DataPart part = DataPart::Images;
    VideoSampling video;
    std::string out;
    bool noNormalize = false;
    FloatType type = FloatType::Float32;
    bool resume = false;
};

/// What is to be embedded.
struct ItemsToEmbed {
    std::shared_ptr<const EmbeddingItems> items;
    std::vector<FileFailure> failures;  ///< of listing them
    std::string things;                 ///< for people: "images"
    size_t missing = 0;                 ///< files that a data set names, but that are not there; it is told
    bool areTexts = false;              ///< a text without numbers keeps its row
};

/// Opens it; before the model. Throws UsageError, Error, Cancelled.
ItemsToEmbed itemsToEmbed(const EmbedOptions& options);

}  // namespace diagonal::cli
