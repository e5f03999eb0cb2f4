// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <atomic>
#include <deque>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_set>

#include "engine/base/job.h"
#include "tests/registry.h"
#include "training/data/batch_maker.h"
#include "training/data/random.h"
#include "training/data/sampler.h"

using namespace diagonal;

namespace {

/// Captions and labels without pictures.
class TextData : public Dataset {
  public:
    explicit TextData(std::vector<std::string> labels = {}) : Dataset({.kind = "Texts", .labels = std::move(labels)}) {}
    size_t size() const override { return texts.size(); }
    std::string name(size_t index) const override { return std::to_string(index); }
    size_t captionCount(size_t index) const override { return texts.at(index)->size(); }
    std::string_view caption(size_t index, size_t number) const override { return texts.at(index)->at(number); }
    int label(size_t index) const override {
        ++asked;
        return labelOf.empty() ? -1 : labelOf.at(index);
    }

    std::vector<std::shared_ptr<const std::vector<std::string>>> texts;  ///< of each image; may be shared
    std::vector<int> labelOf;
    mutable std::atomic<size_t> asked = 0;  ///< for labels

  protected:
    Image decode(size_t, int) const override { return {2, 2, std::vector<uint8_t>(12)}; }
};

/// The sampler as it was while it compared captions as texts, November 2026.
namespace written_out {

/// As many rounds as the largest label has images: one of each in every round. Of a label with n images, number k goes
/// to the round at the share (k + u) / n of them, u drawn for the label, so that however rare it is it shows all over
/// the epoch. Within a round the order is random: labels meet others each time.
std::vector<size_t> spreadByLabel(const Dataset& dataset, const std::vector<size_t>& shuffled, Random& random) {
    std::map<int, std::vector<size_t>> groups;
    for (const size_t index : shuffled)
        groups[dataset.label(index)].push_back(index);
    size_t rounds = 0;
    for (const auto& [label, members] : groups)
        rounds = std::max(rounds, members.size());
    std::vector<std::tuple<size_t, uint64_t, size_t>> places;
    places.reserve(shuffled.size());
    for (const auto& [label, members] : groups) {
        const double u = random.unit(), share = static_cast<double>(rounds) / static_cast<double>(members.size());
        for (size_t k = 0; k < members.size(); ++k)
            places.emplace_back(static_cast<size_t>((static_cast<double>(k) + u) * share), random.next(), members[k]);
    }
    std::ranges::sort(places);
    std::vector<size_t> order;
    order.reserve(places.size());
    for (const auto& [round, draw, index] : places)
        order.push_back(index);
    return order;
}

std::vector<size_t> drawOrder(const Dataset& dataset, const SamplerOptions& options, int64_t epoch) {
    std::vector<size_t> order(dataset.size());
    std::iota(order.begin(), order.end(), size_t{0});
    if (!options.shuffle) return order;
    Random random(seedOf(options.seed, 0x0DDE5, epoch));
    shuffle(order, random);
    if (options.spreadLabels && !dataset.labels().empty()) return spreadByLabel(dataset, order, random);
    return order;
}

size_t batchSizeFor(size_t images, const SamplerOptions& options) {
    return std::min(images, static_cast<size_t>(std::max(options.batchSize, 1)));
}

class Planner {
  public:
    Planner(const Dataset& dataset, const SamplerOptions& options, int64_t epoch)
        : m_dataset(dataset), m_options(options), m_epoch(epoch), m_order(drawOrder(dataset, options, epoch)) {}

    EpochPlan plan() {
        EpochPlan plan;
        plan.epoch = m_epoch;
        const int64_t batches = batchesPerEpoch(m_order.size(), m_options);
        const size_t batchSize = batchSizeFor(m_order.size(), m_options);
        for (int64_t batch = 0; batch < batches; ++batch) {
            plan.starts.push_back(plan.items.size());
            const size_t left = m_order.size() - plan.items.size();
            fillBatch(plan.items, std::min(batchSize, left));
        }
        plan.starts.push_back(plan.items.size());
        return plan;
    }

