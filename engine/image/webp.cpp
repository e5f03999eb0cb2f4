// SPDX-License-Identifier: Apache-2.0
// libwebp: the first frame on a black canvas, its alpha dropped.
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

struct DeleteDemuxer {
    void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};

/// Ends the iterator's hold on the demuxer.
struct FirstFrame {
    WebPIterator iterator{};
    bool isThere;

    explicit FirstFrame(const WebPDemuxer* demuxer) : isThere(WebPDemuxGetFrame(demuxer, 1, &iterator) != 0) {}
    ~FirstFrame() { WebPDemuxReleaseIterator(&iterator); }
    FirstFrame(const FirstFrame&) = delete;
    FirstFrame& operator=(const FirstFrame&) = delete;
};

using Demuxer = std::unique_ptr<WebPDemuxer, DeleteDemuxer>;

Demuxer openWebp(Bytes bytes, const std::string& name) {
    if (uint64_t{little32(bytes, 4)} + 8 > bytes.size()) throw Error(name, kTruncated);
    const WebPData data = {bytes.data(), bytes.size()};
    Demuxer demuxer(WebPDemux(&data));
    if (demuxer == nullptr) throw Error(name, "the WebP data is damaged or truncated");
    return demuxer;
}

/// Throws Error for a first frame that is missing, or outside a picture of this size.
void checkFrame(const FirstFrame& first, const std::string& name, int width, int height) {
    if (!first.isThere) throw Error(name, "the WebP data is damaged (no first frame)");
    const WebPIterator& frame = first.iterator;
    if (frame.x_offset < 0 || frame.y_offset < 0 || frame.width > width - frame.x_offset ||
        frame.height > height - frame.y_offset) {
        throw Error(name, "the WebP data is damaged (a frame outside the picture)");
    }
}

}  // namespace

void decodeWebp(Bytes bytes, const std::string& name, Image& image) {
    const Demuxer demuxer = openWebp(bytes, name);
    const FirstFrame first(demuxer.get());
    checkFrame(first, name, image.width, image.height);
    const WebPIterator& frame = first.iterator;
    const size_t width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
    const size_t begin = (static_cast<size_t>(frame.y_offset) * width + static_cast<size_t>(frame.x_offset)) * 3;
    if (WebPDecodeRGBInto(frame.fragment.bytes, frame.fragment.size, image.rgb.data() + begin,
                          width * height * 3 - begin, image.width * 3) == nullptr) {
        throw Error(name, "the WebP data is damaged or truncated");
    }
}

/// libwebp scales while it decodes.
Image reduceWebp(Bytes bytes, const std::string& name, const ImageHeader& header, int side) {
    const Demuxer demuxer = openWebp(bytes, name);
    const FirstFrame first(demuxer.get());
    checkFrame(first, name, header.width, header.height);
    const WebPIterator& frame = first.iterator;
    Image image{fractionOf(header.width, side), fractionOf(header.height, side), {}};
    const size_t width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
    image.rgb.resize(width * height * 3);
    const int left = frame.x_offset / side, top = frame.y_offset / side;
    const size_t begin = (static_cast<size_t>(top) * width + static_cast<size_t>(left)) * 3;
    WebPDecoderConfig config;
    if (WebPInitDecoderConfig(&config) == 0) throw Error(name, "libwebp cannot start");
    config.options.use_scaling = 1;
    config.options.scaled_width = std::min(fractionOf(frame.width, side), image.width - left);
    config.options.scaled_height = std::min(fractionOf(frame.height, side), image.height - top);
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {image.rgb.data() + begin, image.width * 3, image.rgb.size() - begin};
    if (WebPDecode(frame.fragment.bytes, frame.fragment.size, &config) != VP8_STATUS_OK)
        throw Error(name, "the WebP data is damaged or truncated");
    return image;
}

}  // namespace diagonal::formats
