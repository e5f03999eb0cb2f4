// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/data/dataset.h"

namespace diagonal {

/// A JSON file in the form of Karpathy and Fei-Fei's splits (2015), or a folder with dataset_coco.json,
/// dataset_flickr8k.json or dataset_flickr30k.json.
bool isKarpathy(const std::filesystem::path& path);

/// Images with their sentences and splits; restval is train. Images are looked for beside the file, above it, and in
/// images/ there, with their filepath and without. Throws Error.
std::shared_ptr<const Dataset> openKarpathy(const std::string& path, const DatasetOptions& options);

}  // namespace diagonal
