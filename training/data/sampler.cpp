// SPDX-License-Identifier: Apache-2.0
#include "training/data/sampler.h"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>

#include "engine/base/error.h"
#include "engine/base/job.h"
#include "training/data/random.h"

namespace diagonal {

namespace {

/// As many rounds as the largest label has images: one of each in every round. Of a label with n images, number k goes
/// to the round at the share (k + u) / n of them, u drawn for the label, so that however rare it is it shows all over
/// the epoch. Within a round the order is random: labels meet others each time.
void spreadByLabel(const Dataset& dataset, std::vector<uint32_t>& order, Random& random) {
    std::map<int, std::vector<uint32_t>> groups;
    for (const uint32_t index : order)
        groups[dataset.label(index)].push_back(index);
    size_t rounds = 0;
    for (const auto& [label, members] : groups)
        rounds = std::max(rounds, members.size());
    struct Place {
        uint32_t round, index;
        uint64_t draw;
    };
    std::vector<Place> places;
    places.reserve(order.size());
    for (const auto& [label, members] : groups) {
        const double u = random.unit(), share = static_cast<double>(rounds) / static_cast<double>(members.size());
        for (size_t k = 0; k < members.size(); ++k) {
            const auto round = static_cast<uint32_t>((static_cast<double>(k) + u) * share);
            places.push_back({round, members[k], random.next()});
        }
    }
    std::ranges::sort(places, {}, [](const Place& place) { return std::tuple(place.round, place.draw, place.index); });
    std::ranges::transform(places, order.begin(), &Place::index);
}

std::vector<uint32_t> drawOrder(const Dataset& dataset, const SamplerOptions& options, int64_t epoch) {
    std::vector<uint32_t> order(dataset.size());
    std::iota(order.begin(), order.end(), 0U);
    if (!options.shuffle) return order;
    Random random(seedOf(options.seed, 0x0DDE5, epoch));
    shuffle(order, random);
    if (options.spreadLabels && !dataset.labels().empty()) spreadByLabel(dataset, order, random);
    return order;
}

size_t batchSizeFor(size_t images, const SamplerOptions& options) {
    return std::min(images, static_cast<size_t>(std::max(options.batchSize, 1)));
}

/// Fills batches one after another, see EpochPlanner::plan.
class Planner {
  public:
    Planner(const Dataset& dataset, const CaptionNumbers& captions, const SamplerOptions& options, int64_t epoch)
        : m_captions(captions),
          m_options(options),
          m_epoch(epoch),
          m_order(drawOrder(dataset, options, epoch)),
          m_used(captions.end()) {}

    EpochPlan plan(const std::stop_token& stop) {
        EpochPlan plan;
        plan.epoch = m_epoch;
        const int64_t batches = batchesPerEpoch(m_order.size(), m_options);
        const size_t batchSize = batchSizeFor(m_order.size(), m_options);
        plan.items.reserve(m_options.dropLast ? static_cast<size_t>(batches) * batchSize : m_order.size());
        for (int64_t batch = 0; batch < batches; ++batch) {
            if (stop.stop_requested()) throw Cancelled();
            plan.starts.push_back(plan.items.size());
            const size_t left = m_order.size() - plan.items.size();
            fillBatch(plan.items, std::min(batchSize, left));
        }
        plan.starts.push_back(plan.items.size());
        return plan;
    }

  private:
    /// The caption this image shows first, then its others; the first that is not in the batch yet.
    std::optional<size_t> freeCaption(uint32_t index) const {
        const std::span<const uint32_t> captions = m_captions[index];
        const size_t first = firstCaption(index);
        for (size_t k = 0; k < captions.size(); ++k) {
            const size_t caption = (first + k) % captions.size();
            if (!m_used[captions[caption]]) return caption;
        }
        return std::nullopt;
    }

    size_t firstCaption(uint32_t index) const {
        const size_t count = std::max<size_t>(m_captions[index].size(), 1);
        if (!m_options.shuffle) return 0;
        return (seedOf(m_options.seed, 0xCA9, index) % count + static_cast<size_t>(m_epoch)) % count;
    }

    void place(EpochPlan::Items& items, uint32_t index, size_t caption) {
        items.add(index, static_cast<uint32_t>(caption));
        m_used[m_captions[index][caption]] = true;
    }

    void fillBatch(EpochPlan::Items& items, size_t size) {
        const size_t begin = items.size();
        size_t placed = 0;
        for (size_t i = 0, seen = 0; i < m_waiting.size() && placed < size && seen < 4 * size; ++seen) {
            if (const auto caption = freeCaption(m_waiting[i])) {
                place(items, m_waiting[i], *caption);
                m_waiting.erase(m_waiting.begin() + static_cast<ptrdiff_t>(i));
                ++placed;
            } else {
                ++i;
            }
        }
        // So many images wait at most: where equal captions cannot be told apart by waiting, they meet all along the
        // epoch and do not pile up at its end.
        const size_t lookAhead = std::min(m_order.size(), items.size() - placed + 3 * size);
        for (; placed < size && m_next < lookAhead; ++m_next) {
            if (const auto caption = freeCaption(m_order[m_next])) {
                place(items, m_order[m_next], *caption);
                ++placed;
            } else {
                m_waiting.push_back(m_order[m_next]);
            }
        }
        for (; placed < size; ++placed) {
            place(items, m_waiting.front(), firstCaption(m_waiting.front()));
            m_waiting.pop_front();
        }
        for (size_t i = begin; i < items.size(); ++i)
            m_used[m_captions[items[i].index][items[i].caption]] = false;
    }

    const CaptionNumbers& m_captions;
    SamplerOptions m_options;
    int64_t m_epoch;
    std::vector<uint32_t> m_order;
    size_t m_next = 0;
    std::deque<uint32_t> m_waiting;
    std::vector<bool> m_used;  ///< [numbers of captions] stands in the batch
};

}  // namespace

int64_t batchesPerEpoch(size_t images, const SamplerOptions& options) {
    const size_t size = batchSizeFor(images, options);
    if (size == 0) return 0;
    return static_cast<int64_t>(options.dropLast ? images / size : (images + size - 1) / size);
}

EpochPlanner::EpochPlanner(const Dataset& dataset, const SamplerOptions& options, const std::stop_token& stop)
    : m_dataset(dataset), m_options(options), m_captions(dataset, stop) {
}

EpochPlan EpochPlanner::plan(int64_t epoch, const std::stop_token& stop) const {
    return Planner(m_dataset, m_captions, m_options, epoch).plan(stop);
}

}  // namespace diagonal
