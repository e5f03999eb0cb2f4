// SPDX-License-Identifier: Apache-2.0
// libpng directly: OpenCV's use of it prints every odd colour profile to stderr.
#include <png.h>

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

struct PngDecoder {
    Bytes rest;
    bool truncated = false;
    std::array<char, 200> message{};
};

[[noreturn]] void fail(png_structp png, png_const_charp message) {
    auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(png));
    std::snprintf(decoder.message.data(), decoder.message.size(), "%s", message);
    png_longjmp(png, 1);
}

void beSilent(png_structp, png_const_charp) {
}

void read(png_structp png, png_bytep out, size_t count) {
    auto& decoder = *static_cast<PngDecoder*>(png_get_io_ptr(png));
    if (count > decoder.rest.size()) {
        decoder.truncated = true;
        png_error(png, "end of file");
    }
    std::memcpy(out, decoder.rest.data(), count);
    decoder.rest = decoder.rest.subspan(count);
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

bool readRows(png_structp png, png_bytepp rows) {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_read_image(png, rows);
    return true;
}

}  // namespace

void decodePng(Bytes bytes, const std::string& name, Image& image) {
    PngDecoder decoder{.rest = bytes};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, fail, beSilent);
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    if (info == nullptr) throw Error(name, "libpng cannot start");
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
    if (good) return;
    if (decoder.truncated) throw Error(name, kTruncated);
    const std::string reason = decoder.message.data();
    throw Error(name, "the PNG data is damaged" + (reason.empty() ? "" : " (" + reason + ")"));
}

}  // namespace diagonal::formats
