// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/output.h"
#include "engine/image/image_files.h"
#include "engine/inference/label_format.h"

namespace diagonal::cli {

struct LabelReport {
    std::string out;
    int descriptor = -1;  ///< of `out`, where it is written to as results come
    Format format = Format::Table;
    std::string model;
    double temperature = 0;
    std::vector<Label> labels;
    size_t top = 5;
    Score score = Score::Softmax;
};

/// The best label of a picture with one template alone.
struct TemplateScore {
    std::string promptTemplate;
    LabelScore best;
};

/// Writes what `label` finds, picture by picture.
class LabelWriter {
  public:
    /// Begins with what could not even be listed.
    LabelWriter(LabelReport report, const ImageFiles& images);

    void add(const std::filesystem::path& file, const std::vector<LabelScore>& bestFirst,
             const std::vector<TemplateScore>& byTemplate = {});
    void addError(const std::filesystem::path& file, const std::string& reason);
    void flush() { m_output.flush(); }
    void finish();

  private:
    void measure(const ImageFiles& images);
    void addTableRow(const std::string& name, const std::vector<LabelScore>& bestFirst);
    void addJson(const Json& result);
    std::string shown(const LabelScore& score) const;
    std::string shortName(const std::filesystem::path& file) const;

    LabelReport m_report;
    LabelFormat m_texts;
    Output m_output;
    CsvNames m_names;
    bool m_hasResults = false;       ///< of Format::Json
    std::filesystem::path m_folder;  ///< that the table's names are below
    size_t m_nameWidth = 0, m_labelWidth = 0;
};

}  // namespace diagonal::cli
