// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/output.h"

namespace diagonal::cli {

/// What `label` found for one picture.
struct LabelledPicture {
    std::filesystem::path image;
    std::string label;  ///< empty: none was assigned
    bool sure = false;
    std::string error;  ///< why it has no labels
};

struct LabelFile {
    std::vector<LabelledPicture> pictures;
    std::vector<std::string> problems;  ///< "labels.csv:12: this is not …", of lines that are left out
};

/// The picture that a JSON result is about, byte for byte. Throws Json::exception.
std::filesystem::path imageOf(const Json& result);

/// Reads what `label --format jsonl|json|csv` wrote; the ending tells which. `needsSure`: throws where a CSV file does
/// not tell which pictures are sure, because it holds one label a picture. Throws Error where nothing in it is of
/// `label`.
LabelFile readLabelFile(const std::string& file, bool needsSure);

}  // namespace diagonal::cli
