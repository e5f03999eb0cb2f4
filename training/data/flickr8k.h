// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/data/dataset.h"

namespace diagonal {

/// A folder of Flickr8k or Flickr30k, or its caption file: Flickr8k.token.txt, results_20130124.token, Kaggle's
/// captions.txt or results.csv.
bool isFlickr8k(const std::filesystem::path& path);

/// Opens it with the official split files Flickr_8k.{train,dev,test}Images.txt where they are there. Throws Error.
std::shared_ptr<const Dataset> openFlickr8k(const std::string& path, const DatasetOptions& options);

}  // namespace diagonal
