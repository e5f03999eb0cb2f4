// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/zero_shot.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "engine/base/vectorised.h"
#include "engine/inference/embedding_cache.h"
#include "engine/inference/finite.h"
#include "engine/inference/label_cache.h"

namespace diagonal {

namespace {

constexpr double kSureLead = 0.3;
constexpr size_t kLanes = 8;

/// In eight sums side by side: a GPU brings ten thousand pictures a second, each for all labels.
DIAGONAL_VECTORISED double dot(std::span<const float> a, std::span<const float> b) {
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

constexpr size_t kImagesAtOnce = 4;

/// dot of one text with kImagesAtOnce images, rows of `dim` one after the other: a text is read once for all of them,
/// and the sums, which wait for each other in dot, go side by side. Each is the sum of dot to the last bit.
DIAGONAL_VECTORISED void dots(const double* images, const double* text, size_t dim, double* result) {
    double sums[kImagesAtOnce][kLanes] = {};
    size_t i = 0;
    for (; i + kLanes <= dim; i += kLanes)
        for (size_t image = 0; image < kImagesAtOnce; ++image)
            for (size_t lane = 0; lane < kLanes; ++lane)
                sums[image][lane] += images[image * dim + i + lane] * text[i + lane];
    for (size_t lane = 0; i < dim; ++i, ++lane)
        for (size_t image = 0; image < kImagesAtOnce; ++image)
            sums[image][lane] += images[image * dim + i] * text[i];
    for (size_t image = 0; image < kImagesAtOnce; ++image)
        result[image] = std::accumulate(std::begin(sums[image]), std::end(sums[image]), 0.0);
}

/// [images.count(), texts.count()] in float64. Not by BLAS: what an image gets must not depend on its batch, not even
/// in the last bit.
std::vector<double> products(const Embeddings& images, const Embeddings& texts) {
    constexpr int64_t kTextsAThread = 64;
    const auto count = static_cast<size_t>(images.count()), columns = static_cast<size_t>(texts.count());
    std::vector<double> result(count * columns);
    if (result.empty()) return result;
    const auto dim = static_cast<size_t>(images.dim);
    const size_t groups = (count + kImagesAtOnce - 1) / kImagesAtOnce;
    std::vector<double> left(groups * kImagesAtOnce * dim);
    std::ranges::copy(images.values, left.begin());
    at::parallel_for(0, texts.count(), kTextsAThread, [&](int64_t first, int64_t end) {
        double sums[kImagesAtOnce];
        for (int64_t j = first; j < end; ++j) {
            const auto row = texts.row(j);
            const std::vector<double> text(row.begin(), row.end());
            for (size_t group = 0; group < groups; ++group) {
                const size_t image = group * kImagesAtOnce;
                dots(left.data() + image * dim, text.data(), dim, sums);
                for (size_t i = 0; i < std::min(kImagesAtOnce, count - image); ++i)
                    result[(image + i) * columns + static_cast<size_t>(j)] = sums[i];
            }
        }
    });
    return result;
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

std::vector<double> labelCosines(const Embeddings& images, const Embeddings& texts, const std::vector<Label>& labels) {
    const auto count = static_cast<size_t>(images.count()), columns = static_cast<size_t>(texts.count());
    if (images.dim != texts.dim && count > 0 && columns > 0)
        throw std::invalid_argument("image and label embeddings differ in length");
    std::vector<double> cosines = products(images, texts);
    if (columns == labels.size()) return cosines;
    std::vector<double> best;
    best.reserve(count * labels.size());
    for (size_t i = 0; i < count; ++i) {
        const double* text = cosines.data() + i * columns;
        for (const Label& label : labels) {
            best.push_back(*text++);
            for (size_t k = 1; k < label.synonyms.size(); ++k)
                best.back() = std::fmax(best.back(), *text++);
        }
    }
    return best;
}

std::vector<LabelScore> scoreCosines(std::span<const double> cosines, double temperature, Score score, double logitBias,
                                     size_t top) {
    if (!(temperature > 0)) throw Error("temperature", "must be greater than 0");
    std::vector<LabelScore> scores(cosines.size());
    for (size_t i = 0; i < scores.size(); ++i)
        scores[i] = {i, 0, cosines[i]};
    top = std::min(top, scores.size());
    const auto end = scores.begin() + static_cast<ptrdiff_t>(top);
    // Not a number sorts last; equal cosines keep the order of the labels.
    std::partial_sort(scores.begin(), end, scores.end(), [](const LabelScore& a, const LabelScore& b) {
        const bool isANumber = !std::isnan(a.cosine), isBNumber = !std::isnan(b.cosine);
        if (isANumber != isBNumber) return isANumber;
        return isANumber && a.cosine != b.cosine ? a.cosine > b.cosine : a.label < b.label;
    });
    scores.erase(end, scores.end());
    if (scores.empty()) return scores;
    const double highest = scores.front().cosine;
    double sum = 0;
    if (score != Score::Sigmoid)
        for (const double cosine : cosines)
            if (const double part = std::exp((cosine - highest) / temperature); !std::isnan(part)) sum += part;
    for (LabelScore& one : scores) {
        one.probability = score == Score::Sigmoid ? 1 / (1 + std::exp(-one.cosine / temperature - logitBias))
                                                  : std::exp((one.cosine - highest) / temperature) / sum;
        if (std::isnan(one.probability)) one.probability = 0;
    }
    return scores;
}

bool isAssigned(const std::vector<LabelScore>& bestFirst, const std::vector<Label>& labels, Score score) {
    if (bestFirst.empty()) return false;
    const LabelScore& best = bestFirst.front();
    const Label& label = labels[best.label];
    if (label.isNegative || !std::isfinite(best.cosine)) return false;
    return !label.threshold || (score == Score::Cosine ? best.cosine : best.probability) >= *label.threshold;
}

bool isSure(const std::vector<LabelScore>& bestFirst) {
    constexpr double kRounding = 1e-12;
    if (bestFirst.size() < 2) return !bestFirst.empty();
    return bestFirst[0].probability - bestFirst[1].probability >= kSureLead - kRounding;
}

const char* verdictOf(const std::vector<LabelScore>& bestFirst, const std::vector<Label>& labels, Score score) {
    if (!isAssigned(bestFirst, labels, score)) return "none";
    return isSure(bestFirst) ? "sure" : "unsure";
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
            if (!isFiniteRow(row))
                throw Error("label \"" + part[i] + "\"", session.notFinite(),
                            session.options().precision == "fp32" ? "Choose another model" : "Choose --precision fp32");
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
