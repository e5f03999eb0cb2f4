// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/base/error.h"
#include "engine/formats/zip_directory.h"

namespace diagonal {

/// An error that says what a file that is no checkpoint seems to be, and what to do about it.
Error foreignFile(std::span<const uint8_t> file, const std::string& name);
/// The same of a zip archive that PyTorch did not write.
Error foreignZip(const ZipDirectory& zip, const std::string& name);

}  // namespace diagonal
