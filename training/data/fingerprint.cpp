// SPDX-License-Identifier: Apache-2.0
#include "training/data/fingerprint.h"

#include "engine/hub/sha256.h"

namespace diagonal {

std::string fingerprint(const Dataset& dataset) {
    constexpr size_t kDigits = 16;
    Sha256 hash;
    const auto add = [&hash](std::string_view text) {
        const uint64_t size = text.size();
        hash.add(&size, sizeof size);
        hash.add(text.data(), text.size());
    };
    const auto& labels = dataset.labels();
    for (size_t i = 0; i < dataset.size(); ++i) {
        const std::string name = dataset.name(i);
        add(std::string_view(name).substr(name.find_last_of('/') + 1));
        for (size_t k = 0; k < dataset.captionCount(i); ++k)
            add(dataset.caption(i, k));
        const int label = dataset.label(i);
        add(label < 0 ? std::string_view() : std::string_view(labels[static_cast<size_t>(label)]));
    }
    return std::to_string(dataset.size()) + " images, " + hash.digits().substr(0, kDigits);
}

}  // namespace diagonal
