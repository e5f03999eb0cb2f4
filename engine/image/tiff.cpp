// SPDX-License-Identifier: Apache-2.0
// libtiff reads the samples; what becomes of them is Pillow's choice.
#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/box_reducer.h"
#include "engine/image/formats.h"
#include "engine/image/tiff_file.h"
#include "engine/image/turn.h"

namespace diagonal::formats {

namespace {

constexpr const char* kConvert = "Convert it to 8-bit RGB, or to PNG or JPEG";

template <typename Value>
Value valueAt(const uint8_t* samples, size_t i) {
    Value value;
    std::memcpy(&value, samples + i * sizeof(Value), sizeof(Value));
    return value;
}

/// Pillow's way from deep grey to 8 bits: what lies outside is clipped, fractions are dropped, no number is black.
template <typename Value>
uint8_t clippedToByte(Value value) {
    if (!(value > 0)) return 0;
    return value >= 255 ? 255 : static_cast<uint8_t>(value);
}

/// How the samples of a picture become bytes, a row after the other, and the bytes RGB.
class TiffSamples {
  public:
    TiffSamples(const TiffFile& file, const std::string& name);

    /// Bytes a pixel that toBytes makes: the colours, and alpha where it was multiplied into them.
    size_t used() const { return m_used; }
    /// Samples as libtiff gives them; those of one pixel are `step` bytes apart in `bytes`.
    void toBytes(const uint8_t* samples, size_t width, size_t channels, uint8_t* bytes, size_t step) const;
    void toRgb(const uint8_t* bytes, size_t width, uint8_t* rgb) const;

  private:
    uint8_t byteOf(const uint8_t* samples, size_t i) const;
    void readPalette(const TiffFile& file);

