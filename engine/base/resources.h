// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace diagonal {

/// Folder of the files shipped with Diagonal: $DIAGONAL_RESOURCES, else ../share/diagonal beside the program's folder,
/// else ../share/diagonal beside that one (tests). Throws Error when there is none.
std::filesystem::path resourceFolder();

/// The model that is there before any other: resourceFolder()/demo-model.
std::filesystem::path demoModelFolder();

/// Where the libraries lie that are loaded when they are needed: ../lib of the program's folder.
std::filesystem::path libraryFolder();

}  // namespace diagonal
