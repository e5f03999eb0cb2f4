// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// One page of HTML that needs no other file: results with intervals, what differs beyond noise, few-shot curves,
/// calibration, confusions, templates, suspected labels, captions whose swapped words won, and how it was done.
std::string evaluationHtml(const EvaluationReport& report);

}  // namespace diagonal
