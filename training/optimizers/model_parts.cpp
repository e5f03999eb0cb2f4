// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/model_parts.h"

#include <algorithm>
#include <array>

namespace diagonal {

namespace {

template <size_t count>
bool startsWithAny(std::string_view name, const std::array<std::string_view, count>& beginnings) {
    return std::ranges::any_of(beginnings, [&](std::string_view beginning) { return name.starts_with(beginning); });
}

}  // namespace

bool isOfImage(std::string_view name) {
    return name.starts_with("visual.");
}

bool isOfLogits(std::string_view name) {
    return name.starts_with("logit_");
}

bool isHead(std::string_view name) {
    static constexpr std::array<std::string_view, 4> kHeads = {"visual.proj", "visual.attn_pool.", "visual.attnpool.",
                                                               "text.text_projection"};
    return startsWithAny(name, kHeads) || isOwnHead(name);
}

bool isOwnHead(std::string_view name) {
    static constexpr std::array<std::string_view, 2> kOwnHeads = {"visual.head.", "text.proj."};
    return startsWithAny(name, kOwnHeads);
}

bool learns(std::string_view name, bool lockImage, bool lockText, bool fixTemperature) {
    if (isOfLogits(name)) return !fixTemperature;
    return isOwnHead(name) || !(isOfImage(name) ? lockImage : lockText);
}

}  // namespace diagonal
