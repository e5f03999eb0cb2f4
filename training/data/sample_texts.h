// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "training/data/hash_index.h"

namespace diagonal {

/// Longer captions and names are refused where they are read.
inline constexpr size_t kLongestCaption = size_t{1} << 16;
inline constexpr size_t kLongestName = size_t{1} << 12;

/// The names and captions of millions of samples: their bytes and about 15 more for a sample with a caption. Folders
/// in front of names are kept once.
///
/// A text is a record in an arena, [number][link][length][bytes], the three in LEB128. Record 0 of a sample is its
/// name, linked to its folder's number; the others are its captions, linked to the sample's record before by the
/// distance. Of each sample the place of the last record is known. So captions come in any order, and nothing is ever
/// moved. Where captions come from several sources, a number is that times their count, and the source added.
class SampleTexts {
  public:
    explicit SampleTexts(size_t sources = 1) : m_sources(sources) {}

    size_t size() const { return m_last.size(); }

    /// Adds a sample. No text may be longer than kLongestCaption.
    size_t add(std::string_view name);
    void addCaption(size_t sample, std::string_view caption, size_t source = 0);
    /// The sample of a name, added when there is none. Not beside add(), nor after keepOnly().
    size_t findOrAdd(std::string_view name);
    /// The sample of findOrAdd whose name is folder number `folder` and `file`; HashIndex::kNone where there is none.
    uint32_t find(uint32_t folder, std::string_view file) const;

    std::string name(size_t sample) const { return folders()[folder(sample)] + std::string(file(sample)); }
    /// What stands in front of the name's last slash with the slash, by number.
    uint32_t folder(size_t sample) const { return static_cast<uint32_t>(recordOf(sample, 0).link); }
    const std::vector<std::string>& folders() const { return m_folders; }
    /// What stands behind the name's last slash.
    std::string_view file(size_t sample) const { return recordOf(sample, 0).text; }
    size_t captionCount(size_t sample) const { return read(m_last[sample]).number; }
    std::string_view caption(size_t sample, size_t number) const { return recordOf(sample, number + 1).text; }
    size_t captionSource(size_t sample, size_t number) const { return recordOf(sample, number + 1).source; }
    bool hasCaption(size_t sample, std::string_view caption) const;

    /// Keeps the samples whose flag is set, in their order.
    void keepOnly(const std::vector<bool>& kept);

  private:
    struct Record {
        size_t number = 0, source = 0;
        uint64_t link = 0;  ///< the folder of record 0, the place of the record before
        std::string_view text;
    };

    uint32_t folderNumber(std::string_view folder);
    size_t add(uint32_t folder, std::string_view file);
    bool isNamed(uint32_t sample, uint32_t folder, std::string_view file) const;
    uint64_t append(size_t number, size_t source, uint64_t link, std::string_view text);
    Record read(uint64_t place) const;
    Record recordOf(size_t sample, size_t number) const;

    size_t m_sources;
    std::vector<std::unique_ptr<char[]>> m_blocks;  ///< a record lies in one
    uint64_t m_end = 0;                             ///< place of the next record: block and byte
    std::vector<uint64_t> m_last;                   ///< [samples]
    std::vector<std::string> m_folders;
    std::unordered_map<std::string, uint32_t> m_folderNumbers;
    uint32_t m_newestFolder = 0;
    HashIndex m_index;
};

/// Keeps the values whose flag is set.
template <typename Value>
void keepOnly(std::vector<Value>& values, const std::vector<bool>& kept) {
    size_t count = 0;
    for (size_t i = 0; i < values.size(); ++i)
        if (kept[i]) values[count++] = values[i];
    values.resize(count);
}

}  // namespace diagonal
