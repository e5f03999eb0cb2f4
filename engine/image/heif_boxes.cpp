// SPDX-License-Identifier: Apache-2.0
// A look into HEIC and AVIF without libheif.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

constexpr size_t kBrand = 4;

std::string_view brandAt(Bytes bytes, size_t at) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as characters
    return {reinterpret_cast<const char*>(bytes.data() + at), kBrand};
}

/// A box of the file format: four letters and what they hold.
struct Box {
    size_t at = 0, headerSize = 8, size = 0;  ///< in the file; the size with its header

    size_t body() const { return at + headerSize; }
    size_t end() const { return at + size; }
};

/// The box that begins there; none where it does not lie within `end`.
std::optional<Box> boxAt(Bytes bytes, size_t at, size_t end) {
    Box box{at};
    if (end - at < box.headerSize) return {};
    box.size = big32(bytes, at);
    if (box.size == 0) box.size = end - at;
    if (box.size == 1) {
        box.headerSize = 16;
        if (end - at < box.headerSize || big32(bytes, at + 8) != 0) return {};
        box.size = big32(bytes, at + 12);
    }
    if (box.size < box.headerSize || box.size > end - at) return {};
    return box;
}

/// The first box of this type from `at` on.
std::optional<Box> findBox(Bytes bytes, size_t at, size_t end, std::string_view type) {
    while (const auto box = boxAt(bytes, at, end)) {
        if (brandAt(bytes, at + 4) == type) return box;
        at = box->end();
    }
    return {};
}

}  // namespace

std::string_view heifFormat(Bytes bytes) {
    constexpr std::array<std::string_view, 10> kHeic = {"heic", "heix", "hevc", "hevx", "heim",
                                                        "heis", "hevm", "hevs", "mif1", "msf1"};
    if (bytes.size() < 12 || brandAt(bytes, 4) != "ftyp") return {};
    // The major brand, its version, and the compatible brands to the end of the box.
    const size_t end = std::min<size_t>({big32(bytes, 0), bytes.size(), 256});
    bool heic = false;
    for (size_t at = 8; at == 8 || at + kBrand <= end; at += at == 8 ? 8 : 4) {
        const std::string_view brand = brandAt(bytes, at);
        if (brand == "avif" || brand == "avis") return "AVIF";
        heic = heic || std::ranges::find(kHeic, brand) != kHeic.end();
    }
    return heic ? "HEIC" : std::string_view();
}

std::vector<uint8_t> withoutMetadataReferences(Bytes bytes) {
    constexpr size_t kVersionAndFlags = 4;
    const auto meta = findBox(bytes, 0, bytes.size(), "meta");
    if (!meta || meta->size < meta->headerSize + kVersionAndFlags) return {};
    const auto references = findBox(bytes, meta->body() + kVersionAndFlags, meta->end(), "iref");
    if (!references || references->size < references->headerSize + kVersionAndFlags) return {};
    std::vector<uint8_t> changed;
    size_t at = references->body() + kVersionAndFlags;
    while (const auto reference = boxAt(bytes, at, references->end())) {
        if (brandAt(bytes, at + 4) == "cdsc") {
            if (changed.empty()) changed.assign(bytes.begin(), bytes.end());
            changed[at + 4] = 'x';  // a type that nobody asks for
        }
        at = reference->end();
    }
    return changed;
}

}  // namespace diagonal::formats
