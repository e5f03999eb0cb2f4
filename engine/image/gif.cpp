// SPDX-License-Identifier: Apache-2.0
// First frame of a GIF (GIF89a specification). OpenCV 4.6 reads none.
#include <algorithm>
#include <array>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

/// Reads forward; running out of bytes throws.
class Reader {
  public:
    Reader(Bytes bytes, const std::string& name) : m_bytes(bytes), m_name(name) {}

    Bytes take(size_t count) {
        if (count > m_bytes.size() - m_at) throw Error(m_name, kTruncated);
        m_at += count;
        return m_bytes.subspan(m_at - count, count);
    }
    uint8_t byte() { return take(1)[0]; }
    void skipBlocks() {
        while (const uint8_t size = byte())
            take(size);
    }

  private:
    Bytes m_bytes;
    const std::string& m_name;
    size_t m_at = 0;
};

/// The codes of an LZW stream, from sub-blocks.
class CodeReader {
  public:
    explicit CodeReader(Reader& reader) : m_reader(reader) {}

    /// -1 at the end of the sub-blocks.
    int next(int bits) {
        while (m_count < bits) {
            if (m_block.empty()) {
                const uint8_t size = m_reader.byte();
                if (size == 0) return -1;
                m_block = m_reader.take(size);
            }
            m_bits |= static_cast<uint32_t>(m_block[0]) << m_count;
            m_block = m_block.subspan(1);
            m_count += 8;
        }
        const int code = static_cast<int>(m_bits & ((1U << bits) - 1));
        m_bits >>= bits;
        m_count -= bits;
        return code;
    }

  private:
    Reader& m_reader;
    Bytes m_block;
    uint32_t m_bits = 0;
    int m_count = 0;
};

/// Palette indices of a frame; fewer than wanted when the stream ends early.
std::vector<uint8_t> decompress(Reader& reader, int minimumBits, size_t wanted) {
    constexpr int kMaxCodes = 4096;
    std::array<int, kMaxCodes> previous{};
    std::array<uint8_t, kMaxCodes> last{};
    std::array<uint8_t, kMaxCodes + 1> text{};
    const int clear = 1 << minimumBits;
    int bits = minimumBits + 1, codes = clear + 2, before = -1;
    uint8_t firstOfBefore = 0;
    CodeReader input(reader);
    std::vector<uint8_t> out;
    out.reserve(wanted);
    while (out.size() < wanted) {
        const int code = input.next(bits);
        if (code < 0 || code == clear + 1) break;
        if (code == clear) {
            bits = minimumBits + 1;
            codes = clear + 2;
            before = -1;
            continue;
        }
        if (code > codes || (code == codes && before < 0)) break;
        // Backwards from the code to its first index.
        size_t length = 0;
        int walk = code;
        if (code == codes) {
            text[length++] = firstOfBefore;
            walk = before;
        }
        for (; walk >= clear + 2; walk = previous[static_cast<size_t>(walk)])
            text[length++] = last[static_cast<size_t>(walk)];
        firstOfBefore = static_cast<uint8_t>(walk);
        text[length++] = firstOfBefore;
        while (length > 0 && out.size() < wanted)
            out.push_back(text[--length]);
        if (before >= 0 && codes < kMaxCodes) {
            previous[static_cast<size_t>(codes)] = before;
            last[static_cast<size_t>(codes)] = firstOfBefore;
            ++codes;
            if (codes == 1 << bits && bits < 12) ++bits;
        }
        before = code;
    }
    return out;
}

/// Rows of an interlaced frame in the order they are stored.
std::vector<int> rowOrder(int height, bool interlaced) {
    std::vector<int> order;
    const auto add = [&](int first, int step) {
        for (int y = first; y < height; y += step)
            order.push_back(y);
    };
    if (interlaced) {
        add(0, 8);
        add(4, 8);
        add(2, 4);
        add(1, 2);
    } else {
        add(0, 1);
    }
    return order;
}

/// Colour of a palette index; Pillow takes those beyond the palette as black, and a missing palette as grey.
void putColour(Bytes palette, uint8_t index, uint8_t* out) {
    for (size_t c = 0; c < 3; ++c) {
        const size_t at = size_t{index} * 3 + c;
        out[c] = palette.empty() ? index : at < palette.size() ? palette[at] : 0;
    }
}

}  // namespace

void decodeGif(Bytes bytes, const std::string& name, Image& image) {
    Reader reader(bytes, name);
    const Bytes screen = reader.take(13);
    const auto paletteBytes = [](uint8_t flags) { return (flags & 0x80) != 0 ? size_t{3} << ((flags & 7) + 1) : 0; };
    Bytes palette = reader.take(paletteBytes(screen[10]));
    uint8_t background = screen[11];
    for (;;) {
        const uint8_t kind = reader.byte();
        if (kind == 0x21) {
            const uint8_t label = reader.byte();
            if (label == 0xF9) {
                const uint8_t size = reader.byte();
                const Bytes control = reader.take(size);
                if (size >= 4 && (control[0] & 1) != 0) background = control[3];
            }
            reader.skipBlocks();
            continue;
        }
        if (kind == 0x3B) throw Error(name, "the GIF holds no picture");
        if (kind == 0x2C) break;
    }
    const Bytes descriptor = reader.take(9);
    const int left = static_cast<int>(little16(descriptor, 0)), top = static_cast<int>(little16(descriptor, 2));
    const int width = static_cast<int>(little16(descriptor, 4)), height = static_cast<int>(little16(descriptor, 6));
    if (const size_t own = paletteBytes(descriptor[8]); own > 0) palette = reader.take(own);
    const int minimumBits = reader.byte();
    if (minimumBits < 1 || minimumBits > 11) throw Error(name, "the GIF data is damaged (code size)");
    const size_t wanted = static_cast<size_t>(width) * static_cast<size_t>(height);
    if (wanted > static_cast<size_t>(kMaxPixels) || left + width > image.width || top + height > image.height)
        throw Error(name, "the GIF data is damaged (a frame outside the picture)");
    const std::vector<uint8_t> indices = decompress(reader, minimumBits, wanted);
    if (indices.size() < wanted) throw Error(name, kTruncated);

    for (size_t i = 0; i < image.rgb.size(); i += 3)
        putColour(palette, background, image.rgb.data() + i);
    const std::vector<int> order = rowOrder(height, (descriptor[8] & 0x40) != 0);
    for (size_t row = 0; row < order.size(); ++row) {
        const size_t y = static_cast<size_t>(top) + static_cast<size_t>(order[row]);
        uint8_t* out = image.rgb.data() + (y * static_cast<size_t>(image.width) + static_cast<size_t>(left)) * 3;
        for (size_t x = 0; x < static_cast<size_t>(width); ++x)
            putColour(palette, indices[row * static_cast<size_t>(width) + x], out + x * 3);
    }
}

}  // namespace diagonal::formats
