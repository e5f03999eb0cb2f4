// SPDX-License-Identifier: Apache-2.0
#include "engine/image/image.h"

#include "engine/base/file.h"
#include "engine/image/formats.h"

namespace diagonal {

Image decodeImage(std::span<const uint8_t> bytes, const std::string& name) {
    const ImageHeader header = readImageHeader(bytes, name);
    Image image{header.width, header.height, {}};
    image.rgb.resize(static_cast<size_t>(header.width) * static_cast<size_t>(header.height) * 3);
    if (header.format == "JPEG") {
        formats::decodeJpeg(bytes, name, image);
    } else if (header.format == "PNG") {
        formats::decodePng(bytes, name, image);
    } else if (header.format == "GIF") {
        formats::decodeGif(bytes, name, image);
    } else {
        formats::decodeOther(bytes, name, header.format, image);
    }
    return image;
}

Image readImage(const std::filesystem::path& path) {
    return decodeImage(readBytes(path), displayName(path));
}

}  // namespace diagonal
