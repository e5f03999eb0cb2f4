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
#include "engine/image/box_reducer.h"
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

/// Up to the first row, with libpng told to give RGB of 8 bits (deep grey: as it is), and of an interlaced picture the
/// rows of each pass where byPasses. Nothing with a destructor may
/// live here or in what reads rows: libpng's errors jump out.
bool readHeader(png_structp png, png_infop info, int width, int height, bool byPasses) {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_crc_action(png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
    // No text, profile or thumbnail is unpacked: they may be far larger than the picture.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_read_info(png, info);
    if (static_cast<int>(png_get_image_width(png, info)) != width ||
        static_cast<int>(png_get_image_height(png, info)) != height) {
        return false;
    }
    if (!isDeepGrey(png, info)) {
        png_set_strip_16(png);
        png_set_expand(png);
        png_set_strip_alpha(png);
        png_set_gray_to_rgb(png);
    }
    if (!byPasses) png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
}

/// Behind the last row nothing is needed: an error there leaves the picture whole.
bool isWholePng(png_structp png) {
    constexpr int kPasses = 7;
    auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(png));
    decoder.isDamaged = true;
    return png_get_current_pass_number(png) >= kPasses ||
           (png_get_interlace_type(png, decoder.info) == PNG_INTERLACE_NONE &&
            png_get_current_row_number(png) >= png_get_image_height(png, decoder.info));
}

bool readRows(png_structp png, png_bytepp rows) {
    if (setjmp(png_jmpbuf(png)) != 0) return isWholePng(png);
    png_read_image(png, rows);
    return true;
}

uint8_t deepGreyOf(const uint8_t* deep) {
    return deep[0] == 0 ? deep[1] : 255;
}

/// A row at a time, and of an interlaced picture pass by pass. row: for five bytes a pixel.
bool reduceRows(png_structp png, uint8_t* row, BoxReducer& reducer) {
    auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(png));
    if (setjmp(png_jmpbuf(png)) != 0) return isWholePng(png);
    const png_uint_32 width = png_get_image_width(png, decoder.info), height = png_get_image_height(png, decoder.info);
    const bool isInterlaced = png_get_interlace_type(png, decoder.info) != PNG_INTERLACE_NONE;
    uint8_t* const deep = isDeepGrey(png, decoder.info) ? row + size_t{3} * width : nullptr;
    for (int pass = 0; pass < (isInterlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); ++pass) {
        const auto columns = static_cast<int>(isInterlaced ? PNG_PASS_COLS(width, pass) : width);
        const auto rows = static_cast<int>(isInterlaced ? PNG_PASS_ROWS(height, pass) : height);
        for (int y = 0; y < (columns == 0 ? 0 : rows); ++y) {
            png_read_row(png, deep != nullptr ? deep : row, nullptr);
            for (int x = 0; deep != nullptr && x < columns; ++x)
                std::memset(row + ptrdiff_t{3} * x, deepGreyOf(deep + ptrdiff_t{2} * x), 3);
            if (isInterlaced)
                reducer.add(static_cast<int>(PNG_PASS_START_COL(pass)),
                            static_cast<int>(PNG_ROW_FROM_PASS_ROW(y, pass)), row, columns,
                            static_cast<int>(PNG_PASS_COL_OFFSET(pass)));
            else
                reducer.add(0, y, row, columns);
        }
    }
    return true;
}

/// Pixels, as take(png, info) reads them; its result says whether they are all there. Returns whether something is
/// damaged that was read nonetheless. Throws Error.
template <typename Take>
bool readPng(Bytes bytes, const std::string& name, int width, int height, bool byPasses, const Take& take) {
    PngDecoder decoder{.rest = bytes};
    if (checkChunks(bytes, name)) decoder.end = kMissingEnd;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, fail, warn);
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    if (info == nullptr) throw Error(name, "libpng cannot start");
    decoder.info = info;
    png_set_read_fn(png, &decoder, read);

    const bool good = readHeader(png, info, width, height, byPasses) &&
                      png_get_rowbytes(png, info) == static_cast<size_t>(width) * (isDeepGrey(png, info) ? 2 : 3) &&
                      take(png, info);
    png_destroy_read_struct(&png, &info, nullptr);
    if (good) return decoder.isDamaged;
    if (decoder.truncated) throw Error(name, kTruncated);
    const std::string reason = decoder.message.data();
    throw Error(name, "the PNG data is damaged" + (reason.empty() ? "" : " (" + reason + ")"));
}

}  // namespace

void decodePng(Bytes bytes, const std::string& name, Image& image) {
    const bool isDamaged = readPng(bytes, name, image.width, image.height, false, [&](png_structp png, png_infop info) {
        const bool deepGrey = isDeepGrey(png, info);
        const size_t width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
        std::vector<uint8_t> deep(deepGrey ? width * height * 2 : 0);
        std::vector<png_bytep> rows(height);
        for (size_t y = 0; y < height; ++y)
            rows[y] = deepGrey ? deep.data() + y * width * 2 : image.rgb.data() + y * width * 3;
        const bool good = readRows(png, rows.data());
        for (size_t i = 0; good && i < deep.size() / 2; ++i)
            std::fill_n(image.rgb.begin() + static_cast<ptrdiff_t>(i * 3), 3, deepGreyOf(deep.data() + i * 2));
        return good;
    });
    if (isDamaged) image.note = "a checksum or the end of the PNG is damaged: look at its pixels";
}

Image reducePng(Bytes bytes, const std::string& name, const ImageHeader& header, int side) {
    BoxReducer reducer(header.width, header.height, side);
    std::vector<uint8_t> row(size_t{5} * static_cast<size_t>(header.width));
    readPng(bytes, name, header.width, header.height, true,
            [&](png_structp png, png_infop) { return reduceRows(png, row.data(), reducer); });
    return reducer.image();
}

}  // namespace diagonal::formats
