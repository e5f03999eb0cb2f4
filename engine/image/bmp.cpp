// SPDX-License-Identifier: Apache-2.0
// Bitmaps of Windows and OS/2 (headers of 12 to 124 bytes), as Pillow reads them; also with colour masks it has no name
// for.
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

constexpr size_t kFileHeader = 14;
enum Compression : uint32_t { kPlain = 0, kRuns8 = 1, kRuns4 = 2, kMasks = 3 };

struct BmpHeader {
    int64_t width = 0, height = 0;
    bool isTopDown = false;
    uint32_t bits = 0;
    uint32_t compression = kPlain;
    std::array<uint32_t, 3> masks{};  ///< of red, green and blue in a pixel of 16 bits and more
    Bytes palette;  ///< blue, green, red and perhaps a fill byte; shorter than claimed at a file's end
    size_t paletteStep = 4;
    size_t colours = 0;  ///< that the palette is said to have
    size_t pixelsAt = 0;
};

Bytes upTo(Bytes bytes, size_t at, size_t count) {
    at = std::min(at, bytes.size());
    return bytes.subspan(at, std::min(count, bytes.size() - at));
}

/// The masks where none are given, or all are zero.
std::array<uint32_t, 3> usualMasks(uint32_t bits) {
    if (bits == 16) return {0x7C00, 0x03E0, 0x001F};
    return {0xFF0000, 0x00FF00, 0x0000FF};
}

/// The palette of up to 8 bits a pixel, and where the pixels begin: some writers forget the palette in that offset.
void readPalette(Bytes b, uint32_t colours, size_t paletteAt, size_t headerSize, BmpHeader& header,
                 const std::string& name) {
    if (colours == 0) colours = 1U << header.bits;
    if (colours > 65536)
        throw Error(name, "the BMP header is damaged (a palette of " + std::to_string(colours) + " colours)");
    header.colours = colours;
    header.palette = upTo(b, paletteAt, colours * header.paletteStep);
    if (header.pixelsAt == kFileHeader + headerSize) header.pixelsAt += colours * header.paletteStep;
    if (header.pixelsAt == 0) header.pixelsAt = paletteAt + header.palette.size();
}

BmpHeader readBmpHeader(Bytes b, const std::string& name) {
    if (b.size() < 26) throw Error(name, kTruncated);
    const uint32_t size = little32(b, kFileHeader);
    constexpr std::array<uint32_t, 7> kSizes = {12, 40, 52, 56, 64, 108, 124};
    if (std::ranges::find(kSizes, size) == kSizes.end())
        throw Error(name, "BMP with a header of " + std::to_string(size) + " bytes cannot be read");
    if (b.size() < kFileHeader + size) throw Error(name, kTruncated);
    BmpHeader header;
    header.pixelsAt = little32(b, 10);
    size_t paletteAt = kFileHeader + size;
    uint32_t colours = 0;
    if (size == 12) {
        header.width = little16(b, 18);
        header.height = little16(b, 20);
        header.bits = little16(b, 24);
        header.paletteStep = 3;
    } else {
        header.isTopDown = b[25] == 0xFF;
        header.width = little32(b, 18);
        header.height = header.isTopDown ? (int64_t{1} << 32) - little32(b, 22) : little32(b, 22);
        header.bits = little16(b, 28);
        header.compression = little32(b, 30);
        colours = little32(b, 46);
    }
    constexpr std::array<uint32_t, 6> kBits = {1, 4, 8, 16, 24, 32};
    if (std::ranges::find(kBits, header.bits) == kBits.end())
        throw Error(name, "BMP of " + std::to_string(header.bits) + " bits per pixel cannot be read");
    if (header.compression > kMasks)
        throw Error(name, "BMP with compression " + std::to_string(header.compression) + " cannot be read");
    header.masks = usualMasks(header.bits);
    if (header.compression == kMasks) {
        if (header.bits <= 8) throw Error(name, "the BMP header is damaged (colour masks and a palette)");
        if (b.size() < kFileHeader + 52) throw Error(name, kTruncated);
        const std::array<uint32_t, 3> masks = {little32(b, 54), little32(b, 58), little32(b, 62)};
        if (masks != std::array<uint32_t, 3>{}) header.masks = masks;
        if (size == 40) paletteAt += 12;
    }
    if (header.bits <= 8)
        readPalette(b, colours, paletteAt, size, header, name);
    else if (header.pixelsAt == 0)
        header.pixelsAt = paletteAt;
    return header;
}

/// The bits of one colour in a pixel, scaled to 8 (rounded down, as Pillow does).
class MaskedColour {
  public:
    MaskedColour(uint32_t mask, const std::string& name)
        : m_mask(mask), m_shift(mask == 0 ? 0 : std::countr_zero(mask)), m_largest(mask >> m_shift) {
        if ((m_largest & (m_largest + 1)) != 0)
            throw Error(name, "BMP with colour masks that have gaps cannot be read");
        for (uint32_t value = 0; value < m_scaled.size(); ++value)
            m_scaled[value] = static_cast<uint8_t>(m_largest == 0 ? 0 : std::min(value, m_largest) * 255 / m_largest);
    }

    uint8_t of(uint32_t pixel) const {
        const uint32_t value = (pixel & m_mask) >> m_shift;
        if (m_largest < m_scaled.size()) return m_scaled[value];
        return static_cast<uint8_t>(uint64_t{value} * 255 / m_largest);
    }

  private:
    uint32_t m_mask;
    int m_shift;
    uint32_t m_largest;
    std::array<uint8_t, 256> m_scaled{};
};

