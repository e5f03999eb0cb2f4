// SPDX-License-Identifier: Apache-2.0
#include "training/data/caption_numbers.h"

#include <functional>
#include <string_view>

#include "engine/base/job.h"
#include "training/data/hash_index.h"

namespace diagonal {

namespace {

constexpr size_t kBetweenStops = 4096;

/// Whether each image has one caption and shares it with no other.
bool haveOneEach(const Dataset& dataset) {
    if (!dataset.labels().empty()) return false;
    for (size_t i = 0; i < dataset.size(); ++i)
        if (dataset.captionCount(i) != 1) return false;
    return true;
}

}  // namespace

CaptionNumbers::CaptionNumbers(const Dataset& dataset, const std::stop_token& stop) {
    m_numbers.reserve(dataset.size());
    if (haveOneEach(dataset))
        numberImages(dataset, stop);
    else
        numberCaptions(dataset, stop);
}

/// The number of a caption is the first image that has it.
void CaptionNumbers::numberImages(const Dataset& dataset, const std::stop_token& stop) {
    HashIndex index(dataset.size());
    m_end = static_cast<uint32_t>(dataset.size());
    for (uint32_t i = 0; i < m_end; ++i) {
        if (i % kBetweenStops == 0 && stop.stop_requested()) throw Cancelled();
        const std::string_view text = dataset.caption(i, 0);
        m_numbers.push_back(index.findOrAdd(std::hash<std::string_view>()(text), i,
                                            [&](uint32_t image) { return dataset.caption(image, 0) == text; }));
    }
}

void CaptionNumbers::numberCaptions(const Dataset& dataset, const std::stop_token& stop) {
    struct Place {
        uint32_t image, caption;
    };
    std::vector<Place> firsts;  // [m_end] where each text stands first
    HashIndex index;
    const auto numberOf = [&](uint32_t image, uint32_t caption) {
        const std::string_view text = dataset.caption(image, caption);
        const auto isSame = [&](uint32_t number) {
            return dataset.caption(firsts[number].image, firsts[number].caption) == text;
        };
        const uint32_t number = index.findOrAdd(std::hash<std::string_view>()(text), m_end, isSame);
        if (number < m_end) return number;
        firsts.push_back({image, caption});
        return m_end++;
    };
    // By label: the first caption's bytes and the place of the numbers, of the image seen last.
    struct Shared {
        const char* bytes = nullptr;
        uint32_t first = 0;
    };
    std::vector<Shared> shared(dataset.labels().size());
    m_first.reserve(dataset.size());
    for (uint32_t i = 0; i < dataset.size(); ++i) {
        if (i % kBetweenStops == 0 && stop.stop_requested()) throw Cancelled();
        const auto count = static_cast<uint32_t>(dataset.captionCount(i));
        const int label = dataset.label(i);
        const bool hasLabel = count > 0 && label >= 0 && static_cast<size_t>(label) < shared.size();
        const char* bytes = count > 0 ? dataset.caption(i, 0).data() : nullptr;
        const auto first = static_cast<uint32_t>(m_numbers.size());
        if (hasLabel) {
            Shared& same = shared[static_cast<size_t>(label)];
            if (same.bytes == bytes && m_numbers[same.first] == count) {
                m_first.push_back(same.first);
                continue;
            }
            same = {bytes, first};
        }
        m_first.push_back(first);
        m_numbers.push_back(count);
        for (uint32_t k = 0; k < count; ++k)
            m_numbers.push_back(numberOf(i, k));
    }
}

}  // namespace diagonal
