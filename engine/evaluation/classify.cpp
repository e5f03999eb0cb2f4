// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/classify.h"

#include <algorithm>
#include <cmath>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr int64_t kRowsAtOnce = 1024;
constexpr int64_t kQueriesAtOnce = 512, kKnownAtOnce = 8192;
constexpr int64_t kTop = 5;
constexpr double kMostSurprise = 1000;  // in nats: where the truth has no finite score

template <typename T>
void append(std::vector<T>& values, const torch::Tensor& more) {
    const auto flat = more.contiguous();
    values.insert(values.end(), flat.const_data_ptr<T>(), flat.const_data_ptr<T>() + flat.numel());
}

torch::Tensor truthsOf(const std::vector<int>& truth) {
    return torch::tensor(truth, torch::kInt).to(torch::kLong);
}

/// Scores in float32 [n, c].
void addAnswers(Answers& answers, const torch::Tensor& raw, const torch::Tensor& truth) {
    const auto scores = raw.masked_fill(~raw.isfinite(), -INFINITY);
    const auto [best, predicted] = scores.max(1);
    const auto hasAnswer = best.isfinite();
    const auto own = scores.gather(1, truth.unsqueeze(1));
    const auto earlier = torch::arange(scores.size(1)).unsqueeze(0) < truth.unsqueeze(1);
    const auto place = ((scores > own) | ((scores == own) & earlier)).sum(1);
    const auto isInTop5 = (place < kTop) & own.squeeze(1).isfinite();
    const auto logSum = scores.logsumexp(1);
    const auto surprise = (logSum - own.squeeze(1)).nan_to_num(kMostSurprise, kMostSurprise).clamp(0, kMostSurprise);
    append(answers.predicted, predicted.to(torch::kInt).masked_fill(~hasAnswer, -1));
    append(answers.isInTop5, isInTop5.to(torch::kByte));
    append(answers.confidence, (best - logSum).exp().nan_to_num(0).clamp(0, 1));
    append(answers.ownProbability, (own.squeeze(1) - logSum).exp().nan_to_num(0).clamp(0, 1));
    append(answers.ownSurprise, surprise);
}

/// Similarities and numbers of the k best rows of `known`, [n, k].
std::pair<torch::Tensor, torch::Tensor> nearestRows(const torch::Tensor& queries, const torch::Tensor& known,
                                                    int64_t k) {
    torch::Tensor best, number;
    for (int64_t first = 0; first < known.size(0); first += kKnownAtOnce) {
        const auto some = known.narrow(0, first, std::min(kKnownAtOnce, known.size(0) - first));
        const auto similarity = queries.mm(some.t());
        auto [values, places] =
            similarity.masked_fill(similarity.isnan(), -INFINITY).topk(std::min(k, some.size(0)), 1);
        places = places + first;
        if (best.defined()) {
            values = torch::cat({best, values}, 1);
            places = torch::cat({number, places}, 1);
            const auto kept = std::get<1>(values.topk(std::min(k, values.size(1)), 1));
            values = values.gather(1, kept);
            places = places.gather(1, kept);
        }
        best = values;
        number = places;
    }
    return {best, number};
}

}  // namespace

torch::Tensor scoresOf(const torch::Tensor& features, const Classifier& classifier) {
    auto scores = features.mm(classifier.weights.t());
    if (classifier.scale != 1) scores *= classifier.scale;
    if (classifier.bias.defined()) scores += classifier.bias;
    return scores;
}

Answers classify(const torch::Tensor& features, const std::vector<int>& truth, const Classifier& classifier) {
    const torch::NoGradGuard noGrad;
    TORCH_CHECK(features.size(0) == std::ssize(truth), "a row must have a truth");
    Answers answers{.classes = static_cast<int>(classifier.weights.size(0)), .truth = truth};
    const auto truths = truthsOf(truth);
    for (int64_t row = 0; row < features.size(0); row += kRowsAtOnce) {
        const int64_t rows = std::min(kRowsAtOnce, features.size(0) - row);
        addAnswers(answers, scoresOf(features.narrow(0, row, rows), classifier), truths.narrow(0, row, rows));
    }
    return answers;
}

std::vector<uint8_t> rightAnswers(const torch::Tensor& features, const std::vector<int>& truth,
                                  const Classifier& classifier) {
    const torch::NoGradGuard noGrad;
    const auto truths = truthsOf(truth);
    std::vector<uint8_t> right;
    for (int64_t row = 0; row < features.size(0); row += kRowsAtOnce) {
        const int64_t rows = std::min(kRowsAtOnce, features.size(0) - row);
        const auto raw = scoresOf(features.narrow(0, row, rows), classifier);
        const auto [best, predicted] = raw.masked_fill(~raw.isfinite(), -INFINITY).max(1);
        append(right, ((predicted == truths.narrow(0, row, rows)) & best.isfinite()).to(torch::kByte));
    }
    return right;
}

double accuracyOf(const torch::Tensor& features, const std::vector<int>& truth, const Classifier& classifier) {
    const auto right = std::ranges::count(rightAnswers(features, truth, classifier), uint8_t{1});
    return static_cast<double>(right) / static_cast<double>(std::max<int64_t>(1, features.size(0)));
}

Answers nearestNeighbours(const torch::Tensor& features, const std::vector<int>& truth, const torch::Tensor& known,
                          const std::vector<int>& knownLabels, int classes, int k) {
    const torch::NoGradGuard noGrad;
    Answers answers{.classes = classes, .truth = truth};
    const auto labels = truthsOf(knownLabels), truths = truthsOf(truth);
    for (int64_t row = 0; row < features.size(0); row += kQueriesAtOnce) {
        const int64_t rows = std::min(kQueriesAtOnce, features.size(0) - row);
        const auto [similarity, number] = nearestRows(features.narrow(0, row, rows), known, k);
        const auto counts = similarity.isfinite().to(torch::kFloat);
        const auto votes = torch::zeros({rows, classes})
                               .scatter_add(1, labels.index_select(0, number.reshape({-1})).view_as(number), counts);
        // Of shares s the softmax of ln(s) is s again; who has no vote has no score.
        const auto all = votes.sum(1, true);
        addAnswers(answers, (votes / all).log().where(all > 0, -INFINITY), truths.narrow(0, row, rows));
    }
    return answers;
}

}  // namespace diagonal
