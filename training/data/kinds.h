// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/data/dataset.h"

namespace diagonal {

/// A way to keep images with captions. A new one is a file with its open and detect functions, and a line in kinds.cpp.
struct DatasetKind {
    std::string prefix;       ///< "csv:", forces the kind
    std::string description;  ///< for errors and help: "a CSV or TSV file (csv:FILE)"; empty: another's second name
    std::function<bool(const std::filesystem::path&)> detect;
    std::function<std::shared_ptr<const Dataset>(const std::string& rest, const DatasetOptions&)> open;
};

const std::vector<DatasetKind>& datasetKinds();

/// "generated scenes (…), a CSV or TSV file (…) or a Flickr8k folder (…)".
std::string datasetKindNames();

}  // namespace diagonal
