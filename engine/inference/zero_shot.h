// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/inference/session.h"

namespace diagonal {

enum class Score { Softmax, Sigmoid, Cosine };

struct LabelScore {
    size_t label = 0;        ///< index into the labels
    double probability = 0;  ///< 0..1 (Softmax, Sigmoid); for Cosine equal to the softmax probability
    double cosine = 0;
};

/// Scores of every label for one image, best first. Both sides of unit length. temperature as in 1 / logit scale;
/// logitBias counts for Sigmoid alone (SigLIP's models have one).
std::vector<LabelScore> scoreLabels(std::span<const float> image, const Embeddings& labels, double temperature,
                                    Score score = Score::Softmax, double logitBias = 0);

/// "Sure": the best label leads the next by at least 30 percentage points.
bool isSure(const std::vector<LabelScore>& bestFirst);

/// "96.1%", two decimals below 1 %, never 0 or 100: "< 0.01%", "> 99.9%".
std::string formatProbability(double probability);

/// Puts a label into a template at every "{}". Throws Error when there is no "{}".
std::string fillTemplate(const std::string& promptTemplate, const std::string& label);

/// One embedding a label: the normalised mean of its normalised prompt embeddings (Radford et al., 2021,
/// section 3.1.4). Without templates labels are used as written.
Embeddings embedLabels(Session& session, const std::vector<std::string>& labels,
                       const std::vector<std::string>& templates, const JobContext& job = {});

}  // namespace diagonal
