// SPDX-License-Identifier: Apache-2.0
#include "engine/base/resources.h"

#include <cstdlib>

#include "engine/base/error.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// The folder above the program's own.
fs::path installation() {
    std::error_code none;
    return fs::read_symlink("/proc/self/exe", none).parent_path().parent_path();
}

}  // namespace

fs::path resourceFolder() {
    if (const char* folder = std::getenv("DIAGONAL_RESOURCES"); folder != nullptr && *folder != '\0') return folder;
    std::error_code error;
    const fs::path folder = installation() / "share" / "diagonal";
    if (fs::is_directory(folder, error)) return folder;
    throw Error(folder.string(), "Diagonal's resource folder is missing",
                "Install Diagonal again, or set DIAGONAL_RESOURCES to the folder");
}

fs::path demoModelFolder() {
    return resourceFolder() / "demo-model";
}

fs::path libraryFolder() {
    std::error_code error;
    const fs::path lib = installation() / "lib", installed = lib / "diagonal";
    return fs::is_directory(installed, error) ? installed : lib;
}

}  // namespace diagonal
