// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// The bytes of a PNG file that shows an SVG drawing. Throws Error where there is nothing to draw it with.
using PngPainter = std::function<std::string(const std::string& svg)>;

struct WrittenEvaluation {
    size_t documents = 0;            ///< JSON files in CLIP_benchmark's fields
    std::vector<std::string> files;  ///< names of all others
    std::string pngProblem;          ///< why no PNG is among them; else empty
    std::vector<Error> failures;     ///< a file each that could not be written
};

/// Writes everything of an evaluation into a folder, which is made where it is not there: a page, a table as CSV,
/// charts as SVG and PNG, a JSON file a result. parts: one report a data set, for CLIP_benchmark's fields. A file that
/// cannot be written keeps no other from it. Throws Error where the folder cannot be made.
WrittenEvaluation writeEvaluationFolder(const EvaluationReport& report, const std::vector<EvaluationReport>& parts,
                                        const std::filesystem::path& folder, const PngPainter& paint);

}  // namespace diagonal
