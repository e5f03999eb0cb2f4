// SPDX-License-Identifier: Apache-2.0
// First frame of a GIF (GIF89a specification), as Pillow shows it.
#include <algorithm>
#include <array>
#include <optional>
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
    /// A block with its size before it; empty at the end of a row of them.
    Bytes block() { return take(byte()); }
    void skipBlocks() {
        while (!block().empty()) {
        }
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
                m_block = m_reader.block();
                if (m_block.empty()) return -1;
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

/// All before the first frame's codes.
struct Frame {
    int64_t canvasWidth = 0, canvasHeight = 0;
    int64_t left = 0, top = 0, width = 0, height = 0;
    Bytes palette;             ///< empty: the indices are grey levels
    uint8_t surroundings = 0;  ///< palette index of what the frame leaves free
    bool isInterlaced = false;
    int minimumBits = 0;
};

/// Bytes of the palette that flags tell of.
size_t paletteBytes(uint8_t flags) {
    return (flags & 0x80) != 0 ? size_t{3} << ((flags & 7) + 1) : 0;
}

/// Empty for a palette whose colours are their own indices, which says nothing: also of indices beyond it.
Bytes neededPalette(Bytes palette) {
    for (size_t i = 0; i < palette.size(); ++i) {
        if (palette[i] != i / 3) return palette;
    }
    return {};
}

/// The palette index that a graphic control block makes transparent.
std::optional<uint8_t> transparencyOf(Bytes control, const std::string& name) {
    const bool isTransparent = (control[0] & 1) != 0;
    if (control.size() < (isTransparent ? 4 : 3)) throw Error(name, "the GIF data is damaged (a short control block)");
    if (!isTransparent) return {};
    return control[3];
}

Frame readFrame(Reader& reader, const std::string& name) {
    Frame frame;
    const Bytes screen = reader.take(13);
    Bytes palette = neededPalette(reader.take(paletteBytes(screen[10])));
    for (;;) {
        const uint8_t kind = reader.byte();
        if (kind == 0x21) {
            constexpr uint8_t kControl = 0xF9, kComment = 0xFE;
            const uint8_t label = reader.byte();
            const Bytes block = reader.block();
            if (label == kControl && !block.empty()) {
                if (const auto index = transparencyOf(block, name)) frame.surroundings = *index;
            }
            if (label != kComment || !block.empty()) reader.skipBlocks();
            continue;
        }
        if (kind == 0x3B) throw Error(name, "the GIF holds no picture");
        if (kind == 0x2C) break;
    }
    const Bytes descriptor = reader.take(9);
    frame.left = little16(descriptor, 0);
    frame.top = little16(descriptor, 2);
    frame.width = little16(descriptor, 4);
    frame.height = little16(descriptor, 6);
    if (frame.width == 0 || frame.height == 0) throw Error(name, "the GIF data is damaged (an empty frame)");
    // Some writers leave the screen too small, or without a size.
    frame.canvasWidth = std::max<int64_t>(little16(screen, 6), frame.left + frame.width);
    frame.canvasHeight = std::max<int64_t>(little16(screen, 8), frame.top + frame.height);
    frame.isInterlaced = (descriptor[8] & 0x40) != 0;
    if (const size_t own = paletteBytes(descriptor[8]); own > 0) palette = neededPalette(reader.take(own));
    frame.palette = palette;
    frame.minimumBits = reader.byte();
    return frame;
}

/// Puts the palette indices of a frame into the picture, one after the other.
class FramePainter {
  public:
    FramePainter(const Frame& frame, Image& image) : m_frame(frame), m_image(image) {
        for (size_t i = 0; i < 256; ++i) {
            for (size_t c = 0; c < 3; ++c)
                m_colours[i * 3 + c] = colour(i, c);
        }
        for (size_t i = 0; i < image.rgb.size(); i += 3)
            std::copy_n(&m_colours[size_t{frame.surroundings} * 3], 3, image.rgb.data() + i);
        begin();
    }

    bool isFull() const { return m_row >= m_frame.height; }
    void put(uint8_t index) {
        m_out = std::copy_n(&m_colours[size_t{index} * 3], 3, m_out);
        if (++m_x < m_frame.width) return;
        m_x = 0;
        m_row += m_step;
        constexpr std::array<int, 4> kFirst = {0, 4, 2, 1}, kStep = {8, 8, 4, 2};
        while (m_frame.isInterlaced && m_row >= m_frame.height && m_pass < 3) {
            ++m_pass;
            m_row = kFirst[m_pass];
            m_step = kStep[m_pass];
        }
        begin();
    }

  private:
    uint8_t colour(size_t index, size_t channel) const {
        if (m_frame.palette.empty()) return static_cast<uint8_t>(index);
        const size_t at = index * 3 + channel;
        return at < m_frame.palette.size() ? m_frame.palette[at] : 0;
    }
    void begin() {
        if (isFull()) return;
        const int64_t pixel = (m_frame.top + m_row) * m_image.width + m_frame.left;
        m_out = m_image.rgb.data() + pixel * 3;
    }

    const Frame& m_frame;
    Image& m_image;
    std::array<uint8_t, 768> m_colours{};
    uint8_t* m_out = nullptr;
    int64_t m_x = 0, m_row = 0;
    int m_step = m_frame.isInterlaced ? 8 : 1;
    size_t m_pass = 0;
};

/// Throws Error where the codes make no sense, or end before the frame is full.
void decompress(Reader& reader, const Frame& frame, const std::string& name, FramePainter& painter) {
    constexpr int kMaxCodes = 4096, kMaxBits = 12;
    if (frame.minimumBits > kMaxBits) throw Error(name, "the GIF data is damaged (code size)");
    std::array<int, kMaxCodes> previous{};
    std::array<uint8_t, kMaxCodes> last{};
    std::array<uint8_t, kMaxCodes + 1> text{};
    const int clear = 1 << frame.minimumBits;
    int bits = frame.minimumBits + 1, codes = clear + 2, before = -1;
    uint8_t firstOfBefore = 0;
    CodeReader input(reader);
    while (!painter.isFull()) {
        const int code = input.next(bits);
        if (code < 0 || code == clear + 1) throw Error(name, kTruncated);
        if (code == clear) {
            bits = frame.minimumBits + 1;
            codes = clear + 2;
            before = -1;
            continue;
        }
        if (code > (before < 0 ? clear : codes))
            throw Error(name, "the GIF data is damaged (a code that is not known)");
        // Backwards from the code to its first index.
        size_t length = 0;
        int walk = code;
        if (before >= 0 && code == codes) {
            text[length++] = firstOfBefore;
            walk = before;
        }
        for (; walk > clear && walk < kMaxCodes; walk = previous[static_cast<size_t>(walk)])
            text[length++] = last[static_cast<size_t>(walk)];
        if (walk > clear) throw Error(name, "the GIF data is damaged (a code that is not known)");
        firstOfBefore = static_cast<uint8_t>(walk);
        text[length++] = firstOfBefore;
        while (length > 0 && !painter.isFull())
            painter.put(text[--length]);
        if (before >= 0 && codes < kMaxCodes) {
            previous[static_cast<size_t>(codes)] = before;
            last[static_cast<size_t>(codes)] = firstOfBefore;
            if (codes == (1 << bits) - 1 && bits < kMaxBits) ++bits;
            ++codes;
        }
        before = code;
    }
}

}  // namespace

Dimensions gifSize(Bytes bytes, const std::string& name) {
    Reader reader(bytes, name);
    const Bytes screen = reader.take(10);
    const Dimensions claimed = {little16(screen, 6), little16(screen, 8)};
    // Too large already: what the frame adds does not matter.
    if (claimed.width * claimed.height > kMaxPixels) return claimed;
    Reader whole(bytes, name);
    const Frame frame = readFrame(whole, name);
    return {frame.canvasWidth, frame.canvasHeight};
}

void decodeGif(Bytes bytes, const std::string& name, Image& image) {
    Reader reader(bytes, name);
    const Frame frame = readFrame(reader, name);
    FramePainter painter(frame, image);
    decompress(reader, frame, name, painter);
}

}  // namespace diagonal::formats
