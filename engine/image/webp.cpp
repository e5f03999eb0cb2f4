// SPDX-License-Identifier: Apache-2.0
// OpenCV 4.6 reads no animated WebP: the first frame is handed to it as a file of its own.
#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

struct Chunk {
    std::string_view tag;
    Bytes body;
    Bytes whole;  ///< with tag and size
};

/// The chunk at the beginning; none when it is not all there.
std::optional<Chunk> firstChunk(Bytes bytes) {
    if (bytes.size() < 8) return {};
    const uint64_t size = little32(bytes, 4);
    if (size > bytes.size() - 8) return {};
    const size_t padded = std::min<size_t>(8 + size + size % 2, bytes.size());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as characters
    return Chunk{{reinterpret_cast<const char*>(bytes.data()), 4}, bytes.subspan(8, size), bytes.first(padded)};
}

std::optional<Chunk> findChunk(Bytes bytes, auto wanted) {
    while (const auto chunk = firstChunk(bytes)) {
        if (wanted(chunk->tag)) return chunk;
        bytes = bytes.subspan(chunk->whole.size());
    }
    return {};
}

uint32_t little24(Bytes b, size_t at) {
    return little16(b, at) | static_cast<uint32_t>(b[at + 2]) << 16;
}

/// A simple WebP file of one picture chunk. Alpha is left out: it would be dropped anyway.
std::vector<uint8_t> wrap(Bytes picture) {
    std::vector<uint8_t> file = {'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'E', 'B', 'P'};
    file.insert(file.end(), picture.begin(), picture.end());
    if (file.size() % 2 != 0) file.push_back(0);
    for (size_t i = 0; i < 4; ++i)
        file[4 + i] = static_cast<uint8_t>((file.size() - 8) >> (8 * i));
    return file;
}

}  // namespace

void decodeWebp(Bytes bytes, const std::string& name, Image& image) {
    if (uint64_t{little32(bytes, 4)} + 8 > bytes.size()) throw Error(name, kTruncated);
    const auto isFrame = [](std::string_view tag) { return tag == "ANMF"; };
    const auto isPicture = [](std::string_view tag) { return tag == "VP8 " || tag == "VP8L"; };
    const auto frame = findChunk(bytes.subspan(12), isFrame);
    if (!frame) {
        decodeWithOpenCv(bytes, name, "WebP", image);
        return;
    }
    const Bytes body = frame->body;
    const auto picture = body.size() < 16 ? std::nullopt : findChunk(body.subspan(16), isPicture);
    if (!picture) throw Error(name, "the WebP data is damaged (no first frame)");
    const uint32_t left = little24(body, 0) * 2, top = little24(body, 3) * 2;
    Image part{static_cast<int>(little24(body, 6) + 1), static_cast<int>(little24(body, 9) + 1), {}};
    if (left + static_cast<uint32_t>(part.width) > static_cast<uint32_t>(image.width) ||
        top + static_cast<uint32_t>(part.height) > static_cast<uint32_t>(image.height)) {
        throw Error(name, "the WebP data is damaged (a frame outside the picture)");
    }
    const size_t rowBytes = static_cast<size_t>(part.width) * 3;
    part.rgb.resize(rowBytes * static_cast<size_t>(part.height));
    decodeWithOpenCv(wrap(picture->whole), name, "WebP", part);
    for (size_t y = 0; y < static_cast<size_t>(part.height); ++y) {
        const size_t target = ((top + y) * static_cast<size_t>(image.width) + left) * 3;
        std::copy_n(part.rgb.data() + y * rowBytes, rowBytes, image.rgb.data() + target);
    }
}

}  // namespace diagonal::formats
