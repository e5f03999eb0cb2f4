// SPDX-License-Identifier: Apache-2.0
// libpng, with Pillow's tolerance: a wrong checksum of pixels is a note, and nothing needs to follow them.
#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

/// A checksum, which is not looked at, and the last chunk: what libpng waits for where a file ends with its pixels.
constexpr std::array<uint8_t, 16> kMissingEnd = {0, 0, 0, 0, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};

struct PngDecoder {
    Bytes rest;
    Bytes end{};  ///< is read behind the rest
    png_infop info = nullptr;
    bool truncated = false, isDamaged = false;  ///< isDamaged: a checksum is wrong
    std::array<char, 200> message{};
};

[[noreturn]] void fail(png_structp png, png_const_charp message) {
    auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(png));
    std::snprintf(decoder.message.data(), decoder.message.size(), "%s", message);
    png_longjmp(png, 1);
}

void warn(png_structp png, png_const_charp message) {
    auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(png));
    decoder.isDamaged = decoder.isDamaged || std::strstr(message, "CRC") != nullptr;
}

void read(png_structp png, png_bytep out, size_t count) {
    auto& decoder = *static_cast<PngDecoder*>(png_get_io_ptr(png));
    const size_t first = std::min(count, decoder.rest.size());
    std::memcpy(out, decoder.rest.data(), first);
    decoder.rest = decoder.rest.subspan(first);
    out += first;
    count -= first;
    if (count == 0) return;
    std::swap(decoder.rest, decoder.end);
    if (count > decoder.rest.size()) {
        decoder.truncated = true;
        png_error(png, "end of file");
    }
    std::memcpy(out, decoder.rest.data(), count);
    decoder.rest = decoder.rest.subspan(count);
}

/// Whether the last chunk of pixels is all there, with or without its checksum. Throws Error where a header chunk fails
/// its own: a wrong size or palette would go unseen.
bool checkChunks(Bytes bytes, const std::string& name) {
    bool isBeforePixels = true;
    for (size_t at = 8; bytes.size() - at >= 8;) {
        const size_t length = big32(bytes, at);
        const Bytes tag = bytes.subspan(at + 4, 4);
        if (length > bytes.size() - at - 8) return false;
        const size_t end = at + 8 + length;
        isBeforePixels = isBeforePixels && std::memcmp(tag.data(), "IDAT", 4) != 0;
        if (end + 4 > bytes.size()) return true;
        const bool isCritical = (tag[0] & 0x20) == 0;
        if (isBeforePixels && isCritical && crc32(0, tag.data(), static_cast<uInt>(4 + length)) != big32(bytes, end)) {
            throw Error(name, "the PNG data is damaged (checksum of the header)");
        }
        at = end + 4;
    }
    return true;
}

/// Grey of 16 bits: Pillow's mode I;16, of which convert("RGB") clips values above 255.
bool isDeepGrey(png_structp png, png_infop info) {
    return png_get_bit_depth(png, info) == 16 && png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY;
}

/// Up to the first row, with libpng told to give RGB of 8 bits (deep grey: as it is). Nothing with a destructor may
/// live here or in readRows: libpng's errors jump out.
bool readHeader(png_structp png, png_infop info, const Image& image) {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_crc_action(png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
    // No text, profile or thumbnail is unpacked: they may be far larger than the picture.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_read_info(png, info);
    if (static_cast<int>(png_get_image_width(png, info)) != image.width ||
        static_cast<int>(png_get_image_height(png, info)) != image.height) {
        return false;
    }
    if (!isDeepGrey(png, info)) {
        png_set_strip_16(png);
        png_set_expand(png);
        png_set_strip_alpha(png);
        png_set_gray_to_rgb(png);
    }
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
}

/// Behind the last row nothing is needed: an error there leaves the picture whole.
bool readRows(png_structp png, png_bytepp rows) {
    constexpr int kPasses = 7;
    if (setjmp(png_jmpbuf(png)) != 0) {
        auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(png));
        decoder.isDamaged = true;
        return png_get_current_pass_number(png) >= kPasses ||
               (png_get_interlace_type(png, decoder.info) == PNG_INTERLACE_NONE &&
                png_get_current_row_number(png) >= png_get_image_height(png, decoder.info));
    }
    png_read_image(png, rows);
    return true;
}

}  // namespace

void decodePng(Bytes bytes, const std::string& name, Image& image) {
    PngDecoder decoder{.rest = bytes};
    if (checkChunks(bytes, name)) decoder.end = kMissingEnd;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, fail, warn);
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    if (info == nullptr) throw Error(name, "libpng cannot start");
    decoder.info = info;
    png_set_read_fn(png, &decoder, read);

    bool good = readHeader(png, info, image);
    if (good) {
        const bool deepGrey = isDeepGrey(png, info);
        const size_t width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
        std::vector<uint8_t> deep(deepGrey ? width * height * 2 : 0);
        std::vector<png_bytep> rows(height);
        for (size_t y = 0; y < height; ++y)
            rows[y] = deepGrey ? deep.data() + y * width * 2 : image.rgb.data() + y * width * 3;
        good = png_get_rowbytes(png, info) == width * (deepGrey ? 2 : 3) && readRows(png, rows.data());
        for (size_t i = 0; good && i < deep.size() / 2; ++i)
            std::fill_n(image.rgb.begin() + static_cast<ptrdiff_t>(i * 3), 3, deep[i * 2] == 0 ? deep[i * 2 + 1] : 255);
    }
    png_destroy_read_struct(&png, &info, nullptr);
    if (good && decoder.isDamaged) image.note = "a checksum or the end of the PNG is damaged: look at its pixels";
    if (good) return;
    if (decoder.truncated) throw Error(name, kTruncated);
    const std::string reason = decoder.message.data();
    throw Error(name, "the PNG data is damaged" + (reason.empty() ? "" : " (" + reason + ")"));
}

}  // namespace diagonal::formats
