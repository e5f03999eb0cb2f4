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

/// The stretches of the data in a random order, each from its first image on.
std::vector<uint32_t> stretchesInRandomOrder(const Dataset& dataset, const SamplerOptions& options, int64_t epoch) {
    const auto images = static_cast<uint32_t>(dataset.size());
    std::vector<uint32_t> begins;
    for (uint32_t i = 0; i < images; ++i)
        if (i == 0 || dataset.stretch(i) != dataset.stretch(i - 1)) begins.push_back(i);
    std::vector<uint32_t> order;
    order.reserve(images);
    std::vector<uint32_t> chosen(begins.size());
    std::iota(chosen.begin(), chosen.end(), 0U);
    Random random(seedOf(options.seed, 0x57E7C4, epoch));
    shuffle(chosen, random);
    for (const uint32_t stretch : chosen) {
        const uint32_t end = stretch + 1 < begins.size() ? begins[stretch + 1] : images;
        for (uint32_t i = begins[stretch]; i < end; ++i)
            order.push_back(i);
    }
    return order;
}

/// What leaves a buffer of so many: when it is full, one that is drawn makes room for the next.
std::vector<uint32_t> throughBuffer(const std::vector<uint32_t>& order, size_t buffer, Random& random) {
    std::vector<uint32_t> out, held;
    out.reserve(order.size());
    for (const uint32_t index : order) {
        if (held.size() < buffer) {
            held.push_back(index);
            continue;
        }
        uint32_t& drawn = held[random.below(static_cast<uint32_t>(held.size()))];
        out.push_back(drawn);
        drawn = index;
    }
    shuffle(held, random);
    out.insert(out.end(), held.begin(), held.end());
    return out;
}

size_t batchSizeFor(size_t images, const SamplerOptions& options) {
    return std::min(images, static_cast<size_t>(std::max(options.batchSize, 1)));
}

/// Fills batches one after another, see EpochPlanner::plan.
class Planner {
  public:
    Planner(const Dataset& dataset, const CaptionNumbers& captions, const SamplerOptions& options, int64_t epoch)
        : m_captions(captions), m_options(options), m_epoch(epoch), m_dataset(dataset), m_used(captions.end()) {
        if (options.shuffle && options.shuffleBuffer > 0)
            readThroughBuffers();
        else
            m_queues.push_back({drawOrder(dataset, options, epoch)});
    }

    EpochPlan plan(const std::stop_token& stop) {
        EpochPlan plan;
        plan.epoch = m_epoch;
        plan.reading = std::move(m_reading);
        const size_t images = m_dataset.size();
        const int64_t batches = batchesPerEpoch(images, m_options);
        const size_t batchSize = batchSizeFor(images, m_options);
        plan.items.reserve(m_options.dropLast ? static_cast<size_t>(batches) * batchSize : images);
        for (int64_t batch = 0; batch < batches; ++batch) {
            if (stop.stop_requested()) throw Cancelled();
            plan.starts.push_back(plan.items.size());
            const size_t left = images - plan.items.size();
            fillBatch(plan.items, std::min(batchSize, left));
        }
        plan.starts.push_back(plan.items.size());
        return plan;
    }

  private:
    /// Images in the order in which they are to be placed.
    struct Queue {
        std::vector<uint32_t> order = {};
        size_t next = 0, placed = 0;
        std::deque<uint32_t> waiting = {};

        size_t left() const { return order.size() - placed; }
    };

