// SPDX-License-Identifier: Apache-2.0
// libjpeg, as Pillow calls it.
#include <cstdio>
// jpeglib.h needs stdio first.
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

/// A progressive file may repeat scans without end; real ones have about ten.
constexpr int kMaxScans = 500;

enum class Outcome { Done, Truncated, Broken };

struct JpegDecoder {
    jpeg_decompress_struct info{};
    jpeg_error_mgr errors{};
    jpeg_source_mgr source{};
    jpeg_progress_mgr progress{};
    std::jmp_buf onError{};
    std::array<char, JMSG_LENGTH_MAX> message{};
};

JpegDecoder& decoderOf(j_common_ptr info) {
    return *static_cast<JpegDecoder*>(info->client_data);
}

[[noreturn]] void fail(j_common_ptr info) {
    JpegDecoder& decoder = decoderOf(info);
    info->err->format_message(info, decoder.message.data());
    std::longjmp(decoder.onError, 1);
}

void beSilent(j_common_ptr) {
}

void doNothing(j_decompress_ptr) {
}

boolean suspend(j_decompress_ptr) {
    return FALSE;
}

void skip(j_decompress_ptr info, long count) {
    jpeg_source_mgr& source = *info->src;
    const size_t step = count < 0 ? 0 : std::min(static_cast<size_t>(count), source.bytes_in_buffer);
    source.next_input_byte += step;
    source.bytes_in_buffer -= step;
}

void limitScans(j_common_ptr info) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libjpeg's own way to "derive"
    if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMaxScans) return;
    JpegDecoder& decoder = decoderOf(info);
    std::snprintf(decoder.message.data(), decoder.message.size(), "more than %d scans", kMaxScans);
    std::longjmp(decoder.onError, 1);
}

/// Pillow's MULDIV255.
int multiplyDivide255(int a, int b) {
    const int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

/// Pillow takes every CMYK file as Adobe writes them, inverted.
void invertedCmykToRgb(const uint8_t* inverted, int width, uint8_t* rgb) {
    for (int x = 0; x < width; ++x, inverted += 4, rgb += 3) {
        std::array<uint8_t, 4> cmyk{};
        std::transform(inverted, inverted + 4, cmyk.begin(),
                       [](uint8_t ink) { return static_cast<uint8_t>(255 - ink); });
        cmykToRgb(cmyk.data(), rgb);
    }
}

/// libjpeg-turbo writes a row of RGB past the cache, and stalls, where it begins at a multiple of 32.
bool isSlowTarget(const uint8_t* row) {
    return reinterpret_cast<uintptr_t>(row) % 32 == 0;
}

/// Nothing with a destructor may live here: libjpeg's errors jump out. spareRow has place for a row of CMYK.
Outcome decodeRows(JpegDecoder& decoder, Image& image, int divisor, uint8_t* spareRow) {
    jpeg_decompress_struct& info = decoder.info;
    if (setjmp(decoder.onError) != 0) return Outcome::Broken;
    if (jpeg_read_header(&info, TRUE) == JPEG_SUSPENDED) return Outcome::Truncated;
    const bool cmyk = info.num_components == 4;
    info.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    info.progress = &decoder.progress;
    info.scale_num = 1;
    info.scale_denom = static_cast<unsigned>(divisor);
    if (!jpeg_start_decompress(&info)) return Outcome::Truncated;
    if (static_cast<int>(info.output_width) != image.width || static_cast<int>(info.output_height) != image.height ||
        info.output_components != (cmyk ? 4 : 3)) {
        return Outcome::Broken;
    }
    while (info.output_scanline < info.output_height) {
        uint8_t* target = image.rgb.data() + static_cast<size_t>(info.output_scanline) * image.width * 3;
        JSAMPROW row = cmyk || isSlowTarget(target) ? spareRow : target;
        if (jpeg_read_scanlines(&info, &row, 1) != 1) return Outcome::Truncated;
        if (cmyk)
            invertedCmykToRgb(spareRow, image.width, target);
        else if (row != target)
            std::memcpy(target, row, static_cast<size_t>(image.width) * 3);
    }
    return Outcome::Done;
}

}  // namespace

void cmykToRgb(const uint8_t* cmyk, uint8_t* rgb) {
    const int white = 255 - cmyk[3];
    for (int c = 0; c < 3; ++c)
        rgb[c] = static_cast<uint8_t>(std::max(0, white - multiplyDivide255(cmyk[c], white)));
}

int jpegDivisor(const ImageHeader& header, int enough) {
    for (const int divisor : {8, 4, 2}) {
        if (enough > 0 && fractionOf(std::min(header.width, header.height), divisor) >= enough) return divisor;
    }
    return 1;
}

void decodeJpeg(Bytes bytes, const std::string& name, Image& image, int divisor) {
    std::vector<uint8_t> spareRow(static_cast<size_t>(image.width) * 4 + 1);
    JpegDecoder decoder;
    decoder.info.err = jpeg_std_error(&decoder.errors);
    decoder.info.client_data = &decoder;
    decoder.errors.error_exit = fail;
    decoder.errors.output_message = beSilent;
    decoder.progress.progress_monitor = limitScans;
    if (setjmp(decoder.onError) != 0) throw Error(name, "libjpeg cannot start");
    jpeg_create_decompress(&decoder.info);
    constexpr int64_t kBuffers = int64_t{64} << 20;
    const int64_t coded = int64_t{image.width} * divisor * image.height * divisor;
    decoder.info.mem->max_memory_to_use = kBuffers + coded * kJpegCoefficientBytes;
    decoder.source = {bytes.data(), bytes.size(), doNothing, suspend, skip, jpeg_resync_to_restart, doNothing};
    decoder.info.src = &decoder.source;
    const Outcome outcome = decodeRows(decoder, image, divisor, spareRow.data() + 1);
    jpeg_destroy_decompress(&decoder.info);
    if (outcome == Outcome::Truncated) throw Error(name, kTruncated);
    if (outcome == Outcome::Broken) {
        const std::string reason = decoder.message.data();
        throw Error(name, "the JPEG data is damaged" + (reason.empty() ? "" : " (" + reason + ")"));
    }
}

}  // namespace diagonal::formats
