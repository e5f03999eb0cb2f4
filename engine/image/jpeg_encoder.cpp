// SPDX-License-Identifier: Apache-2.0
#include "engine/image/jpeg_encoder.h"

#include <cstdio>
// jpeglib.h needs stdio first.
#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>
#include <memory>

#include "engine/base/error.h"

namespace diagonal {

namespace {

struct JpegEncoder {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    std::jmp_buf onError{};
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
};

[[noreturn]] void leaveEncoder(j_common_ptr info) {
    std::longjmp(static_cast<JpegEncoder*>(info->client_data)->onError, 1);
}

/// Nothing with a destructor may live here: libjpeg's errors jump out.
bool encodeRows(JpegEncoder& encoder, const Image& image, int quality) {
    jpeg_compress_struct& info = encoder.info;
    if (setjmp(encoder.onError) != 0) return false;
    jpeg_mem_dest(&info, &encoder.bytes, &encoder.size);
    info.image_width = static_cast<JDIMENSION>(image.width);
    info.image_height = static_cast<JDIMENSION>(image.height);
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        // libjpeg does not write there.
        auto* row = const_cast<uint8_t*>(image.rgb.data()) +
                    static_cast<size_t>(info.next_scanline) * static_cast<size_t>(image.width) * 3;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    return true;
}

}  // namespace

std::vector<uint8_t> encodeJpeg(const Image& image, int quality) {
    const auto encoder = std::make_unique<JpegEncoder>();
    encoder->info.err = jpeg_std_error(&encoder->errors);
    encoder->info.client_data = encoder.get();
    encoder->errors.error_exit = leaveEncoder;
    jpeg_create_compress(&encoder->info);
    const bool isDone = !image.isEmpty() && encodeRows(*encoder, image, quality);
    jpeg_destroy_compress(&encoder->info);
    const std::unique_ptr<unsigned char, decltype(&std::free)> bytes(encoder->bytes, &std::free);
    if (!isDone)
        throw Error("JPEG",
                    "a picture of " + std::to_string(image.width) + " x " + std::to_string(image.height) +
                        " pixels cannot be encoded",
                    "Choose PNG");
    return {bytes.get(), bytes.get() + encoder->size};
}

}  // namespace diagonal
