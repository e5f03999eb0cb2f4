// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Small builders of zip archives and pickles, byte by byte, whole or broken.
namespace bytes {

template <typename Number>
std::string number(uint64_t value) {
    const auto narrow = static_cast<Number>(value);
    std::string text(sizeof narrow, '\0');
    std::memcpy(text.data(), &narrow, sizeof narrow);
    return text;
}

template <typename Number>
void patch(std::string& content, size_t position, uint64_t value) {
    content.replace(position, sizeof(Number), number<Number>(value));
}

inline std::span<const uint8_t> spanOf(const std::string& content) {
    return {reinterpret_cast<const uint8_t*>(content.data()), content.size()};
}

/// A zip archive and where its records begin, to be patched.
struct Zip {
    std::string content;
    std::vector<size_t> locals, centrals;
    size_t directory = 0, end = 0;
};

using Members = std::vector<std::pair<std::string, std::string>>;

/// Stored members, one behind the other.
inline Zip zipOf(const Members& members, const std::string& comment = {}) {
    Zip zip;
    std::string directory;
    for (const auto& [name, content] : members) {
        const auto crc = crc32_z(0, reinterpret_cast<const uint8_t*>(content.data()), content.size());
        const std::string common = number<uint16_t>(20) + number<uint16_t>(0) + number<uint16_t>(0) +
                                   number<uint32_t>(0x00210000) + number<uint32_t>(crc) +
                                   number<uint32_t>(content.size()) + number<uint32_t>(content.size()) +
                                   number<uint16_t>(name.size()) + number<uint16_t>(0);
        zip.locals.push_back(zip.content.size());
        zip.centrals.push_back(directory.size());
        directory += number<uint32_t>(0x02014B50) + number<uint16_t>(20) + common + std::string(10, '\0') +
                     number<uint32_t>(zip.content.size()) + name;
        zip.content += number<uint32_t>(0x04034B50) + common + name + content;
    }
    zip.directory = zip.content.size();
    for (size_t& central : zip.centrals)
        central += zip.directory;
    zip.content += directory;
    zip.end = zip.content.size();
    zip.content += number<uint32_t>(0x06054B50) + number<uint32_t>(0) + number<uint16_t>(members.size()) +
                   number<uint16_t>(members.size()) + number<uint32_t>(directory.size()) +
                   number<uint32_t>(zip.directory) + number<uint16_t>(comment.size()) + comment;
    return zip;
}

/// What torch.save would write around this pickle: storages "0", "1", … with these bytes.
inline std::string torchFileOf(const std::string& pickle, const std::vector<std::string>& storages = {}) {
    Members members = {{"archive/data.pkl", pickle}, {"archive/byteorder", "little"}};
    for (size_t i = 0; i < storages.size(); ++i)
        members.emplace_back("archive/data/" + std::to_string(i), storages[i]);
    members.emplace_back("archive/version", "3\n");
    return zipOf(members).content;
}

inline std::string text(const std::string& value) {
    return "X" + number<uint32_t>(value.size()) + value;
}
inline std::string integer(int64_t value) {
    return "\x8A\x08" + number<uint64_t>(static_cast<uint64_t>(value));
}
inline std::string tuple(const std::vector<int64_t>& values) {
    std::string result = "(";
    for (const int64_t value : values)
        result += integer(value);
    return result + "t";
}
inline std::string global(const std::string& module, const std::string& name) {
    return "c" + module + "\n" + name + "\n";
}

inline std::string storage(const std::string& key, int64_t count, const std::string& type = "FloatStorage") {
    return "(" + text("storage") + global("torch", type) + text(key) + text("cpu") + integer(count) + "tQ";
}
/// _rebuild_tensor_v2 of a storage.
inline std::string tensor(const std::string& storage, int64_t offset, const std::vector<int64_t>& shape,
                          const std::vector<int64_t>& strides) {
    return global("torch._utils", "_rebuild_tensor_v2") + "(" + storage + integer(offset) + tuple(shape) +
           tuple(strides) + "\x89" + global("collections", "OrderedDict") + ")RtR";
}
/// A pickle of {name: value}.
inline std::string dictOf(const std::vector<std::pair<std::string, std::string>>& items) {
    std::string result = "\x80\x02}(";
    for (const auto& [name, value] : items)
        result += text(name) + value;
    return result + "u.";
}

}  // namespace bytes
