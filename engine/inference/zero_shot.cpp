// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/zero_shot.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "engine/base/vectorised.h"
#include "engine/inference/embedding_cache.h"
#include "engine/inference/label_cache.h"

namespace diagonal {

namespace {

constexpr double kSureLead = 0.3;

/// In eight sums side by side: a GPU brings ten thousand pictures a second, each for all labels.
DIAGONAL_VECTORISED double dot(std::span<const float> a, std::span<const float> b) {
    constexpr size_t kLanes = 8;
    double sums[kLanes] = {};
    size_t i = 0;
    for (; i + kLanes <= a.size(); i += kLanes)
        for (size_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
    for (size_t lane = 0; i < a.size(); ++i, ++lane)
        sums[lane] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return std::accumulate(std::begin(sums), std::end(sums), 0.0);
}

std::string fixedPercent(double percent, int decimals) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, percent, std::chars_format::fixed, decimals).ptr;
    return std::string(text, end) + "%";
}

/// Scales a vector to unit length; one without a direction stays as it is.
void normalizeRow(std::vector<double>& row) {
    double square = 0;
    for (const double value : row)
        square += value * value;
    const double length = std::sqrt(square);
    if (!(length > 0)) return;
    for (double& value : row)
        value /= length;
}

}  // namespace

std::vector<LabelScore> scoreLabels(std::span<const float> image, const Embeddings& labels, double temperature,
                                    Score score, double logitBias) {
    if (static_cast<int64_t>(image.size()) != labels.dim && labels.count() > 0)
        throw std::invalid_argument("image and label embeddings differ in length");
    std::vector<double> cosines(static_cast<size_t>(labels.count()));
    for (size_t i = 0; i < cosines.size(); ++i)
        cosines[i] = dot(image, labels.row(static_cast<int64_t>(i)));
    return scoreCosines(cosines, temperature, score, logitBias);
}

std::vector<double> labelCosines(std::span<const float> image, const Embeddings& texts,
                                 const std::vector<Label>& labels) {
    std::vector<double> cosines;
    cosines.reserve(labels.size());
    int64_t row = 0;
    for (const Label& label : labels) {
        double best = dot(image, texts.row(row++));
        for (size_t i = 1; i < label.synonyms.size(); ++i)
            best = std::fmax(best, dot(image, texts.row(row++)));
        cosines.push_back(best);
    }
    return cosines;
}

std::vector<LabelScore> scoreCosines(std::span<const double> cosines, double temperature, Score score,
                                     double logitBias) {
    if (!(temperature > 0)) throw Error("temperature", "must be greater than 0");
    std::vector<LabelScore> scores(cosines.size());
    for (size_t i = 0; i < scores.size(); ++i)
        scores[i] = {i, 0, cosines[i]};
    // Not a number sorts last; equal cosines keep the order of the labels.
    std::ranges::stable_sort(scores, [](const LabelScore& a, const LabelScore& b) {
        return a.cosine > b.cosine || (std::isnan(b.cosine) && !std::isnan(a.cosine));
    });
    double sum = 0;
    for (LabelScore& one : scores) {
        one.probability = score == Score::Sigmoid ? 1 / (1 + std::exp(-one.cosine / temperature - logitBias))
                                                  : std::exp((one.cosine - scores.front().cosine) / temperature);
        if (!std::isnan(one.probability)) sum += one.probability;
    }
    for (LabelScore& one : scores) {
        if (score != Score::Sigmoid) one.probability /= sum;
        if (std::isnan(one.probability)) one.probability = 0;
    }
    return scores;
}

bool isAssigned(const std::vector<LabelScore>& bestFirst, const std::vector<Label>& labels, Score score) {
    if (bestFirst.empty()) return false;
    const LabelScore& best = bestFirst.front();
    const Label& label = labels[best.label];
    if (label.isNegative) return false;
    return !label.threshold || (score == Score::Cosine ? best.cosine : best.probability) >= *label.threshold;
}

bool isSure(const std::vector<LabelScore>& bestFirst) {
    constexpr double kRounding = 1e-12;
    return bestFirst.size() > 1 && bestFirst[0].probability - bestFirst[1].probability >= kSureLead - kRounding;
}

std::string formatProbability(double probability) {
    const double percent = probability * 100;
    if (percent >= 99.95) return "> 99.9%";
    if (percent >= 0.995) return fixedPercent(percent, 1);
    if (percent >= 0.01) return fixedPercent(percent, 2);
    return "< 0.01%";
}

