// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engine/inference/session.h"
#include "engine/text/label.h"

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

/// The same from one cosine a label. The `top` best alone; probabilities are those among all.
std::vector<LabelScore> scoreCosines(std::span<const double> cosines, double temperature, Score score = Score::Softmax,
                                     double logitBias = 0, size_t top = std::numeric_limits<size_t>::max());

/// Cosines of a batch of images with labels, [images.count(), labels.size()]: of each label the highest of its
/// synonyms. texts: a row for each of textsOf(labels). One matrix product in float64, whose numbers are those of
/// scoreLabels, bit for bit.
std::vector<double> labelCosines(const Embeddings& images, const Embeddings& texts, const std::vector<Label>& labels);

/// "Sure": the best label leads the next by at least 30 percentage points. One alone has no rival to be unsure about.
bool isSure(const std::vector<LabelScore>& bestFirst);

/// Whether a picture is given its best label: not a negative one, nor one below its threshold (a probability; for
/// Cosine a cosine), nor one whose cosine is not finite.
bool isAssigned(const std::vector<LabelScore>& bestFirst, const std::vector<Label>& labels, Score score);

/// "sure", "unsure", or "none" where a picture is given no label.
const char* verdictOf(const std::vector<LabelScore>& bestFirst, const std::vector<Label>& labels, Score score);

/// "96.1%", two decimals below 1 %, never 0 or 100: "< 0.01%", "> 99.9%".
std::string formatProbability(double probability);

/// Puts a label into a template at every "{}". Throws Error when there is no "{}".
std::string fillTemplate(const std::string& promptTemplate, const std::string& label);

/// One embedding a text: the normalised mean of its normalised prompt embeddings (Radford et al., 2021, section 3.1.4).
/// Without templates texts are used as written. What the session's LabelCache knows is not computed again. truncated,
/// when given, receives the indices of texts whose prompts are longer than the context. Progress is in texts. Throws
/// Error for an empty text and for one whose embedding is not finite.
Embeddings embedLabels(Session& session, const std::vector<std::string>& texts,
                       const std::vector<std::string>& templates, const JobContext& job = {},
                       std::vector<size_t>* truncated = nullptr);

/// One row a label where a single direction is asked for: the normalised mean of its synonyms.
Embeddings meanOfSynonyms(const Embeddings& texts, const std::vector<Label>& labels);

}  // namespace diagonal
