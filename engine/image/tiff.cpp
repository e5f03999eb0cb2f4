// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

constexpr uint32_t kCieLab = 8;

/// One directory entry and the numbers it holds (of type SHORT or LONG).
class Entry {
  public:
    Entry(Bytes bytes, size_t at, bool bigEndian) : m_bytes(bytes), m_big(bigEndian), m_tag(u16(at)) {
        m_size = u16(at + 2) == 3 ? 2 : 4;
        const size_t count = u32(at + 4);
        m_at = count * m_size <= 4 ? at + 8 : u32(at + 8);
        m_count = m_at > bytes.size() ? 0 : std::min(count, (bytes.size() - m_at) / m_size);
    }

    uint32_t tag() const { return m_tag; }
    size_t at() const { return m_at; }
    size_t count() const { return m_count; }
    uint32_t value(size_t i = 0) const {
        if (i >= m_count) return 0;
        return m_size == 2 ? u16(m_at + i * 2) : u32(m_at + i * 4);
    }

  private:
    uint32_t u16(size_t at) const { return m_big ? big16(m_bytes, at) : little16(m_bytes, at); }
    uint32_t u32(size_t at) const { return m_big ? big32(m_bytes, at) : little32(m_bytes, at); }

    Bytes m_bytes;
    bool m_big;
    uint32_t m_tag;
    size_t m_size = 0, m_at = 0, m_count = 0;
};

std::vector<Entry> readEntries(Bytes b, const std::string& name) {
    if (b.size() < 8) throw Error(name, kTruncated);
    const bool big = b[0] == 'M';
    if ((big ? big16(b, 2) : little16(b, 2)) != 42)
        throw Error(name, "BigTIFF images cannot be read; convert it to JPEG, PNG, WebP or TIFF");
    const size_t directory = big ? big32(b, 4) : little32(b, 4);
    if (directory + 2 > b.size()) throw Error(name, kTruncated);
    const size_t count = big ? big16(b, directory) : little16(b, directory);
    if (directory + 2 + count * 12 > b.size()) throw Error(name, kTruncated);
    std::vector<Entry> entries;
    for (size_t i = 0; i < count; ++i)
        entries.emplace_back(b, directory + 2 + i * 12, big);
    return entries;
}

}  // namespace

TiffDirectory readTiffDirectory(Bytes bytes, const std::string& name) {
    const std::vector<Entry> entries = readEntries(bytes, name);
    TiffDirectory result;
    const Entry* offsets = nullptr;
    const Entry* sizes = nullptr;
    for (const Entry& entry : entries) {
        switch (entry.tag()) {
            case 256:
                result.width = entry.value();
                break;
            case 257:
                result.height = entry.value();
                break;
            case 262:
                result.photometric = entry.value();
                break;
            case 274:
                result.orientation = entry.value();
                break;
            case 273:
            case 324:
                offsets = &entry;
                break;
            case 279:
            case 325:
                sizes = &entry;
                break;
            case 338:
                result.extraSample = entry.value();
                result.extraSampleAt = entry.at();
                break;
            default:
                break;
        }
    }
    if (result.orientation > 8) result.orientation = 1;
    for (size_t i = 0; offsets != nullptr && sizes != nullptr && i < std::min(offsets->count(), sizes->count()); ++i)
        result.isCutShort |= uint64_t{offsets->value(i)} + sizes->value(i) > bytes.size();
    return result;
}

void decodeTiff(Bytes bytes, const std::string& name, Image& image) {
    const TiffDirectory directory = readTiffDirectory(bytes, name);
    if (directory.isCutShort) throw Error(name, kTruncated);
    if (directory.photometric == kCieLab)
        throw Error(name, "TIFF images in L*a*b* colours cannot be read; convert it to RGB");
    if (directory.extraSample != 2) {
        decodeWithOpenCv(bytes, name, "TIFF", image, directory.extraSample == 1);
        return;
    }
    // OpenCV would multiply the colours by alpha. Told that they are already, it leaves them alone.
    std::vector<uint8_t> copy(bytes.begin(), bytes.end());
    copy[directory.extraSampleAt + (bytes[0] == 'M' ? 1 : 0)] = 1;
    decodeWithOpenCv(copy, name, "TIFF", image);
}

}  // namespace diagonal::formats
