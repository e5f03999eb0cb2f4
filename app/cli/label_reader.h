// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diagonal::cli {

struct NamedScore {
    std::string label;
    double probability = 0;
};

/// What `label` wrote of one picture: scores, best first, or the reason why there are none.
struct LabelResult {
    std::string image, error;
    std::vector<NamedScore> scores;
    std::string label = {};         ///< that is given; empty: none
    std::optional<bool> sure = {};  ///< nothing where one score alone does not tell
};

/// The results of a file, in its order.
struct LabelResults {
    std::vector<LabelResult> results;
    std::map<std::string, size_t> rows;  ///< by picture
    std::vector<std::string> problems;   ///< of what could not be read: "labels.jsonl, line 7: no JSON object"
};

/// Reads what `label --format jsonl`, `json` or `csv` wrote; told apart by what is in the file, whatever its name. Of a
/// picture that stands twice the first counts. Throws Error for a file that holds nothing of the kind.
LabelResults readLabelResults(const std::string& file);

}  // namespace diagonal::cli
