// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Where this build lies. The strings are one source file's, so that no other object depends on the clone's folder.
namespace paths {

extern const char* const kSource;
extern const char* const kPrograms;
extern const char* const kFakeGpu;

/// A file of the project, by its path from the root.
inline std::string source(std::string_view path) {
    return (std::string(kSource) += '/') += path;
}

}  // namespace paths
