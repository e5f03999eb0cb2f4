// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/data/dataset.h"

namespace diagonal {

/// A folder with pack.json, or that file.
bool isPack(const std::filesystem::path& path);

/// Opens what packDataset wrote: every length, offset, size and number is checked first, so that nothing but the pixels
/// can be wrong later. Throws Error. Where the tokenizer does not fit the ids, a note says so and there are none.
std::shared_ptr<const Dataset> openPack(const std::string& path, const DatasetOptions& options);

}  // namespace diagonal
