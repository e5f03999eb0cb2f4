// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/data/dataset.h"

namespace diagonal {

/// A .tar file (or a compressed one, to be refused by name), a folder with .tar files or with train/, val/, test/ of
/// them, or a pattern: "name-{0000..0099}.tar".
bool isWebDataset(const std::filesystem::path& path);

/// WebDataset's tar shards: files of a shard whose names are equal up to the first dot behind the last slash are a
/// sample, of an image (also options.imageKey, as the name of a field: "image.jpg") with a caption (.txt; .json with
/// caption or text, or what options.captionKey names) or a class (.cls; classnames.txt beside the shards or above names
/// the numbers, and options.templates make captions of the names). A shard is read through once and then known by its
/// index (ShardIndexes); images are read at their places. Throws Error, Cancelled.
std::shared_ptr<const Dataset> openWebDataset(const std::string& path, const DatasetOptions& options);

}  // namespace diagonal
