// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/zero_shot.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace diagonal {

namespace {

constexpr double kSureLead = 0.3;

double dot(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i)
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
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
    if (!(temperature > 0)) throw Error("temperature", "must be greater than 0");
    if (static_cast<int64_t>(image.size()) != labels.dim && labels.count() > 0)
        throw std::invalid_argument("image and label embeddings differ in length");
    std::vector<LabelScore> scores(static_cast<size_t>(labels.count()));
    for (size_t i = 0; i < scores.size(); ++i)
        scores[i] = {i, 0, dot(image, labels.row(static_cast<int64_t>(i)))};
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

Embeddings embedLabels(Session& session, const std::vector<std::string>& labels,
                       const std::vector<std::string>& templates, const JobContext& job) {
    std::vector<std::string> prompts;
    for (size_t i = 0; i < labels.size(); ++i) {
        if (labels[i].find_first_not_of(" \t\r\n\f\v") == std::string::npos)
            throw Error("label " + std::to_string(i + 1), "is empty", "Write a text or take it out");
        if (templates.empty()) prompts.push_back(labels[i]);
        for (const auto& one : templates)
            prompts.push_back(fillTemplate(one, labels[i]));
    }
    const Embeddings all = session.embedTexts(prompts, true, nullptr, job);
    if (templates.size() <= 1) return all;
    Embeddings result;
    result.dim = all.dim;
    const auto dim = static_cast<size_t>(all.dim);
    for (size_t label = 0; label < labels.size(); ++label) {
        std::vector<double> mean(dim);
        for (size_t i = 0; i < templates.size(); ++i) {
            const auto row = all.row(static_cast<int64_t>(label * templates.size() + i));
            for (size_t j = 0; j < dim; ++j)
                mean[j] += row[j];
        }
        normalizeRow(mean);
        for (const double value : mean)
            result.values.push_back(static_cast<float>(value));
    }
    return result;
}

}  // namespace diagonal
