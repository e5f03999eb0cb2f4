// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/data/dataset.h"

namespace diagonal {

/// A folder of folders of images, or train/, val/ and test/ with such folders.
bool isClassFolders(const std::filesystem::path& path);

/// Each folder's name is the label of the images below it, with blanks for underscores and dashes; options.templates
/// make captions of it. Labels are in the order of the folders' names, as torchvision's ImageFolder numbers them; the
/// 1,000 folders of ImageNet get OpenAI's names for its classes. Throws Error.
std::shared_ptr<const Dataset> openClassFolders(const std::string& path, const DatasetOptions& options);

}  // namespace diagonal
