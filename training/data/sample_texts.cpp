// SPDX-License-Identifier: Apache-2.0
#include "training/data/sample_texts.h"

#include <cstring>
#include <functional>
#include <stdexcept>

#include "training/data/random.h"

namespace diagonal {

namespace {

constexpr uint64_t kArenaBlock = uint64_t{1} << 20;
constexpr size_t kMostHead = 30;  ///< bytes of the three numbers in front of a text

char* putNumber(char* out, uint64_t number) {
    for (; number >= 0x80; number >>= 7)
        *out++ = static_cast<char>(number | 0x80);
    *out++ = static_cast<char>(number);
    return out;
}

uint64_t takeNumber(const char*& in) {
    uint64_t number = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(*in++);
        number |= uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) return number;
    }
}

uint64_t hashOf(uint32_t folder, std::string_view file) {
    return std::hash<std::string_view>()(file) ^ mix64(folder);
}

}  // namespace

uint32_t SampleTexts::folderNumber(std::string_view folder) {
    // Rows of one folder mostly stand together.
    if (m_newestFolder < m_folders.size() && m_folders[m_newestFolder] == folder) return m_newestFolder;
    const auto [found, isNew] =
        m_folderNumbers.try_emplace(std::string(folder), static_cast<uint32_t>(m_folders.size()));
    if (isNew) m_folders.emplace_back(folder);
    return m_newestFolder = found->second;
}

uint64_t SampleTexts::append(size_t number, size_t source, uint64_t link, std::string_view text) {
    if (text.size() > kLongestCaption) throw std::length_error("SampleTexts");
    const uint64_t room = m_blocks.size() * kArenaBlock - m_end;
    if (room < kMostHead + text.size()) {
        m_end = m_blocks.size() * kArenaBlock;
        m_blocks.push_back(std::make_unique_for_overwrite<char[]>(kArenaBlock));
    }
    char* const begin = m_blocks.back().get() + m_end % kArenaBlock;
    char* out = putNumber(begin, number * m_sources + source);
    out = putNumber(out, number > 0 ? m_end - link : link);
    out = putNumber(out, text.size());
    std::memcpy(out, text.data(), text.size());
    const uint64_t place = m_end;
    m_end += static_cast<uint64_t>(out - begin) + text.size();
    return place;
}

SampleTexts::Record SampleTexts::read(uint64_t place) const {
    const char* in = m_blocks[place / kArenaBlock].get() + place % kArenaBlock;
    Record record;
    const uint64_t numberAndSource = takeNumber(in);
    record.number = numberAndSource / m_sources;
    record.source = numberAndSource % m_sources;
    record.link = takeNumber(in);
    if (record.number > 0) record.link = place - record.link;
    const size_t size = takeNumber(in);
    record.text = {in, size};
    return record;
}

SampleTexts::Record SampleTexts::recordOf(size_t sample, size_t number) const {
    Record record = read(m_last.at(sample));
    if (number > record.number) throw std::out_of_range("SampleTexts");
    while (record.number > number)
        record = read(record.link);
    return record;
}

size_t SampleTexts::add(uint32_t folder, std::string_view file) {
    m_last.push_back(append(0, 0, folder, file));
    return m_last.size() - 1;
}

size_t SampleTexts::add(std::string_view name) {
    const size_t behind = name.rfind('/') + 1;  // 0 where there is none
    return add(folderNumber(name.substr(0, behind)), name.substr(behind));
}

bool SampleTexts::hasCaption(size_t sample, std::string_view caption) const {
    for (Record record = read(m_last[sample]); record.number > 0; record = read(record.link))
        if (record.text == caption) return true;
    return false;
}

void SampleTexts::addCaption(size_t sample, std::string_view caption, size_t source) {
    m_last[sample] = append(captionCount(sample) + 1, source, m_last[sample], caption);
}

bool SampleTexts::isNamed(uint32_t sample, uint32_t folder, std::string_view file) const {
    const Record name = recordOf(sample, 0);
    return name.link == folder && name.text == file;
}

size_t SampleTexts::findOrAdd(std::string_view name) {
    const size_t behind = name.rfind('/') + 1;
    const uint32_t folder = folderNumber(name.substr(0, behind));
    const std::string_view file = name.substr(behind);
    const auto isIt = [&](uint32_t sample) { return isNamed(sample, folder, file); };
    const uint32_t found = m_index.findOrAdd(hashOf(folder, file), static_cast<uint32_t>(size()), isIt);
    return found < size() ? found : add(folder, file);
}

uint32_t SampleTexts::find(uint32_t folder, std::string_view file) const {
    return m_index.find(hashOf(folder, file), [&](uint32_t sample) { return isNamed(sample, folder, file); });
}

void SampleTexts::keepOnly(const std::vector<bool>& kept) {
    m_index = {};
    diagonal::keepOnly(m_last, kept);
}

}  // namespace diagonal
