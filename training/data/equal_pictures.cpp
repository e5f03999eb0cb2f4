// SPDX-License-Identifier: Apache-2.0
#include "training/data/equal_pictures.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "training/data/content_hash.h"

namespace diagonal {

namespace {

/// Bytes that an image is kept as; 0 where it has none of its own.
uint64_t sizeOf(const Dataset& dataset, uint32_t image) {
    if (const auto place = dataset.place(image); place.file != nullptr) return place.size;
    const auto file = dataset.file(image);
    if (file.empty()) return 0;
    std::error_code failure;
    const auto size = std::filesystem::file_size(file, failure);
    return failure ? 0 : size;
}

std::optional<uint64_t> hashOf(const Dataset& dataset, uint32_t image) {
    try {
        return contentHash(dataset.bytes(image));
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

std::vector<uint32_t> equalPictures(const Dataset& dataset, std::span<const uint32_t> some,
                                    std::span<const uint32_t> others, const std::stop_token& stop) {
    std::unordered_map<uint64_t, std::vector<uint32_t>> bySize;
    for (const uint32_t image : some)
        if (const uint64_t size = sizeOf(dataset, image); size > 0) bySize[size].push_back(image);
    if (bySize.empty()) return {};

    std::unordered_set<uint64_t> seen, sizes;  // what the others show, and how large that is
    for (const uint32_t image : others) {
        if (stop.stop_requested()) throw Cancelled();
        const uint64_t size = sizeOf(dataset, image);
        if (!bySize.contains(size)) continue;
        if (const auto hash = hashOf(dataset, image)) seen.insert(*hash);
        sizes.insert(size);
    }
    std::vector<uint32_t> equal;
    for (const uint64_t size : sizes)
        for (const uint32_t image : bySize.at(size)) {
            if (stop.stop_requested()) throw Cancelled();
            if (const auto hash = hashOf(dataset, image); hash && seen.contains(*hash)) equal.push_back(image);
        }
    std::ranges::sort(equal);
    return equal;
}

}  // namespace diagonal