/// The first byte of a row of the picture in `image`, row 0 being the first in the file.
uint8_t* rowOf(Image& image, const BmpHeader& header, size_t row) {
    const size_t height = static_cast<size_t>(image.height);
    return image.rgb.data() + (header.isTopDown ? row : height - 1 - row) * static_cast<size_t>(image.width) * 3;
}

/// RGB of each palette index. Those beyond the palette are black; grey, where all of it is greys equal to their index.
std::array<uint8_t, 768> paletteColours(const BmpHeader& header) {
    std::array<uint8_t, 768> colours{};
    const size_t known = std::min<size_t>(header.palette.size() / header.paletteStep, 256);
    bool isGrey = known == header.colours;
    for (size_t i = 0; i < known; ++i) {
        for (size_t c = 0; c < 3; ++c) {
            colours[i * 3 + c] = header.palette[i * header.paletteStep + 2 - c];
            isGrey = isGrey && colours[i * 3 + c] == i;
        }
    }
    for (size_t i = known; isGrey && i < 256; ++i)
        std::fill_n(&colours[i * 3], 3, static_cast<uint8_t>(header.bits == 1 ? 255 : i));
    return colours;
}

/// Palette indices of run-length coded rows, in the file's order. What a run says beyond its row is dropped.
std::vector<uint8_t> readRuns(Bytes b, const BmpHeader& header, const std::string& name) {
    const size_t width = static_cast<size_t>(header.width), wanted = width * static_cast<size_t>(header.height);
    const bool halfBytes = header.compression == kRuns4;
    std::vector<uint8_t> indices;
    indices.reserve(wanted);
    size_t at = header.pixelsAt, x = 0;
    const auto addLiterals = [&](size_t count) {
        const size_t size = halfBytes ? (count + 1) / 2 : count;
        if (at > b.size() || size > b.size() - at) throw Error(name, kTruncated);
        for (size_t i = 0; i < count; ++i)
            indices.push_back(!halfBytes ? b[at + i] : i % 2 == 0 ? b[at + i / 2] >> 4 : b[at + i / 2] & 15);
        at += size;
    };
    while (indices.size() < wanted) {
        if (at + 2 > b.size()) throw Error(name, kTruncated);
        const uint8_t count = b[at], value = b[at + 1];
        at += 2;
        if (count > 0) {
            const size_t fitting = std::min<size_t>(count, width - std::min(x, width));
            for (size_t i = 0; i < fitting; ++i)
                indices.push_back(!halfBytes ? value : i % 2 == 0 ? value >> 4 : value & 15);
            x += fitting;
        } else if (value == 0) {  // the end of a row
            indices.resize((indices.size() + width - 1) / width * width);
            x = 0;
        } else if (value == 1) {  // the end of the picture
            break;
        } else if (value == 2) {  // a step to the right and up
            if (at + 2 > b.size()) throw Error(name, kTruncated);
            indices.resize(std::min(wanted, indices.size() + b[at] + b[at + 1] * width));
            at += 2;
            x = indices.size() % width;
        } else {
            addLiterals(std::min<size_t>(wanted - indices.size(), value));
            x += value;
            at += at % 2;
        }
    }
    if (indices.size() < wanted) throw Error(name, "the BMP data ends before the picture is full");
    return indices;
}

void decodeRuns(Bytes bytes, const BmpHeader& header, const std::string& name, Image& image) {
    if (header.bits > 8) throw Error(name, "the BMP header is damaged (runs of colours without a palette)");
    const auto colours = paletteColours(header);
    const std::vector<uint8_t> indices = readRuns(bytes, header, name);
    const size_t width = static_cast<size_t>(image.width);
    for (size_t row = 0; row < static_cast<size_t>(image.height); ++row) {
        uint8_t* out = rowOf(image, header, row);
        for (size_t x = 0; x < width; ++x)
            out = std::copy_n(&colours[size_t{indices[row * width + x]} * 3], 3, out);
    }
}

}  // namespace

Dimensions bmpSize(Bytes bytes, const std::string& name) {
    const BmpHeader header = readBmpHeader(bytes, name);
    return {header.width, header.height};
}

void decodeBmp(Bytes bytes, const std::string& name, Image& image) {
    const BmpHeader header = readBmpHeader(bytes, name);
    if (header.compression == kRuns8 || header.compression == kRuns4) {
        decodeRuns(bytes, header, name, image);
        return;
    }
    const size_t width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
    const size_t rowBytes = (width * header.bits + 7) / 8, stride = (rowBytes + 3) / 4 * 4;
    // The last row needs no fill bytes.
    if (header.pixelsAt > bytes.size() || stride * (height - 1) + rowBytes > bytes.size() - header.pixelsAt)
        throw Error(name, kTruncated);
    const auto colours = paletteColours(header);
    const std::array<MaskedColour, 3> masked = {
        MaskedColour(header.masks[0], name), MaskedColour(header.masks[1], name), MaskedColour(header.masks[2], name)};
    const size_t pixelBytes = header.bits / 8;
    for (size_t row = 0; row < height; ++row) {
        const uint8_t* in = bytes.data() + header.pixelsAt + row * stride;
        uint8_t* out = rowOf(image, header, row);
        for (size_t x = 0; x < width; ++x, out += 3) {
            if (header.bits <= 8) {
                const size_t bit = x * header.bits, shift = 8 - header.bits - bit % 8;
                const size_t index = in[bit / 8] >> shift & ((1U << header.bits) - 1);
                std::copy_n(&colours[index * 3], 3, out);
                continue;
            }
            uint32_t pixel = 0;
            for (size_t i = 0; i < pixelBytes; ++i)
                pixel |= static_cast<uint32_t>(in[x * pixelBytes + i]) << (8 * i);
            for (size_t c = 0; c < 3; ++c)
                out[c] = masked[c].of(pixel);
        }
    }
}

}  // namespace diagonal::formats
