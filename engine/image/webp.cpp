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

}  // namespace

void decodeWebp(Bytes bytes, const std::string& name, Image& image) {
    if (uint64_t{little32(bytes, 4)} + 8 > bytes.size()) throw Error(name, kTruncated);
    const WebPData data = {bytes.data(), bytes.size()};
    const std::unique_ptr<WebPDemuxer, DeleteDemuxer> demuxer(WebPDemux(&data));
    if (demuxer == nullptr) throw Error(name, "the WebP data is damaged or truncated");
    const FirstFrame first(demuxer.get());
    if (!first.isThere) throw Error(name, "the WebP data is damaged (no first frame)");
    const WebPIterator& frame = first.iterator;
    const size_t width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
    if (frame.x_offset < 0 || frame.y_offset < 0 || frame.width > image.width - frame.x_offset ||
        frame.height > image.height - frame.y_offset) {
        throw Error(name, "the WebP data is damaged (a frame outside the picture)");
    }
    const size_t begin = (static_cast<size_t>(frame.y_offset) * width + static_cast<size_t>(frame.x_offset)) * 3;
    if (WebPDecodeRGBInto(frame.fragment.bytes, frame.fragment.size, image.rgb.data() + begin,
                          width * height * 3 - begin, image.width * 3) == nullptr) {
        throw Error(name, "the WebP data is damaged or truncated");
    }
}

}  // namespace diagonal::formats
