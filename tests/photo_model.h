// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>

#include "tests/paths.h"

/// Where the model of scripts/make-photo-model is looked for; tests skip where there is no such folder.
inline std::filesystem::path photoModel() {
    const char* given = std::getenv("DIAGONAL_PHOTO_MODEL");
    return given != nullptr && *given != '\0' ? given : paths::source("photo-model");
}
