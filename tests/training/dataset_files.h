// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTemporaryDir>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/image/png.h"

/// A folder with small pictures and caption files.
class Folder {
  public:
    std::filesystem::path path() const { return m_folder.path().toStdString(); }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path() / name).parent_path());
        std::ofstream(path() / name, std::ios::binary) << text;  // thousands: no fsync for each
        return path() / name;
    }
    void picture(const std::string& name, uint8_t shade = 7) const { write(name, png(shade)); }

    static std::string png(uint8_t shade, int width = 4, int height = 4) {
        const auto bytes = diagonal::encodePng(
            {width, height, std::vector<uint8_t>(static_cast<size_t>(width) * static_cast<size_t>(height) * 3, shade)});
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

  private:
    QTemporaryDir m_folder;
};

/// A file of a tar archive: its header and its bytes. size: what the header says where that is not true. more: text
/// at byte 386 of the header.
inline std::string tarMember(const std::string& name, const std::string& bytes, char type = '0', int64_t size = -1,
                             const std::string& more = {}) {
    std::string header(512, '\0');
    name.copy(header.data(), 100);
    const auto number = [&](size_t at, size_t digits, uint64_t value) {
        for (size_t i = digits; i-- > 0; value >>= 3)
            header[at + i] = static_cast<char>('0' + (value & 7));
    };
    number(100, 7, 0644);
    number(108, 7, 0);
    number(116, 7, 0);
    const uint64_t told = size < 0 ? bytes.size() : static_cast<uint64_t>(size);
    if (told < uint64_t{1} << 33) {
        number(124, 11, told);
    } else {  // base 256
        header[124] = '\x80';
        for (size_t i = 0; i < 8; ++i)
            header[128 + i] = static_cast<char>(told >> (56 - 8 * i));
    }
    number(136, 11, 0);
    header[156] = type;
    (type == 'S' ? std::string("ustar  ") : std::string("ustar\00000", 8)).copy(header.data() + 257, 8);
    if (type == '1' || type == '2') std::string("target.png").copy(header.data() + 157, 100);
    more.copy(header.data() + 386, 109);
    header.replace(148, 8, 8, ' ');
    uint64_t sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    number(148, 6, sum);
    header[154] = '\0';
    return header + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
}

inline std::string tarEnd() {
    return std::string(1024, '\0');
}
