// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/base/text.h"
#include "engine/evaluation/evaluation_tasks.h"
#include "engine/evaluation/retrieval.h"
#include "engine/evaluation/word_swaps.h"
#include "engine/inference/zero_shot.h"

namespace diagonal {

namespace {

constexpr size_t kMostExamples = 200;

/// Captions of the pictures that were read, each with the row of its picture.
struct Captions {
    std::vector<std::string> texts;
    std::vector<int64_t> rows;
};

Captions captionsOf(const TaskContext& context) {
    Captions captions;
    const CaptionedPictures& pictures = context.data.pictures;
    for (size_t k = 0; k < pictures.captions.size(); ++k) {
        const size_t picture = static_cast<size_t>(pictures.pictureOfCaption[k]);
        const bool isTested = context.data.parts.empty() || context.data.parts[picture] == EvaluationPart::Test;
        if (context.rowOf[picture] < 0 || !isTested) continue;
        captions.texts.push_back(pictures.captions[k]);
        captions.rows.push_back(context.rowOf[picture]);
    }
    if (captions.texts.empty()) throw Error(context.data.name, "no picture has a caption");
    return captions;
}

/// Through the cache of texts; where one's embedding is not finite, without it.
torch::Tensor embedded(const TaskContext& context, const std::vector<std::string>& texts) {
    Embeddings rows;
    std::vector<size_t> truncated;
    try {
        rows = embedLabels(context.session, texts, {}, context.job.context(), &truncated);
    } catch (const Error&) {
        rows = context.session.embedTexts(texts, true, &truncated, context.job.context());
    }
    for (const size_t text : truncated)
        context.truncated.insert(texts[text]);
    return torch::tensor(rows.values).view({std::ssize(texts), rows.dim});
}

/// Pictures with captions in the order of their rows, and each caption's place among them.
std::vector<size_t> captionedRows(std::vector<int64_t>& rows) {
    std::vector<size_t> used(rows.begin(), rows.end());
    std::ranges::sort(used);
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (int64_t& row : rows)
        row = std::ranges::lower_bound(used, static_cast<size_t>(row)) - used.begin();
    return used;
}

/// The middle of places that count several times each.
class WeightedMedian {
  public:
    explicit WeightedMedian(std::vector<double> places) : m_places(std::move(places)), m_order(m_places.size()) {
        std::iota(m_order.begin(), m_order.end(), size_t{0});
        std::ranges::stable_sort(m_order, {}, [&](size_t i) { return m_places[i]; });
    }

    /// owner[i]: the weight of place i. Between two middle ones their mean.
    double at(std::span<const uint16_t> weights, const std::vector<size_t>& owner) const {
        uint64_t all = 0;
        for (const size_t i : m_order)
            all += weights[owner[i]];
        if (all == 0) return std::nan("");
        const auto place = [&](uint64_t number) {
            uint64_t passed = 0;
            for (const size_t i : m_order) {
                passed += weights[owner[i]];
                if (passed > number) return m_places[i];
            }
            return m_places[m_order.back()];
        };
        return all % 2 == 1 ? place(all / 2) : (place(all / 2 - 1) + place(all / 2)) / 2;
    }

  private:
    std::vector<double> m_places;
    std::vector<size_t> m_order;
};

/// Recall and median rank of queries, each of which counts as often as its picture.
class RankFigures {
  public:
    static constexpr size_t kCount = 4;

    RankFigures(const std::vector<QueryRank>& ranks, std::vector<size_t> owner, size_t candidates)
        : m_ranks(ranks), m_owner(std::move(owner)), m_median(placesOf(ranks, candidates)) {}

    void evaluate(std::span<const uint16_t> weights, std::span<double> values) const {
        double all = 0, hits[3] = {};
        for (size_t i = 0; i < m_ranks.size(); ++i) {
            const double weight = weights[m_owner[i]];
            if (weight == 0) continue;
            all += weight;
            for (size_t k = 0; k < 3; ++k)
                hits[k] += weight * m_ranks[i].hitAt(kPlaces[k]);
        }
        for (size_t k = 0; k < 3; ++k)
            values[k] = hits[k] / all;
        values[3] = m_median.at(weights, m_owner);
    }

    static constexpr int kPlaces[3] = {1, 5, 10};

