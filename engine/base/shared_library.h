// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>

#include <string>

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

}  // namespace diagonal
