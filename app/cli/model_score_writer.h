// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/output.h"
#include "engine/evaluation/model_score.h"

namespace diagonal::cli {

/// A model of `models compare`: what was measured, or why it could not be.
struct ScoredModel {
    std::string name;  ///< as given
    std::string languages, licence;
    std::optional<ModelScore> score;
    std::string error;
};

/// Writes models, best mean recall first, those without a score last. JSON: a list; CSV: the same columns; a table for
/// people, with the Pareto front marked.
void writeModelScores(std::vector<ScoredModel> models, const std::string& file, Format format);

}  // namespace diagonal::cli
