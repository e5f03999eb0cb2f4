// SPDX-License-Identifier: Apache-2.0
// Raw pictures of cameras: all keep a JPEG of the picture as the camera would have made it. It is looked for among all
// bytes, for each maker has another place for it.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "engine/base/error.h"
#include "engine/image/formats.h"
#include "engine/image/tiff_directory.h"

namespace diagonal::formats {

namespace {

using namespace std::string_view_literals;

struct RawMark {
    size_t offset;
    std::string_view bytes;
};

/// ORF, RW2, CR2, CRW, RAF, CR3, X3F, MRW.
constexpr RawMark kRawMarks[] = {
    {0, "IIRO\x08\0"sv}, {0, "IIRS\x08\0"sv},      {0, "MMOR\0\0"sv}, {0, "IIU\0"sv}, {8, "CR\x02\0"sv},
    {6, "HEAPCCDR"sv},   {0, "FUJIFILMCCD-RAW"sv}, {4, "ftypcrx "sv}, {0, "FOVb"sv},  {0, "\0MRM"sv},
};

/// A structure without an end in sight: so many directories are looked at.
constexpr size_t kMostDirectories = 32;
/// A JPEG's head up to its size is shorter, and pixels of a sensor look like the beginning of one seldom.
constexpr size_t kMostHead = size_t{1} << 20, kMostPreviews = 256;

bool isAt(Bytes bytes, size_t offset, std::string_view text) {
    return bytes.size() >= offset + text.size() && std::memcmp(bytes.data() + offset, text.data(), text.size()) == 0;
}

/// A TIFF with a directory whose pixels are a sensor's, or that says it is a DNG.
bool isRawTiff(Bytes bytes) {
    constexpr uint32_t kPhotometric = 262, kSubdirectories = 330, kDngVersion = 50706;
    constexpr uint32_t kColourFilterArray = 32803, kLinearRaw = 34892;
    if (!isAt(bytes, 0, "II*\0"sv) && !isAt(bytes, 0, "MM\0*"sv)) return false;
    const TiffDirectories tiff(bytes);
    std::vector<size_t> places = {tiff.first()};
    for (size_t i = 0; i < places.size() && i < kMostDirectories; ++i) {
        const auto directory = tiff.read(places[i]);
        const auto photometric = tiff.number(directory, kPhotometric);
        if (photometric == kColourFilterArray || photometric == kLinearRaw ||
            TiffDirectories::find(directory, kDngVersion))
            return true;
        for (uint32_t k = 0; k < kMostDirectories; ++k)
            if (const auto place = tiff.number(directory, kSubdirectories, k)) places.push_back(*place);
        if (directory.next != 0) places.push_back(directory.next);
    }
    return false;
}

/// Width and height where a JPEG that can be decoded begins: segment by segment, without a byte between them.
std::optional<Dimensions> previewSize(Bytes bytes) {
    bytes = bytes.first(std::min(bytes.size(), kMostHead));
    for (size_t at = 2; at + 4 <= bytes.size();) {
        if (bytes[at] != 0xFF) return std::nullopt;
        const uint8_t marker = bytes[at + 1];
        const size_t length = big16(bytes, at + 2);
        if (length < 2) return std::nullopt;
        // Baseline, extended and progressive; others are a sensor's lossless data.
        if (marker >= 0xC0 && marker <= 0xC2) {
            if (at + 10 > bytes.size() || bytes[at + 4] != 8 || (bytes[at + 9] != 1 && bytes[at + 9] != 3))
                return std::nullopt;
            return Dimensions{big16(bytes, at + 7), big16(bytes, at + 5)};
        }
        const bool isTable = marker == 0xC4 || marker == 0xDB || marker == 0xDD || marker == 0xFE;
        if (!isTable && (marker < 0xE0 || marker > 0xEF)) return std::nullopt;
        at += 2 + length;
    }
    return std::nullopt;
}

}  // namespace

bool isRaw(Bytes bytes) {
    return std::ranges::any_of(kRawMarks, [&](const RawMark& mark) { return isAt(bytes, mark.offset, mark.bytes); }) ||
           isRawTiff(bytes);
}

Bytes rawPreview(Bytes bytes, const std::string& name) {
    constexpr std::string_view kBegin = "\xFF\xD8\xFF";
    Bytes best;
    int64_t most = 0;
    size_t at = 0;
    for (size_t tries = 0; tries < kMostPreviews; ++tries) {
        const void* found = ::memmem(bytes.data() + at, bytes.size() - at, kBegin.data(), kBegin.size());
        if (found == nullptr) break;
        at = static_cast<size_t>(static_cast<const uint8_t*>(found) - bytes.data());
        const auto size = previewSize(bytes.subspan(at));
        if (size && size->width * size->height > most) {
            best = bytes.subspan(at);
            most = size->width * size->height;
        }
        ++at;
    }
    if (best.empty()) throw Error(name, "no preview is in this raw picture", "Convert it to JPEG, PNG, WebP or TIFF");
    return best;
}

Dimensions rawSize(Bytes bytes, const std::string& name) {
    return jpegSize(rawPreview(bytes, name), name);
}

std::vector<Bytes> rawFacts(Bytes bytes) {
    if (isAt(bytes, 4, "ftypcrx "sv)) {
        std::vector<Bytes> structures;
        for (const std::string_view box : {"CMT1"sv, "CMT2"sv}) {
            const void* found = ::memmem(bytes.data(), bytes.size(), box.data(), box.size());
            if (found != nullptr)
                structures.push_back(
                    bytes.subspan(static_cast<size_t>(static_cast<const uint8_t*>(found) - bytes.data()) + box.size()));
        }
        return structures;
    }
    try {
        return {exifOf(rawPreview(bytes, {}))};
    } catch (const Error&) {
        return {};
    }
}

}  // namespace diagonal::formats