  private:
    /// The caption this image shows first, then its others; the first that is not in the batch yet.
    std::optional<size_t> freeCaption(size_t index) const {
        const std::vector<std::string> captions = m_dataset.captions(index);
        const size_t first = firstCaption(index);
        for (size_t k = 0; k < captions.size(); ++k) {
            const size_t caption = (first + k) % captions.size();
            if (!m_used.contains(captions[caption])) return caption;
        }
        return std::nullopt;
    }

    size_t firstCaption(size_t index) const {
        const size_t count = std::max<size_t>(m_dataset.captionCount(index), 1);
        if (!m_options.shuffle) return 0;
        return (seedOf(m_options.seed, 0xCA9, index) % count + static_cast<size_t>(m_epoch)) % count;
    }

    void place(EpochPlan::Items& items, size_t index, size_t caption) {
        items.add(static_cast<uint32_t>(index), static_cast<uint32_t>(caption));
        m_used.insert(std::string(m_dataset.caption(index, caption)));
    }

    void fillBatch(EpochPlan::Items& items, size_t size) {
        m_used.clear();
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
    }

    const Dataset& m_dataset;
    SamplerOptions m_options;
    int64_t m_epoch;
    std::vector<size_t> m_order;
    size_t m_next = 0;
    std::deque<size_t> m_waiting;
    std::unordered_set<std::string> m_used;
};

EpochPlan plan(const Dataset& dataset, const SamplerOptions& options, int64_t epoch) {
    return Planner(dataset, options, epoch).plan();
}

}  // namespace written_out

/// Images with one or several captions, of which some are equal, alone or in classes that share theirs.
std::shared_ptr<TextData> drawData(Random& random) {
    const size_t images = 1 + random.below(300);
    const size_t labels = random.chance(0.5F) ? 0 : 2 + random.below(20);
    std::vector<std::string> names;
    for (size_t i = 0; i < labels; ++i)
        names.push_back("label " + std::to_string(i));
    auto data = std::make_shared<TextData>(names);
    const uint32_t words = 1 + random.below(random.chance(0.5F) ? 8 : 1000), most = 1 + random.below(5);
    const bool areShared = labels > 0 && random.chance(0.5F);
    const auto drawTexts = [&] {
        std::vector<std::string> texts;
        for (uint32_t k = most == 1 ? 1 : random.below(most + 1); k > 0; --k)
            texts.push_back("text " + std::to_string(random.below(words)));
        if (texts.empty()) texts.emplace_back("none");
        return std::make_shared<const std::vector<std::string>>(texts);
    };
    std::vector<std::shared_ptr<const std::vector<std::string>>> ofLabel;
    for (size_t i = 0; i < labels; ++i)
        ofLabel.push_back(drawTexts());
    for (size_t i = 0; i < images; ++i) {
        const int label = labels == 0 ? -1 : static_cast<int>(random.below(static_cast<uint32_t>(labels) + 1)) - 1;
        if (labels > 0) data->labelOf.push_back(label);
        data->texts.push_back(areShared && label >= 0 ? ofLabel[static_cast<size_t>(label)] : drawTexts());
    }
    return data;
}

LoaderOptions tinyOptions(int batchSize) {
    LoaderOptions options;
    options.batchSize = batchSize;
    options.preprocess.width = options.preprocess.height = 2;
    return options;
}

std::shared_ptr<TextData> labelledData(size_t images) {
    auto data = std::make_shared<TextData>(std::vector<std::string>{"a", "b", "c"});
    for (size_t i = 0; i < images; ++i) {
        data->texts.push_back(std::make_shared<const std::vector<std::string>>(1, std::to_string(i)));
        data->labelOf.push_back(static_cast<int>(i % 3));
    }
    return data;
}

}  // namespace

