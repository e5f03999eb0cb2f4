// SPDX-License-Identifier: Apache-2.0
#include "engine/image/png.h"

#include <png.h>

#include "engine/base/error.h"

namespace diagonal {

std::vector<uint8_t> encodePng(const Image& image) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    png.width = static_cast<png_uint_32>(image.width);
    png.height = static_cast<png_uint_32>(image.height);
    png.format = PNG_FORMAT_RGB;
    std::vector<uint8_t> bytes(PNG_IMAGE_PNG_SIZE_MAX(png));
    png_alloc_size_t size = bytes.size();
    if (png_image_write_to_memory(&png, bytes.data(), &size, 0, image.rgb.data(), 0, nullptr) == 0)
        throw Error("PNG", std::string("the picture cannot be encoded: ") + static_cast<const char*>(png.message));
    bytes.resize(size);
    return bytes;
}

}  // namespace diagonal
