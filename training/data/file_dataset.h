// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/error.h"
#include "training/data/dataset.h"

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
    struct Sample {
        std::string name;  ///< as the data set's file says it
        std::filesystem::path path;
        std::vector<std::string> captions;
        Split split = Split::All;
        int label = -1;
    };

    explicit FileDataset(std::string kind) : m_kind(std::move(kind)) {}

    // Building, on one thread.
    /// The sample of that name, made when new.
    Sample& sample(std::string_view name);
    Warnings& notes() { return m_notes; }
    /// The number of a label, new ones in order of appearance; -1 for an empty one.
    int labelIndex(std::string_view word);
    /// Resolves names against folders (the first that has the file), drops samples that are missing, without captions
    /// or of another split, and closes the notes. source names the data set in errors. Throws Error when no sample is
    /// left.
    void finish(const std::vector<std::filesystem::path>& folders, Split split, const std::filesystem::path& source);

    std::string kind() const override { return m_kind; }
    size_t size() const override { return m_samples.size(); }
    std::string name(size_t index) const override { return m_samples.at(index).name; }
    const std::vector<std::string>& captions(size_t index) const override { return m_samples.at(index).captions; }
    const std::vector<std::string>& labels() const override { return m_labels; }
    int label(size_t index) const override { return m_labels.empty() ? -1 : m_samples.at(index).label; }
    Split split(size_t index) const override { return m_samples.at(index).split; }
    bool supportsAugmentation() const override { return m_augmentation; }
    std::filesystem::path file(size_t index) const override { return m_samples.at(index).path; }
    size_t missing() const override { return m_missing; }
    const std::vector<std::string>& warnings() const override { return m_warnings; }

  protected:
    Image decode(size_t index, int enough) const override;

  private:
    void closeLabels();

    std::string m_kind;
    std::vector<Sample> m_samples;
    std::unordered_map<std::string, size_t> m_byName;
    std::vector<std::string> m_labels;
    std::unordered_map<std::string, int> m_labelIndices;
    std::vector<std::string> m_warnings;
    Warnings m_notes;
    size_t m_missing = 0;
    bool m_augmentation = true;
};

/// "train", "val", "dev", "test", … in any case; All for anything else.
Split splitOfName(std::string_view name);

/// Of a data set that has samples, but none of the split that was asked for.
Error noSuchSplit(const std::filesystem::path& source, Split split);

/// Whether the bytes are well-formed UTF-8.
bool isUtf8(std::string_view text);

/// Without white space at both ends.
std::string_view trimmed(std::string_view text);

std::string lowered(std::string_view ascii);

}  // namespace diagonal
