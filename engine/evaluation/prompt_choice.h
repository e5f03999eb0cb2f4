// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

#include "engine/base/job.h"
#include "engine/evaluation/evaluation_result.h"

namespace diagonal {

/// Tries templates on labelled pictures: features [n, d], prompts [t, c, d] of unit length, all finite, float32. An
/// ensemble's text is the normalised mean of its prompts. Of templates that are as good the earlier is taken. Memory
/// for t x n x c similarities. Progress in templates. Throws Cancelled.
TemplateChoice chooseTemplates(const torch::Tensor& features, const std::vector<int>& truth,
                               const torch::Tensor& prompts, const JobContext& job = {});

}  // namespace diagonal
