// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/zip_writer.h"

#include <zlib.h>

#include <algorithm>

#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

constexpr uint64_t kZip64 = 0xFFFFFFFF;  // from here on a number stands in a zip64 record
constexpr uint64_t kAlignment = 64;
constexpr uint16_t kUtf8Names = 0x0800;

template <typename Number>
void append(std::string& bytes, uint64_t value) {
    const auto number = static_cast<Number>(value);
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

uint64_t orFull(uint64_t value) {
    return std::min(value, kZip64);
}

/// What local headers and the directory have in common, from the version to the sizes.
void appendCommon(std::string& bytes, bool large, uint32_t crc, uint64_t size) {
    append<uint16_t>(bytes, large ? 45 : 20);
    append<uint16_t>(bytes, kUtf8Names);
    append<uint16_t>(bytes, 0);           // stored
    append<uint32_t>(bytes, 0x00210000);  // 1980-01-01: no clock in the file
    append<uint32_t>(bytes, crc);
    append<uint32_t>(bytes, orFull(size));
    append<uint32_t>(bytes, orFull(size));
}

}  // namespace

void ZipWriter::write(const std::string& bytes) {
    m_file.write(bytes);
    m_position += bytes.size();
}

void ZipWriter::add(const std::string& name, std::string_view content) {
    add(name, {reinterpret_cast<const uint8_t*>(content.data()), content.size()});
}

void ZipWriter::add(const std::string& name, std::span<const uint8_t> content) {
    const auto crc = static_cast<uint32_t>(crc32_z(0, content.data(), content.size()));
    m_members.push_back({name, m_position, content.size(), crc});
    const bool large = content.size() >= kZip64;
    std::string extra;
    if (large) {
        append<uint16_t>(extra, 1);
        append<uint16_t>(extra, 16);
        append<uint64_t>(extra, content.size());
        append<uint64_t>(extra, content.size());
    }
    const uint64_t begin = m_position + 30 + name.size() + extra.size() + 4;
    const uint64_t padding = (kAlignment - begin % kAlignment) % kAlignment;
    append<uint16_t>(extra, 0x4246);  // "FB", as PyTorch calls its padding
    append<uint16_t>(extra, padding);
    extra.append(padding, 'Z');

    std::string header;
    append<uint32_t>(header, 0x04034B50);
    appendCommon(header, large, crc, content.size());
    append<uint16_t>(header, name.size());
    append<uint16_t>(header, extra.size());
    write(header + name + extra);
    m_file.write(content.data(), content.size());
    m_position += content.size();
}

void ZipWriter::finish() {
    const uint64_t begin = m_position;
    for (const Member& member : m_members) {
        std::string extra;
        if (member.size >= kZip64) {
            append<uint64_t>(extra, member.size);
            append<uint64_t>(extra, member.size);
        }
        if (member.offset >= kZip64) append<uint64_t>(extra, member.offset);
        std::string entry;
        append<uint32_t>(entry, 0x02014B50);
        append<uint16_t>(entry, 45);
        appendCommon(entry, !extra.empty(), member.crc, member.size);
        append<uint16_t>(entry, member.name.size());
        append<uint16_t>(entry, extra.empty() ? 0 : extra.size() + 4);
        entry.append(10, '\0');  // comment, disk, attributes
        append<uint32_t>(entry, orFull(member.offset));
        entry += member.name;
        if (!extra.empty()) {
            append<uint16_t>(entry, 1);
            append<uint16_t>(entry, extra.size());
        }
        write(entry + extra);
    }
    const uint64_t end = m_position, count = m_members.size();
    std::string tail;
    if (end >= kZip64 || count >= 0xFFFF) {
        append<uint32_t>(tail, 0x06064B50);
        append<uint64_t>(tail, 44);
        append<uint16_t>(tail, 45);
        append<uint16_t>(tail, 45);
        append<uint64_t>(tail, 0);  // disks
        append<uint64_t>(tail, count);
        append<uint64_t>(tail, count);
        append<uint64_t>(tail, end - begin);
        append<uint64_t>(tail, begin);
        append<uint32_t>(tail, 0x07064B50);
        append<uint32_t>(tail, 0);
        append<uint64_t>(tail, end);
        append<uint32_t>(tail, 1);
    }
    append<uint32_t>(tail, 0x06054B50);
    append<uint32_t>(tail, 0);  // disks
    append<uint16_t>(tail, std::min<uint64_t>(count, 0xFFFF));
    append<uint16_t>(tail, std::min<uint64_t>(count, 0xFFFF));
    append<uint32_t>(tail, orFull(end - begin));
    append<uint32_t>(tail, orFull(begin));
    append<uint16_t>(tail, 0);
    write(tail);
}

}  // namespace diagonal
