// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/model_parts.h"

#include <algorithm>
#include <array>

#include "engine/parts/head.h"

namespace diagonal {

bool isOfImage(std::string_view name) {
    return name.starts_with("visual.");
}

bool isOfLogits(std::string_view name) {
    return name.starts_with("logit_");
}

bool isHead(std::string_view name) {
    static constexpr std::array<std::string_view, 4> kHeads = {"visual.proj", "visual.attn_pool.", "visual.attnpool.",
                                                               "text.text_projection"};
    return isOwnHead(name) || std::ranges::any_of(kHeads, [&](auto beginning) { return name.starts_with(beginning); });
}

bool learns(std::string_view name, bool lockImage, bool lockText, bool fixTemperature) {
    if (isOfLogits(name)) return !fixTemperature;
    return isOwnHead(name) || !(isOfImage(name) ? lockImage : lockText);
}

}  // namespace diagonal
