// SPDX-License-Identifier: Apache-2.0
#include "engine/base/resources.h"

#include <cstdlib>

#include "engine/base/error.h"

namespace diagonal {

namespace fs = std::filesystem;

fs::path resourceFolder() {
    if (const char* folder = std::getenv("DIAGONAL_RESOURCES"); folder != nullptr && *folder != '\0') return folder;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    const fs::path folder = program.parent_path().parent_path() / "share" / "diagonal";
    if (fs::is_directory(folder, error)) return folder;
    throw Error(folder.string(), "Diagonal's resource folder is missing",
                "Install Diagonal again, or set DIAGONAL_RESOURCES to the folder");
}

fs::path demoModelFolder() {
    return resourceFolder() / "demo-model";
}

}  // namespace diagonal
