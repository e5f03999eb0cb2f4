// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/image.h"
#include "engine/image/jpeg_encoder.h"

namespace diagonal {

/// A video of JPEG frames (Motion JPEG in AVI), built in memory.
class AviBytes {
  public:
    AviBytes(int width, int height, uint32_t framesPerSecond)
        : m_width(static_cast<uint32_t>(width)), m_height(static_cast<uint32_t>(height)), m_rate(framesPerSecond) {}

    void add(const Image& frame, int times = 1) { addJpeg(encodeJpeg(frame, 90), times); }
    /// The bytes of a JPEG picture.
    template <typename Bytes>
    void addJpeg(const Bytes& jpeg, int times = 1) {
        for (; times > 0; --times) {
            m_index += "00dc" + number(0x10) + number(static_cast<uint32_t>(m_frames.size()) + 4) +
                       number(static_cast<uint32_t>(jpeg.size()));
            m_frames += "00dc" + number(static_cast<uint32_t>(jpeg.size()));
            m_frames.append(jpeg.begin(), jpeg.end());
            if (jpeg.size() % 2 == 1) m_frames += '\0';
            ++m_count;
        }
    }

    std::string bytes() const {
        const std::string head = chunk("avih", number(1'000'000 / m_rate) + number(0) + number(0) + number(0x10) +
                                                   number(m_count) + number(0) + number(1) + number(0) +
                                                   number(m_width) + number(m_height) + std::string(16, '\0'));
        const std::string stream =
            chunk("strh", "vidsMJPG" + std::string(12, '\0') + number(1) + number(m_rate) + number(0) +
                              number(m_count) + number(0) + number(0xFFFFFFFF) + number(0) + std::string(8, '\0')) +
            chunk("strf", number(40) + number(m_width) + number(m_height) + std::string("\1\0\x18\0MJPG", 8) +
                              number(m_width * m_height * 3) + std::string(16, '\0'));
        const std::string body =
            "AVI " + list("hdrl", head + list("strl", stream)) + list("movi", m_frames) + chunk("idx1", m_index);
        return chunk("RIFF", body);
    }

  private:
    static std::string number(uint32_t value) {
        std::string text;
        for (int shift = 0; shift < 32; shift += 8)
            text += static_cast<char>(value >> shift);
        return text;
    }
    static std::string chunk(const std::string& name, const std::string& body) {
        return name + number(static_cast<uint32_t>(body.size())) + body;
    }
    static std::string list(const std::string& name, const std::string& body) { return chunk("LIST", name + body); }

    uint32_t m_width, m_height, m_rate, m_count = 0;
    std::string m_frames, m_index;
};

/// Stripes that move by a pixel in four frames, of two colours.
inline Image stripes(int width, int height, int frame, uint32_t first, uint32_t second, double light = 1) {
    Image image{width, height, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const uint32_t colour = ((x + y + frame / 4) / 16) % 2 == 0 ? first : second;
            for (int shift = 16; shift >= 0; shift -= 8)
                image.rgb.push_back(static_cast<uint8_t>(light * static_cast<double>(colour >> shift & 0xFF)));
        }
    }
    return image;
}

}  // namespace diagonal
