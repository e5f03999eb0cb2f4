// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/not_finite.h"

#include <algorithm>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"

namespace diagonal {

namespace fs = std::filesystem;

std::string tensorNotFinite(const std::vector<fs::path>& files) {
    const torch::NoGradGuard noGrad;
    std::string first;
    int more = 0;
    for (const fs::path& file : files) {
        const StateDict state = readStateDict({file});
        for (const auto& [name, tensor] : state.tensors) {
            const bool isFinite = !tensor.is_floating_point() || torch::isfinite(tensor).all().item<bool>();
            if (!isFinite && first.empty()) {
                const bool hasNan = torch::isnan(tensor).any().item<bool>();
                first = "tensor \"" + name + "\" of " + displayName(file) + " holds " + (hasNan ? "NaN" : "infinity");
            } else if (!isFinite) {
                ++more;
            }
            state.release(tensor);
        }
    }
    return more == 0 ? first : first + ", as do " + std::to_string(more) + " more";
}

fs::path fileOfTensor(const std::vector<fs::path>& files, const std::string& name) {
    const auto holds = [&](const fs::path& file) {
        const StateDict state = readStateDict({file});
        return std::ranges::any_of(state.tensors, [&](const auto& entry) { return entry.first.ends_with(name); });
    };
    const auto found = files.size() > 1 ? std::ranges::find_if(files, holds) : files.begin();
    return found == files.end() ? files.front() : *found;
}

}  // namespace diagonal