std::string fillTemplate(const std::string& promptTemplate, const std::string& label) {
    constexpr std::string_view kPlace = "{}";
    std::string prompt;
    size_t start = 0;
    size_t places = 0;
    for (size_t at = promptTemplate.find(kPlace); at != std::string::npos; at = promptTemplate.find(kPlace, start)) {
        prompt.append(promptTemplate, start, at - start).append(label);
        start = at + kPlace.size();
        ++places;
    }
    if (places == 0)
        throw Error("template \"" + promptTemplate + "\"", "has no {} where the label goes",
                    "Write, for example, \"a photo of a {}\"");
    return prompt.append(promptTemplate, start);
}

namespace {

/// The prompts of texts[first], texts[first + 1], … one after the other.
std::vector<std::string> promptsOf(std::span<const std::string> texts, const std::vector<std::string>& templates) {
    if (templates.empty()) return {texts.begin(), texts.end()};
    std::vector<std::string> prompts;
    prompts.reserve(texts.size() * templates.size());
    for (const std::string& text : texts)
        for (const std::string& one : templates)
            prompts.push_back(fillTemplate(one, text));
    return prompts;
}

/// The mean of `count` rows from `first` on, of unit length; one row alone as it is.
std::vector<float> meanRow(const Embeddings& rows, size_t first, size_t count) {
    if (count == 1) {
        const auto row = rows.row(static_cast<int64_t>(first));
        return {row.begin(), row.end()};
    }
    std::vector<double> mean(static_cast<size_t>(rows.dim));
    for (size_t i = first; i < first + count; ++i) {
        const auto row = rows.row(static_cast<int64_t>(i));
        for (size_t j = 0; j < mean.size(); ++j)
            mean[j] += row[j];
    }
    normalizeRow(mean);
    return {mean.begin(), mean.end()};
}

std::vector<size_t> truncatedTexts(Session& session, const std::vector<std::string>& texts,
                                   const std::vector<std::string>& templates) {
    std::vector<size_t> truncated;
    const auto longest = std::ranges::max_element(templates, {}, &std::string::size);
    for (size_t i = 0; i < texts.size(); ++i)
        if (session.isTruncated(templates.empty() ? texts[i] : fillTemplate(*longest, texts[i])))
            truncated.push_back(i);
    return truncated;
}

}  // namespace

Embeddings embedLabels(Session& session, const std::vector<std::string>& texts,
                       const std::vector<std::string>& templates, const JobContext& job,
                       std::vector<size_t>* truncated) {
    constexpr size_t kPromptsAtOnce = 4096;
    Embeddings result{session.info().embedDim, {}};
    const auto dim = static_cast<size_t>(result.dim);
    result.values.resize(texts.size() * dim);
    std::vector<size_t> missing;
    for (size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].find_first_not_of(" \t\r\n\f\v") == std::string::npos)
            throw Error("label " + std::to_string(i + 1), "is empty", "Write a text or take it out");
        const auto known = session.labelCache().find(templates, texts[i]);
        if (known && known->size() == dim)
            std::ranges::copy(*known, result.values.begin() + static_cast<ptrdiff_t>(i * dim));
        else
            missing.push_back(i);
    }
    const auto total = static_cast<int64_t>(texts.size());
    const size_t prompts = std::max<size_t>(templates.size(), 1);
    const size_t textsAtOnce = std::max<size_t>(kPromptsAtOnce / prompts, 1);
    for (size_t first = 0; first < missing.size(); first += textsAtOnce) {
        std::vector<std::string> part;
        for (size_t i = first; i < std::min(first + textsAtOnce, missing.size()); ++i)
            part.push_back(texts[missing[i]]);
        const auto done = total - static_cast<int64_t>(missing.size() - first);
        const JobContext partJob{job.stop, [&](const Progress& progress) {
                                     job.progress(done + progress.done / static_cast<int64_t>(prompts), total);
                                 }};
        const Embeddings rows = session.embedTexts(promptsOf(part, templates), true, nullptr, partJob);
        for (size_t i = 0; i < part.size(); ++i) {
            std::vector<float> row = meanRow(rows, i * prompts, prompts);
            std::ranges::copy(row, result.values.begin() + static_cast<ptrdiff_t>(missing[first + i] * dim));
            session.labelCache().add(templates, part[i], std::move(row));
        }
    }
    if (session.options().cache) session.options().cache->flush();
    if (truncated != nullptr) *truncated = truncatedTexts(session, texts, templates);
    return result;
}

Embeddings meanOfSynonyms(const Embeddings& texts, const std::vector<Label>& labels) {
    Embeddings means{texts.dim, {}};
    size_t row = 0;
    for (const Label& label : labels) {
        const std::vector<float> mean = meanRow(texts, row, label.synonyms.size());
        means.values.insert(means.values.end(), mean.begin(), mean.end());
        row += label.synonyms.size();
    }
    return means;
}

}  // namespace diagonal
