// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>

#include <filesystem>
#include <string>

#include "engine/base/resources.h"

namespace diagonal {

/// A library of the system, null where there is none. Never unloaded: others may use it too, and the CUDA driver must
/// not be.
inline void* openLibrary(const std::string& name) {
    return ::dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
}

/// A function of a library that returns 0 for success; calling one that is missing is a failure like any other.
template <typename... Arguments>
class LibraryFunction {
  public:
    LibraryFunction(void* library, const char* name)
        : m_address(library == nullptr ? nullptr : reinterpret_cast<Address>(::dlsym(library, name))) {}

    bool operator()(Arguments... arguments) const { return m_address != nullptr && m_address(arguments...) == 0; }

  private:
    using Address = int (*)(Arguments...);
    Address m_address;
};

/// A library of this program that is loaded when it is first needed, so that what it links is not needed before.
template <typename Module>
struct LoadedModule {
    const Module* module = nullptr;
    std::string problem;  ///< where it is null
};

/// What is said where there is none, where it does not load (followed by the reason), and where it is another
/// program's.
struct ModuleProblems {
    std::string missing, notLoading, foreign;
};

/// The function `name` of a file in libraryFolder() gives the module, whose `version` is that of this program.
template <typename Module>
LoadedModule<Module> loadModule(const char* file, const char* name, const ModuleProblems& problems) {
    const std::filesystem::path path = libraryFolder() / file;
    std::error_code none;
    if (!std::filesystem::exists(path, none)) return {nullptr, problems.missing};
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) return {nullptr, problems.notLoading + ": " + ::dlerror()};
    auto* get = reinterpret_cast<const Module* (*)()>(::dlsym(library, name));
    const Module* module = get == nullptr ? nullptr : get();
    if (module == nullptr || module->version != Module::kVersion) return {nullptr, problems.foreign};
    return {module, {}};
}

}  // namespace diagonal
