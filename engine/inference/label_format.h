// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/inference/image_names.h"
#include "engine/inference/zero_shot.h"

namespace diagonal {

/// What files with labels hold, whoever writes them (docs/cli.md, "label").
class LabelFormat {
  public:
    /// top: how many labels of a picture are written.
    LabelFormat(std::vector<Label> labels, Score score, size_t top);

    const std::vector<std::string>& names() const { return m_names; }
    /// "sure", "unsure" or "none".
    std::string verdict(const std::vector<LabelScore>& bestFirst) const;

    /// The first line; names: of all pictures. Where a label has a threshold or is not to be given there is a column
    /// for the verdict, which the first line of a picture tells: it cannot be told from probabilities alone.
    std::string csvHead(const CsvNames& names) const;
    std::string csv(const CsvNames& names, const std::filesystem::path& image,
                    const std::vector<LabelScore>& bestFirst) const;
    /// verdict: "failed", or "waiting" where the picture has no scores yet.
    std::string csvError(const CsvNames& names, const std::filesystem::path& image, const std::string& reason,
                         const std::string& verdict = "failed") const;

    /// A picture's result: the label that it is given (or null), whether it is sure, the verdict, and its scores.
    nlohmann::ordered_json json(const std::filesystem::path& image, const std::vector<LabelScore>& bestFirst) const;
    static nlohmann::ordered_json jsonError(const std::filesystem::path& image, const std::string& reason,
                                            const std::string& verdict = "failed");
    /// The object around all results.
    nlohmann::ordered_json jsonDocument(const std::string& model, double temperature,
                                        nlohmann::ordered_json results) const;

  private:
    std::vector<Label> m_labels;
    std::vector<std::string> m_names;
    Score m_score;
    size_t m_top;
    bool m_hasVerdict;  ///< in CSV
};

}  // namespace diagonal