    TiffKind m_kind;
    size_t m_used;
    bool m_isDeepGrey;
    bool m_areYcc;
    bool m_isInverted;
    std::vector<uint8_t> m_palette;  ///< RGB of each index
};

/// Whether Pillow reads samples of this kind.
bool isKnown(const TiffKind& kind) {
    const bool isUnsigned = kind.sampleFormat == SAMPLEFORMAT_UINT;
    const bool isSigned = kind.sampleFormat == SAMPLEFORMAT_INT, isFloat = kind.sampleFormat == SAMPLEFORMAT_IEEEFP;
    const int colours = kind.colours();
    if (colours == 0 || kind.channels < colours) return false;
    const auto isOneOf = [&](std::initializer_list<int> bits) {
        return std::ranges::find(bits, kind.bits) != bits.end();
    };
    if (kind.photometric == PHOTOMETRIC_PALETTE)
        return isUnsigned && isOneOf({1, 2, 4, 8}) && (kind.bits == 8 || kind.channels == 1);
    if (kind.photometric == PHOTOMETRIC_YCBCR) return isUnsigned && kind.bits == 8;
    if (colours > 1) return isUnsigned && isOneOf({8, 16});
    if (kind.channels > 1) return isUnsigned && kind.bits == 8;
    const bool isBlackZero = kind.photometric == PHOTOMETRIC_MINISBLACK;
    return (isUnsigned && (isOneOf({1, 2, 4, 8, 16}) || (isOneOf({12, 32}) && isBlackZero))) ||
           (isSigned && isOneOf({8, 16, 32}) && isBlackZero) || (isFloat && kind.bits == 32);
}

/// YCbCr that lies in the file pixel by pixel: Pillow converts it by its own table, and leaves all other to libtiff.
bool arePlainYcc(const TiffFile& file) {
    const TiffKind& kind = file.kind();
    uint16_t across = 0, down = 0;
    TIFFGetFieldDefaulted(file.handle(), TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
    return kind.photometric == PHOTOMETRIC_YCBCR && kind.compression == COMPRESSION_NONE && kind.channels == 3 &&
           !kind.isPlanar && across == 1 && down == 1;
}

/// In 64ths, as Pillow rounds them.
int part(double factor, uint8_t colour) {
    return static_cast<int>(factor * 64 * (colour - 128) + 0.5);
}

void yccToRgb(const uint8_t* ycc, uint8_t* rgb) {
    const int red = part(1.402, ycc[2]) >> 6, blue = part(1.772, ycc[1]) >> 6;
    const int green = (part(-0.34414, ycc[1]) + part(-0.71414, ycc[2])) >> 6;
    for (const int change : {red, green, blue})
        *rgb++ = static_cast<uint8_t>(std::clamp(ycc[0] + change, 0, 255));
}

TiffSamples::TiffSamples(const TiffFile& file, const std::string& name) : m_kind(file.kind()) {
    if (!isKnown(m_kind))
        throw Error(name, "TIFF images of this kind (" + m_kind.describe() + ") cannot be read", kConvert);
    m_used = static_cast<size_t>(m_kind.colours()) + (m_kind.isPremultiplied ? 1 : 0);
    m_isDeepGrey = m_kind.colours() == 1 && m_kind.bits > 8;
    m_areYcc = arePlainYcc(file);
    m_isInverted = m_kind.photometric == PHOTOMETRIC_MINISWHITE && m_kind.bits <= 8;
    if (m_kind.photometric == PHOTOMETRIC_PALETTE) readPalette(file);
}

void TiffSamples::readPalette(const TiffFile& file) {
    std::array<uint16_t*, 3> channels{};
    if (TIFFGetField(file.handle(), TIFFTAG_COLORMAP, &channels[0], &channels[1], &channels[2]) != 1) file.fail();
    m_palette.resize(256 * 3);
    for (size_t i = 0; i < size_t{1} << m_kind.bits; ++i) {
        for (size_t c = 0; c < 3; ++c)
            m_palette[i * 3 + c] = static_cast<uint8_t>(channels[c][i] >> 8);
    }
}

uint8_t TiffSamples::byteOf(const uint8_t* samples, size_t i) const {
    const bool isFloat = m_kind.sampleFormat == SAMPLEFORMAT_IEEEFP, isSigned = m_kind.sampleFormat == SAMPLEFORMAT_INT;
    switch (m_kind.bits) {
        case 8:
            return samples[i];
        case 12: {
            const uint8_t* pair = samples + i / 2 * 3;
            return clippedToByte(i % 2 == 0 ? pair[0] << 4 | pair[1] >> 4 : (pair[1] & 15) << 8 | pair[2]);
        }
        case 16:
            if (!m_isDeepGrey) return static_cast<uint8_t>(valueAt<uint16_t>(samples, i) >> 8);
            return isSigned ? clippedToByte(valueAt<int16_t>(samples, i))
                            : clippedToByte(valueAt<uint16_t>(samples, i));
        case 32:
            // Pillow takes unsigned numbers for signed ones.
            return isFloat ? clippedToByte(valueAt<float>(samples, i)) : clippedToByte(valueAt<int32_t>(samples, i));
        default: {  // 1, 2 or 4 bits
            const size_t bit = i * m_kind.bits, largest = (size_t{1} << m_kind.bits) - 1;
            const size_t value = samples[bit / 8] >> (8 - m_kind.bits - bit % 8) & largest;
            return static_cast<uint8_t>(m_palette.empty() ? value * 255 / largest : value);
        }
    }
}

void TiffSamples::toBytes(const uint8_t* samples, size_t width, size_t channels, uint8_t* bytes, size_t step) const {
    const size_t taken = std::min(channels, m_used);
    for (size_t x = 0; x < width; ++x, bytes += step) {
        for (size_t c = 0; c < taken; ++c) {
            const uint8_t byte = byteOf(samples, x * channels + c);
            bytes[c] = m_isInverted ? static_cast<uint8_t>(255 - byte) : byte;
        }
    }
}

/// Pillow's premultiplied to plain alpha.
uint8_t dividedBy(int alpha, int value) {
    return static_cast<uint8_t>(alpha == 0 ? 0 : std::min(255, value * 255 / alpha));
}

void TiffSamples::toRgb(const uint8_t* bytes, size_t width, uint8_t* rgb) const {
    const auto colours = static_cast<size_t>(m_kind.colours());
    for (size_t x = 0; x < width; ++x, bytes += m_used, rgb += 3) {
        if (colours == 4) {
            cmykToRgb(bytes, rgb);
        } else if (m_areYcc) {
            yccToRgb(bytes, rgb);
        } else if (!m_palette.empty()) {
            std::copy_n(m_palette.data() + size_t{bytes[0]} * 3, 3, rgb);
        } else {
            for (size_t c = 0; c < 3; ++c) {
                const uint8_t value = bytes[colours == 1 ? 0 : c];
                rgb[c] = m_kind.isPremultiplied ? dividedBy(bytes[colours], value) : value;
            }
        }
    }
}

/// A picture lies in the file as strips of whole rows, or as tiles; of all channels, or of one after the other.
struct Blocks {
    bool areTiles;
    uint32_t width = 0, height = 0;
    uint64_t bytes, rowBytes;

    explicit Blocks(const TiffFile& file) : areTiles(TIFFIsTiled(file.handle()) != 0) {
        TIFF* tiff = file.handle();
        TIFFGetFieldDefaulted(tiff, areTiles ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, &height);
        width = file.kind().width;
        if (areTiles)
            TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
        else
            height = std::min(height, file.kind().height);
        bytes = areTiles ? TIFFTileSize64(tiff) : TIFFStripSize64(tiff);
        rowBytes = areTiles ? TIFFTileRowSize64(tiff) : TIFFScanlineSize64(tiff);
    }

    /// False where the file has no data, or too few, for the rows that the picture needs of the block.
    bool read(const TiffFile& file, uint32_t left, uint32_t top, uint16_t plane, std::vector<uint8_t>& samples) const {
        TIFF* tiff = file.handle();
        const auto size = static_cast<tmsize_t>(samples.size());
        const uint32_t block =
            areTiles ? TIFFComputeTile(tiff, left, top, 0, plane) : TIFFComputeStrip(tiff, top, plane);
        // libtiff would read plain pixels from the beginning of the file.
        if (TIFFGetStrileOffset(tiff, block) == 0) return false;
        const tmsize_t got = areTiles ? TIFFReadEncodedTile(tiff, block, samples.data(), size)
                                      : TIFFReadEncodedStrip(tiff, block, samples.data(), size);
        if (got < 0) file.fail();
        const uint64_t rows = areTiles ? height : std::min(height, file.kind().height - top);
        return static_cast<uint64_t>(got) >= rows * rowBytes;
    }
};

/// take(x, y, bytes, count): so many pixels of a row, from column x, as `samples` makes them.
template <typename Take>
void readBlocks(const TiffFile& file, const TiffSamples& samples, const std::string& name, const Take& take) {
    const TiffKind& kind = file.kind();
    const Blocks blocks(file);
    const uint64_t pixels = uint64_t{kind.width} * kind.height, blockPixels = uint64_t{blocks.width} * blocks.height;
    if (blockPixels > std::max<uint64_t>(4 * pixels, kUncheckedPixels) || blocks.bytes == 0 ||
        blocks.bytes < blocks.rowBytes * blocks.height) {
        throw Error(name, "the TIFF header is damaged (blocks of " + std::to_string(blocks.width) + " x " +
                              std::to_string(blocks.height) + " pixels)");
    }
    const size_t used = samples.used(), channels = kind.isPlanar ? 1 : kind.channels;
    const uint16_t planes = kind.isPlanar ? static_cast<uint16_t>(used) : 1;
    std::vector<uint8_t> coded(blocks.bytes), bytes(blockPixels * used);
    for (uint32_t top = 0; top < kind.height; top += blocks.height) {
        const uint32_t rows = std::min(blocks.height, kind.height - top);
        for (uint32_t left = 0; left < kind.width; left += blocks.width) {
            const uint32_t columns = std::min(blocks.width, kind.width - left);
            for (uint16_t plane = 0; plane < planes; ++plane) {
                if (!blocks.read(file, left, top, plane, coded)) throw Error(name, kTruncated);
                for (size_t y = 0; y < rows; ++y)
                    samples.toBytes(coded.data() + y * blocks.rowBytes, columns, channels,
                                    bytes.data() + y * columns * used + plane, used);
            }
            for (uint32_t y = 0; y < rows; ++y)
                take(left, top + y, bytes.data() + size_t{y} * columns * used, columns);
        }
    }
}

/// How many bytes of pixels one byte of a file can hold at most, by its compression.
uint64_t densest(uint16_t compression) {
    switch (compression) {
        case COMPRESSION_NONE:
            return 1;
        case COMPRESSION_PACKBITS:
            return 64;
        case COMPRESSION_LZW:
        case COMPRESSION_JPEG:
        case COMPRESSION_ADOBE_DEFLATE:
        case COMPRESSION_DEFLATE:
            return 4096;
        default:
            return 65536;
    }
}

/// YCbCr, whose colours may be coarser than its pixels, by libtiff's own conversion.
void readColoursByLibtiff(const TiffFile& file, Image& image) {
    const TiffKind& kind = file.kind();
    std::vector<uint32_t> pixels(size_t{kind.width} * kind.height);
    if (TIFFReadRGBAImageOriented(file.handle(), kind.width, kind.height, pixels.data(), kind.orientation, 1) != 1)
        file.fail();
    uint8_t* out = image.rgb.data();
    for (const uint32_t pixel : pixels) {
        *out++ = static_cast<uint8_t>(TIFFGetR(pixel));
        *out++ = static_cast<uint8_t>(TIFFGetG(pixel));
        *out++ = static_cast<uint8_t>(TIFFGetB(pixel));
    }
}

}  // namespace

Dimensions tiffSize(Bytes bytes, const std::string& name) {
    const TiffKind kind = TiffFile(bytes, name).kind();
    const uint64_t pixels = uint64_t{kind.width} * kind.height;
    if (pixels > kUncheckedPixels && pixels <= kMaxPixels &&
        pixels / 8 * kind.bits * kind.channels / densest(kind.compression) > bytes.size()) {
        throw Error(name, kTruncated);
    }
    // Pillow turns TIFFs upright; orientations from 5 on swap the sides.
    if (kind.orientation >= 5) return {kind.height, kind.width};
    return {kind.width, kind.height};
}

namespace {

/// Throws Error where the pixels cannot be read. False: by libtiff's own conversion alone.
bool prepareTiff(const TiffFile& file, const std::string& name) {
    const TiffKind& kind = file.kind();
    if (TIFFIsCODECConfigured(kind.compression) == 0)
        throw Error(name, "TIFF images with compression " + std::to_string(kind.compression) + " cannot be read",
                    kConvert);
    if (file.isCutShort()) throw Error(name, kTruncated);
    const bool isJpeg = kind.compression == COMPRESSION_JPEG && !kind.isPlanar;
    if (kind.photometric == PHOTOMETRIC_YCBCR && isJpeg)
        TIFFSetField(file.handle(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    return kind.photometric != PHOTOMETRIC_YCBCR || kind.channels == 1 || isJpeg || arePlainYcc(file);
}

}  // namespace

void decodeTiff(Bytes bytes, const std::string& name, Image& image) {
    const TiffFile file(bytes, name);
    const TiffKind& kind = file.kind();
    const TiffSamples samples(file, name);
    if (prepareTiff(file, name)) {
        readBlocks(file, samples, name, [&](size_t x, size_t y, const uint8_t* pixels, size_t count) {
            samples.toRgb(pixels, count, image.rgb.data() + (y * kind.width + x) * 3);
        });
    } else {
        readColoursByLibtiff(file, image);
    }
    const Turn turn(kind.orientation);
    if (!turn.isNone())
        image.rgb = turned(image.rgb, static_cast<int>(kind.width), static_cast<int>(kind.height), 3, turn);
}

Image reduceTiff(Bytes bytes, const std::string& name, const ImageHeader& header, int side) {
    const TiffFile file(bytes, name);
    const TiffKind& kind = file.kind();
    const TiffSamples samples(file, name);
    if (!prepareTiff(file, name)) {
        Image whole{header.width, header.height, {}};
        whole.rgb.resize(size_t{kind.width} * kind.height * 3);
        decodeTiff(bytes, name, whole);
        return reduced(whole, side);
    }
    const Turn turn(kind.orientation);
    BoxReducer reducer(header.width, header.height, side);
    std::vector<uint8_t> row(size_t{3} * kind.width);
    readBlocks(file, samples, name, [&](uint32_t x, uint32_t y, const uint8_t* pixels, uint32_t count) {
        samples.toRgb(pixels, count, row.data());
        if (turn.isNone())
            return reducer.add(static_cast<int>(x), static_cast<int>(y), row.data(), static_cast<int>(count));
        for (uint32_t i = 0; i < count; ++i) {
            auto column = static_cast<int>(x + i), line = static_cast<int>(y);
            if (turn.transposed) std::swap(column, line);
            if (turn.mirroredX) column = header.width - 1 - column;
            if (turn.mirroredY) line = header.height - 1 - line;
            reducer.add(column, line, row.data() + size_t{3} * i, 1);
        }
    });
    return reducer.image();
}

}  // namespace diagonal::formats
