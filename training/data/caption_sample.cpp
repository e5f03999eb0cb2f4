// SPDX-License-Identifier: Apache-2.0
#include "training/data/caption_sample.h"

#include <algorithm>
#include <cmath>

#include "engine/base/job.h"
#include "training/data/content_hash.h"

namespace diagonal {

namespace {

uint64_t hashOfText(std::string_view text, uint64_t seed) {
    return contentHash({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, seed);
}

/// Calls use(image) for each image that is wanted.
template <typename Use>
void forEachWanted(const Dataset& dataset, const std::function<bool(size_t)>& wanted, const std::stop_token& stop,
                   const Use& use) {
    constexpr size_t kBetweenStops = 4096;
    for (size_t i = 0; i < dataset.size(); ++i) {
        if (i % kBetweenStops == 0 && stop.stop_requested()) throw Cancelled();
        if (!wanted || wanted(i)) use(i);
    }
}

}  // namespace

std::string CaptionSample::note() const {
    std::string text = "training a tokenizer on " + std::to_string(captions.size());
    if (captions.size() < all)
        text += " of " + std::to_string(all) + " captions, drawn by a hash";
    else
        text += " captions";
    return text + " (SentencePiece tells no progress; it takes a few seconds, at 250000 some 5 to 20)";
}

CaptionSample sampleCaptions(const Dataset& dataset, size_t most, const std::function<bool(size_t)>& wanted,
                             const std::stop_token& stop) {
    CaptionSample sample;
    forEachWanted(dataset, wanted, stop, [&](size_t i) { sample.all += dataset.captionCount(i); });
    if (sample.all <= most) {
        sample.captions.reserve(sample.all);
        forEachWanted(dataset, wanted, stop, [&](size_t i) {
            for (size_t k = 0; k < dataset.captionCount(i); ++k)
                sample.captions.emplace_back(dataset.caption(i, k));
        });
        return sample;
    }
    struct Drawn {
        uint64_t hash;
        uint32_t image, caption;
    };
    // Below this lie `most` and a few more: ten standard deviations.
    const double count = static_cast<double>(most);
    const double share = (count + 10 * std::sqrt(count) + 100) / static_cast<double>(sample.all);
    const auto limit = share < 1 ? static_cast<uint64_t>(share * 0x1p64) : ~uint64_t{0};
    std::vector<Drawn> drawn;
    forEachWanted(dataset, wanted, stop, [&](size_t i) {
        const std::string name = dataset.name(i);
        const uint64_t seed = hashOfText(name, 0);
        for (size_t k = 0; k < dataset.captionCount(i); ++k)
            if (const uint64_t hash = hashOfText(dataset.caption(i, k), seed); hash <= limit)
                drawn.push_back({hash, static_cast<uint32_t>(i), static_cast<uint32_t>(k)});
    });
    std::ranges::sort(drawn, {}, &Drawn::hash);
    drawn.resize(std::min(drawn.size(), most));
    sample.captions.reserve(drawn.size());
    for (const Drawn& one : drawn)
        sample.captions.emplace_back(dataset.caption(one.image, one.caption));
    return sample;
}

}  // namespace diagonal
