// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/data/dataset.h"

namespace diagonal {

/// A .json file, or a folder with captions_*.json in it or in annotations/.
bool isCoco(const std::filesystem::path& path);

/// COCO's captions: images and annotations joined by image_id. A folder gives the splits of its newest year. Images
/// are looked for in a folder called as the file is (captions_train2017.json: train2017/) beside it, above it, or in
/// images/ there, and in these folders themselves. Throws Error.
std::shared_ptr<const Dataset> openCoco(const std::string& path, const DatasetOptions& options);

}  // namespace diagonal
