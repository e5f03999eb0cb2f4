// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/averages.h"

#include <algorithm>
#include <string_view>

#include "engine/base/text.h"

namespace diagonal {

bool isAverage(const std::string& name) {
    static constexpr const char* kWords[] = {"ema", "swa", "average", "averaged", "avg", "shadow", "polyak"};
    const std::string low = lowered(name);
    for (size_t begin = 0; begin < low.size();) {
        const size_t end = std::min(low.find_first_of("._", begin), low.size());
        const std::string_view word = std::string_view(low).substr(begin, end - begin);
        if (std::ranges::find(kWords, word) != std::end(kWords)) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace diagonal
