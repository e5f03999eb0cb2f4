// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// The table of results as one SVG picture: numbers over dots with their intervals, one axis a column, the best filled,
/// what differs from it within noise hollow. For light backgrounds.
std::string resultsSvg(const EvaluationReport& report);

/// Accuracy by labelled pictures a class, a line a model with a band of the spread over seeds, zero-shot dashed. Empty
/// where no model has few-shot results.
std::string fewShotSvg(const EvaluationReport& report);

/// Said probability against accuracy, with the model's temperature and the fitted one.
std::string reliabilitySvg(const Calibration& calibration);

/// Rows are labels, columns answers; confused classes stand together. At most `most` classes, those confused most.
std::string confusionSvg(const Answers& answers, const std::vector<std::string>& classes, size_t most);

}  // namespace diagonal