class TestSampler : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void plansAreThoseOfComparedTexts() {
        Random random(11);
        size_t items = 0;
        for (int round = 0; round < 400; ++round) {
            const auto data = drawData(random);
            const SamplerOptions options{.batchSize = 1 + static_cast<int>(random.below(40)),
                                         .seed = random.next(),
                                         .shuffle = random.chance(0.8F),
                                         .dropLast = random.chance(0.5F),
                                         .spreadLabels = random.chance(0.7F)};
            const EpochPlanner planner(*data, options);
            for (const int64_t epoch : {int64_t{0}, int64_t{1}, int64_t{7}}) {
                const EpochPlan expected = written_out::plan(*data, options, epoch), plan = planner.plan(epoch);
                QCOMPARE(plan.epoch, epoch);
                QCOMPARE(plan.starts, expected.starts);
                QCOMPARE(plan.items.size(), expected.items.size());
                for (size_t i = 0; i < plan.items.size(); ++i) {
                    QCOMPARE(plan.items[i].index, expected.items[i].index);
                    QCOMPARE(plan.items[i].caption, expected.items[i].caption);
                }
                items += plan.items.size();
            }
        }
        QVERIFY(items > 50000);
    }

    void numbersAreEqualForEqualTextsOnly() {
        Random random(5);
        for (int round = 0; round < 50; ++round) {
            const auto data = drawData(random);
            const CaptionNumbers numbers(*data);
            std::map<std::string, uint32_t> seen;
            std::set<uint32_t> different;
            for (size_t i = 0; i < data->size(); ++i) {
                QCOMPARE(numbers[i].size(), data->captionCount(i));
                for (size_t k = 0; k < numbers[i].size(); ++k) {
                    QVERIFY(numbers[i][k] < numbers.end());
                    different.insert(numbers[i][k]);
                    const auto [text, isNew] = seen.try_emplace(std::string(data->caption(i, k)), numbers[i][k]);
                    QCOMPARE(numbers[i][k], text->second);
                }
            }
            QCOMPARE(seen.size(), different.size());
        }
    }

    void theNextPlanIsMadeWhileAnEpochRuns() {
        const auto data = labelledData(40);
        BatchMaker maker(data, tinyOptions(10));
        (void)maker.open(0);
        (void)maker.open(1);
        const size_t ofThisEpoch = data->asked;
        QVERIFY(ofThisEpoch >= 40);
        (void)maker.open(2);  // the middle
        QTRY_VERIFY(data->asked >= ofThisEpoch + 40);
        (void)maker.open(3);
        const size_t ofBoth = data->asked;
        QCOMPARE(maker.open(4)->plan->epoch, int64_t{1});
        QCOMPARE(data->asked.load(), ofBoth);
    }

    void stepsMayBeOpenedInAnyOrder() {
        const auto data = labelledData(12);
        BatchMaker maker(data, tinyOptions(4));
        const EpochPlanner planner(*data, {.batchSize = 4});
        for (const int64_t step :
             {int64_t{5}, int64_t{3}, int64_t{0}, int64_t{8}, int64_t{7}, int64_t{2}, int64_t{30}}) {
            const auto open = maker.open(step);
            const EpochPlan expected = planner.plan(step / 3);
            QCOMPARE(open->plan->epoch, expected.epoch);
            QCOMPARE(open->plan->items.size(), expected.items.size());
            for (size_t i = 0; i < expected.items.size(); ++i)
                QCOMPARE(open->plan->items[i].index, expected.items[i].index);
        }
    }

    void planningStopsOnRequest() {
        const auto data = labelledData(100);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, EpochPlanner(*data, {}, stop.get_token()));
        const EpochPlanner planner(*data, {.batchSize = 5});
        QVERIFY_THROWS_EXCEPTION(Cancelled, planner.plan(0, stop.get_token()));
        BatchMaker maker(data, tinyOptions(5));
        maker.stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, maker.open(0));
    }
};

DIAGONAL_TEST(TestSampler);
#include "test_sampler.moc"
