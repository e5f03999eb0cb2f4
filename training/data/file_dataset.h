// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "training/data/caption_keys.h"
#include "training/data/dataset.h"
#include "training/data/sample_texts.h"

namespace diagonal {

/// Notes for people, the first few in full and the rest as a number.
class Warnings {
  public:
    static constexpr size_t kShown = 50;

    void add(std::string text);
    size_t count() const { return m_count; }
    /// The notes, and last how many more there were.
    std::vector<std::string> take();

  private:
    std::vector<std::string> m_shown;
    size_t m_count = 0;
};

/// Image files with captions, gathered line by line: a line for an image seen before adds a caption to it.
class FileDataset : public Dataset {
  public:
    static constexpr size_t kMostCaptions = 1000;  ///< of an image: more of them are no captions

    /// keys: the sources of captions.
    explicit FileDataset(std::string kind, const CaptionKeys& keys = {})
        : Dataset({.kind = std::move(kind), .captionProbabilities = keys.probabilities}), m_texts(keys.sources()) {}

    // Building, on one thread.
    /// The sample of that name (as the data set's file says it), made when new.
    size_t sample(std::string_view name);
    /// Adds a caption in one line, unless the sample has it or kMostCaptions.
    void addCaption(size_t sample, std::string_view caption, size_t source = 0);
    void setSplit(size_t sample, Split split) { m_splits[sample] = split; }
    void setLabel(size_t sample, int label);
    Warnings& notes() { return m_notes; }
    /// The number of a label, new ones in order of appearance; -1 for an empty one.
    int labelIndex(std::string_view word);
    /// Resolves names against folders (the first that has the file), drops samples that are missing, without captions
    /// or of another split, and closes the notes. source names the data set in errors. Throws Error when no sample is
    /// left.
    void finish(const std::vector<std::filesystem::path>& folders, Split split, const std::filesystem::path& source);

    size_t size() const override { return m_texts.size(); }
    std::string name(size_t index) const override { return m_texts.name(index); }
    size_t captionCount(size_t index) const override { return m_texts.captionCount(index); }
    std::string_view caption(size_t index, size_t number) const override { return m_texts.caption(index, number); }
    size_t captionSource(size_t index, size_t number) const override { return m_texts.captionSource(index, number); }
    int label(size_t index) const override { return m_labels.empty() ? -1 : m_labels.at(index); }
    Split split(size_t index) const override { return m_splits.at(index); }
    std::filesystem::path file(size_t index) const override;

  protected:
    Image decode(size_t index, int enough) const override;

  private:
    void closeLabels();
    void findFiles();

    SampleTexts m_texts;
    std::vector<Split> m_splits;
    std::vector<int32_t> m_labels;   ///< empty: none has one
    std::vector<uint8_t> m_placeOf;  ///< folder of m_places that has the file, from 1; 0: none has it
    std::vector<std::filesystem::path> m_places;
    std::unordered_map<std::string, int> m_labelIndices;
    std::unordered_set<size_t> m_crowded;  ///< samples with kMostCaptions, while they are gathered
    Warnings m_notes;
};

/// "train", "val", "dev", "test", … in any case; All for anything else.
Split splitOfName(std::string_view name);

/// Of a data set that has samples, but none of the split that was asked for.
Error noSuchSplit(const std::filesystem::path& source, Split split);

/// A caption in one line: line ends and tabs become blanks.
std::string oneLine(std::string_view caption);

}  // namespace diagonal