  private:
    const std::vector<QueryRank>& m_ranks;
    std::vector<size_t> m_owner;
    WeightedMedian m_median;
};

void addRankMetrics(TaskResult& result, const std::vector<size_t>& pictureOfText, const TaskContext& context) {
    const size_t pictures = result.ranks.imageToText.size(), texts = result.ranks.textToImage.size();
    std::vector<size_t> each(pictures);
    std::iota(each.begin(), each.end(), size_t{0});
    const RankFigures toImage(result.ranks.textToImage, pictureOfText, pictures);
    const RankFigures toText(result.ranks.imageToText, each, texts);
    const auto evaluate = [&](std::span<const uint16_t> weights, std::span<double> values) {
        toImage.evaluate(weights, values.first(RankFigures::kCount));
        toText.evaluate(weights, values.subspan(RankFigures::kCount));
    };
    std::vector<double> figures(2 * RankFigures::kCount);
    evaluate(std::vector<uint16_t>(pictures, 1), figures);
    auto draws =
        bootstrap(pictures, figures.size(), evaluate, context.options.draws, context.options.seed, context.job.quiet());
    for (size_t k = 0; k < figures.size(); ++k) {
        const size_t kind = k % RankFigures::kCount;
        std::string name = k < RankFigures::kCount ? "image_retrieval_" : "text_retrieval_";
        name += kind < 3 ? "recall@" + std::to_string(RankFigures::kPlaces[kind]) : "median_rank";
        const Interval ci95 = percentileInterval(draws[k]);
        result.metrics.push_back({name, figures[k], ci95, std::move(draws[k]), kind == 3});
    }
}

/// A caption and one with two words exchanged.
struct SwapPair {
    size_t caption = 0;
    std::string swapped;
    bool isNoun = false;
};

std::vector<SwapPair> swapsOf(const std::vector<std::string>& texts) {
    const CaptionWords words = captionWords(texts);
    std::vector<SwapPair> pairs;
    for (size_t k = 0; k < texts.size(); ++k) {
        if (std::string swapped = swapNouns(texts[k], words); !swapped.empty())
            pairs.push_back({k, std::move(swapped), true});
        if (std::string swapped = swapAdjectives(texts[k], words); !swapped.empty())
            pairs.push_back({k, std::move(swapped), false});
    }
    return pairs;
}

}  // namespace

TaskResult runRetrieval(const TaskContext& context) {
    TaskResult result = context.result(EvaluationTask::Retrieval);
    Captions captions = captionsOf(context);
    const auto texts = embedded(context, captions.texts);
    const std::vector<size_t> rows = captionedRows(captions.rows);
    result.ranks = retrievalRanks(context.rows(rows), texts, captions.rows, context.job.quiet());
    result.items = rows.size();
    result.pictures = context.picturesOf(rows);
    addRankMetrics(result, {captions.rows.begin(), captions.rows.end()}, context);
    result.notes.push_back(counted(rows.size(), "picture") + ", " + counted(captions.texts.size(), "caption"));
    return result;
}

TaskResult runWordOrder(const TaskContext& context) {
    TaskResult result = context.result(EvaluationTask::WordOrder);
    const Captions captions = captionsOf(context);
    const std::vector<SwapPair> pairs = swapsOf(captions.texts);
    if (pairs.empty())
        throw Error(context.data.name, "no caption has two nouns or two adjectives to exchange",
                    "Word order is tried on English captions such as “a dog chases a cat”");
    std::vector<std::string> texts;
    for (const SwapPair& pair : pairs) {
        texts.push_back(captions.texts[pair.caption]);
        texts.push_back(pair.swapped);
    }
    const auto rows = embedded(context, texts).view({std::ssize(pairs), 2, -1});
    std::vector<size_t> imageRows;
    std::vector<int64_t> owners;
    for (const SwapPair& pair : pairs) {
        imageRows.push_back(static_cast<size_t>(captions.rows[pair.caption]));
        owners.push_back(captions.rows[pair.caption]);
    }
    const std::vector<size_t> used = captionedRows(owners);  // pairs of one picture hang together
    const auto cosines = (rows * context.rows(imageRows).unsqueeze(1)).sum(2).to(torch::kDouble).contiguous();
    const double* values = cosines.const_data_ptr<double>();
    WordOrder order;
    std::vector<double> hits;
    for (size_t i = 0; i < pairs.size(); ++i) {
        const double own = values[2 * i], swapped = values[2 * i + 1];
        ++(pairs[i].isNoun ? order.nounPairs : order.adjectivePairs);
        hits.push_back(own > swapped ? 1 : own == swapped ? 0.5 : 0);  // a tie is a coin's throw, no number a miss
        if (swapped > own)
            order.examples.push_back(
                {context.pictures[imageRows[i]], captions.texts[pairs[i].caption], pairs[i].swapped, own, swapped});
    }
    std::ranges::stable_sort(order.examples, std::ranges::greater(),
                             [](const WordOrderExample& one) { return one.swappedCosine - one.cosine; });
    order.examples.resize(std::min(order.examples.size(), kMostExamples));
    const auto shares = [&](std::span<const uint16_t> weights, std::span<double> figures) {
        double right[3] = {}, all[3] = {};
        for (size_t i = 0; i < hits.size(); ++i)
            for (const size_t kind : {size_t{0}, size_t{pairs[i].isNoun ? 1U : 2U}}) {
                const double weight = weights[static_cast<size_t>(owners[i])];
                right[kind] += weight * hits[i];
                all[kind] += weight;
            }
        for (size_t kind = 0; kind < 3; ++kind)
            figures[kind] = all[kind] == 0 ? std::nan("") : right[kind] / all[kind];
    };
    double figures[3];
    shares(std::vector<uint16_t>(used.size(), 1), figures);
    auto draws = bootstrap(used.size(), 3, shares, context.options.draws, context.options.seed, context.job.quiet());
    constexpr const char* kNames[] = {"acc", "noun_acc", "adjective_acc"};
    for (size_t k = 0; k < 3; ++k) {
        const Interval ci95 = percentileInterval(draws[k]);
        result.metrics.push_back({kNames[k], figures[k], ci95, std::move(draws[k])});
    }
    result.items = used.size();
    result.pictures = context.picturesOf(used);
    result.wordOrder = std::move(order);
    return result;
}

}  // namespace diagonal
