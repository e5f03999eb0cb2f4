// SPDX-License-Identifier: Apache-2.0
#include "engine/base/temporary.h"

#include <sys/random.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <string>

namespace diagonal {

namespace fs = std::filesystem;

fs::path makeTemporary(const fs::path& target, const char* ending, const std::function<bool(const fs::path&)>& make) {
    constexpr int kTries = 16;
    for (int tries = 0; tries < kTries; ++tries) {
        uint64_t number = 0;
        if (::getrandom(&number, sizeof number, 0) != sizeof number) return {};
        char digits[17];
        std::snprintf(digits, sizeof digits, "%016" PRIx64, number);
        fs::path name = target;
        name += std::string(ending) + digits;
        if (make(name)) return name;
        if (errno != EEXIST) return {};
    }
    return {};
}

}  // namespace diagonal
