// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>

#include "tests/paths.h"

/// Where Flickr8k's photographs and captions are looked for; tests skip where there is no such folder.
inline std::filesystem::path flickr8k() {
    const char* given = std::getenv("DIAGONAL_FLICKR8K");
    return given != nullptr && *given != '\0' ? given : paths::source("../shared/data/flickr8k");
}