    /// A queue for each rank, of the share of the data that its parts of the batches take.
    void readThroughBuffers() {
        const std::vector<uint32_t> order = stretchesInRandomOrder(m_dataset, m_options, m_epoch);
        const size_t batch = std::max<size_t>(batchSizeFor(order.size(), m_options), 1);
        const auto ranks = static_cast<size_t>(std::max(m_options.ranks, 1));
        const auto begin = [&](size_t rank) { return order.size() * partOf(batch, rank, ranks) / batch; };
        for (size_t rank = 0; rank < ranks; ++rank) {
            Random random(seedOf(m_options.seed, 0xB0FFE4, m_epoch, rank));
            m_reading.emplace_back(order.begin() + static_cast<ptrdiff_t>(begin(rank)),
                                   order.begin() + static_cast<ptrdiff_t>(begin(rank + 1)));
            m_queues.push_back({throughBuffer(m_reading.back(), m_options.shuffleBuffer, random)});
        }
    }

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
        if (!m_options.shuffle || count == 1) return 0;
        if (m_options.drawCaptions) return drawnCaption(index, count);
        return (seedOf(m_options.seed, 0xCA9, index) % count + static_cast<size_t>(m_epoch)) % count;
    }

    /// One drawn for this epoch: where its sources have probabilities, first the source, of those that the image has.
    size_t drawnCaption(uint32_t index, size_t count) const {
        Random random(seedOf(m_options.seed, 0xCA9D, m_epoch, index));
        const std::vector<double>& probabilities = m_dataset.captionProbabilities();
        if (probabilities.empty()) return random.below(static_cast<uint32_t>(count));
        std::vector<size_t> counts(probabilities.size());
        for (size_t k = 0; k < count; ++k)
            ++counts[m_dataset.captionSource(index, k)];
        double sum = 0;
        for (size_t source = 0; source < counts.size(); ++source)
            if (counts[source] > 0) sum += probabilities[source];
        double rest = random.unit() * sum;
        size_t chosen = m_dataset.captionSource(index, 0);
        for (size_t source = 0; source < counts.size(); ++source) {
            if (counts[source] == 0) continue;
            chosen = source;
            rest -= probabilities[source];
            if (rest < 0) break;
        }
        size_t skipped = random.below(static_cast<uint32_t>(counts[chosen]));
        for (size_t k = 0; k < count; ++k)
            if (m_dataset.captionSource(index, k) == chosen && skipped-- == 0) return k;
        return 0;
    }

    void place(EpochPlan::Items& items, uint32_t index, size_t caption) {
        items.add(index, static_cast<uint32_t>(caption));
        m_used[m_captions[index][caption]] = true;
    }

    void fillBatch(EpochPlan::Items& items, size_t size) {
        const size_t begin = items.size();
        for (size_t rank = 0; rank < m_queues.size(); ++rank) {
            size_t count = partOf(size, rank + 1, m_queues.size()) - partOf(size, rank, m_queues.size());
            fillPart(items, m_queues[rank], std::min(count, m_queues[rank].left()));
            count = begin + partOf(size, rank + 1, m_queues.size()) - items.size();
            for (Queue& other : m_queues) {  // of an epoch's last, smaller batch
                const size_t more = std::min(count, other.left());
                fillPart(items, other, more);
                count -= more;
            }
        }
        for (size_t i = begin; i < items.size(); ++i)
            m_used[m_captions[items[i].index][items[i].caption]] = false;
    }

    void fillPart(EpochPlan::Items& items, Queue& queue, size_t size) {
        std::deque<uint32_t>& waiting = queue.waiting;
        size_t placed = 0;
        for (size_t i = 0, seen = 0; i < waiting.size() && placed < size && seen < 4 * size; ++seen) {
            if (const auto caption = freeCaption(waiting[i])) {
                place(items, waiting[i], *caption);
                waiting.erase(waiting.begin() + static_cast<ptrdiff_t>(i));
                ++placed;
            } else {
                ++i;
            }
        }
        // So many images wait at most: where equal captions cannot be told apart by waiting, they meet all along the
        // epoch and do not pile up at its end.
        const size_t lookAhead = std::min(queue.order.size(), queue.placed + 3 * size);
        for (; placed < size && queue.next < lookAhead; ++queue.next) {
            const uint32_t index = queue.order[queue.next];
            if (const auto caption = freeCaption(index)) {
                place(items, index, *caption);
                ++placed;
            } else {
                waiting.push_back(index);
            }
        }
        for (; placed < size; ++placed) {
            place(items, waiting.front(), firstCaption(waiting.front()));
            waiting.pop_front();
        }
        queue.placed += size;
    }

    const CaptionNumbers& m_captions;
    SamplerOptions m_options;
    int64_t m_epoch;
    const Dataset& m_dataset;
    std::vector<Queue> m_queues;  ///< one; where there is a buffer, one a rank
    std::vector<std::vector<uint32_t>> m_reading;
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
