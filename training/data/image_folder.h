// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/data/dataset.h"

namespace diagonal {

/// A folder with metadata.jsonl or metadata.csv in it, in a folder of it, in data/ or in a folder of that; or such a
/// file, or any .jsonl file.
bool isImageFolder(const std::filesystem::path& path);

/// Hugging Face's imagefolder: each metadata file names images (file_name) relative to itself and their captions (text
/// or caption; a text or a list of them). A folder called train, validation or test around an image is its split.
/// Throws Error.
std::shared_ptr<const Dataset> openImageFolder(const std::string& path, const DatasetOptions& options);

}  // namespace diagonal
