// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/loader.h"
#include "training/data/read_ahead.h"
#include "training/data/sampler.h"

using namespace diagonal;

namespace {

/// Captions of pictures that lie in stretches of different lengths.
class StretchedData : public Dataset {
  public:
    StretchedData(Random& random, size_t images, uint32_t longest, size_t captionsEach = 1)
        : Dataset({.kind = "Stretched"}), m_captionsEach(captionsEach) {
        for (uint32_t stretch = 0; m_stretches.size() < images; ++stretch)
            m_stretches.insert(m_stretches.end(),
                               std::min<size_t>(1 + random.below(longest), images - m_stretches.size()), stretch);
        for (size_t i = 0; i < images * captionsEach; ++i)
            m_texts.push_back("caption " + std::to_string(i));
    }
    size_t size() const override { return m_stretches.size(); }
    std::string name(size_t index) const override { return std::to_string(index); }
    size_t captionCount(size_t) const override { return m_captionsEach; }
    std::string_view caption(size_t index, size_t number) const override {
        return m_texts.at(index * m_captionsEach + number);
    }
    size_t captionSource(size_t index, size_t number) const override { return sourceOf ? sourceOf(index, number) : 0; }
    uint32_t stretch(size_t index) const override { return m_stretches.at(index); }
    std::vector<std::string>& texts() { return m_texts; }
    std::vector<double>& probabilities() { return m_info.captionProbabilities; }

    std::function<size_t(size_t, size_t)> sourceOf;

  protected:
    Image decode(size_t, int) const override { return {2, 2, std::vector<uint8_t>(12)}; }

  private:
    size_t m_captionsEach;
    std::vector<uint32_t> m_stretches;
    std::vector<std::string> m_texts;
};

std::vector<uint32_t> imagesOf(const EpochPlan& plan) {
    std::vector<uint32_t> images;
    for (size_t i = 0; i < plan.items.size(); ++i)
        images.push_back(static_cast<uint32_t>(plan.items[i].index));
    return images;
}

bool isOnceEach(std::vector<uint32_t> images, size_t count) {
    std::sort(images.begin(), images.end());
    std::vector<uint32_t> all(count);
    std::iota(all.begin(), all.end(), 0U);
    return images == all;
}

}  // namespace

class TestShuffleBuffer : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void anEpochReadsInOrderAndShowsEachImageOnce() {
        Random random(3);
        for (int round = 0; round < 60; ++round) {
            const StretchedData data(random, 20 + random.below(400), 1 + random.below(60));
            SamplerOptions options{.batchSize = static_cast<int>(1 + random.below(20)), .dropLast = false};
            options.seed = random.next();
            options.shuffleBuffer = 1 + random.below(50);
            options.ranks = 1 + static_cast<int>(random.below(5));
            const auto ranks = static_cast<size_t>(options.ranks);
            const EpochPlanner planner(data, options);
            const EpochPlan plan = planner.plan(4);
            QVERIFY(isOnceEach(imagesOf(plan), data.size()));
            QCOMPARE(plan.reading.size(), ranks);
            // Each stretch lies in the order of one rank, or of two ranks that stand side by side.
            std::vector<uint32_t> read;
            for (const auto& order : plan.reading)
                read.insert(read.end(), order.begin(), order.end());
            QVERIFY(isOnceEach(read, data.size()));
            size_t jumps = 0;
            for (size_t i = 1; i < read.size(); ++i)
                if (read[i] != read[i - 1] + 1) {
                    ++jumps;
                    QVERIFY(data.stretch(read[i]) != data.stretch(read[i - 1]));
                }
            QVERIFY(jumps <= data.stretch(data.size() - 1));
            // A part of a batch is of its rank, but in the last one; nobody runs ahead of the buffer.
            std::vector<size_t> rankOf(data.size()), readAt(data.size());
            for (size_t rank = 0; rank < ranks; ++rank)
                for (size_t i = 0; i < plan.reading[rank].size(); ++i) {
                    rankOf[plan.reading[rank][i]] = rank;
                    readAt[plan.reading[rank][i]] = i;
                }
            std::vector<size_t> shown(ranks);
            for (size_t batch = 0; batch + 1 < plan.starts.size(); ++batch) {
                const size_t begin = plan.starts[batch], size = plan.starts[batch + 1] - begin;
                for (size_t rank = 0; rank < ranks; ++rank)
                    for (size_t at = partOf(size, rank, ranks); at < partOf(size, rank + 1, ranks); ++at) {
                        const size_t index = plan.items[begin + at].index;
                        if (batch + 2 < plan.starts.size()) QCOMPARE(rankOf[index], rank);
                        QVERIFY(readAt[index] <= shown[rankOf[index]] + options.shuffleBuffer);
                        ++shown[rankOf[index]];
                    }
            }
            // The same again, and another order in other epochs.
            QCOMPARE(imagesOf(EpochPlanner(data, options).plan(4)), imagesOf(plan));
            if (data.size() > 50) QVERIFY(imagesOf(planner.plan(5)) != imagesOf(plan));
        }
    }

    /// Two large parts of an epoch hold what a draw of anything would: the buffer mixes stretches.
    void aBufferMixes() {
        Random random(4);
        const StretchedData data(random, 20000, 500);
        double distance = 0;
        for (const size_t buffer : {size_t{10}, size_t{4000}}) {
            const EpochPlan plan = EpochPlanner(data, {.batchSize = 100, .shuffleBuffer = buffer}).plan(0);
            double stretches = 0;
            for (size_t batch = 0; batch + 1 < plan.starts.size(); ++batch) {
                std::set<uint32_t> seen;
                for (size_t i = plan.starts[batch]; i < plan.starts[batch + 1]; ++i)
                    seen.insert(data.stretch(plan.items[i].index));
                stretches += static_cast<double>(seen.size()) / 200;
            }
            if (buffer == 10) QVERIFY2(stretches < 4, qPrintable(QString::number(stretches)));
            if (buffer == 4000) QVERIFY2(stretches > 12, qPrintable(QString::number(stretches)));
            distance = stretches;
        }
        QVERIFY(distance > 0);
    }

    void equalCaptionsDoNotMeetInABatch() {
        Random random(5);
        StretchedData data(random, 600, 40);
        for (size_t i = 0; i < data.size(); ++i)
            data.texts()[i] = "caption " + std::to_string(i / 3);  // neighbours are alike
        for (const int ranks : {1, 3}) {
            const EpochPlan plan = EpochPlanner(data, {.batchSize = 30, .shuffleBuffer = 100, .ranks = ranks}).plan(0);
            QCOMPARE(plan.items.size(), size_t{600});
            size_t clashes = 0;
            for (size_t batch = 0; batch + 1 < plan.starts.size(); ++batch) {
                std::set<std::string_view> seen;
                for (size_t i = plan.starts[batch]; i < plan.starts[batch + 1]; ++i)
                    clashes += seen.insert(data.caption(plan.items[i].index, 0)).second ? 0 : 1;
            }
            QVERIFY2(clashes <= 10, qPrintable(QString::number(clashes)));  // of some 90; the last have no choice
        }
    }

    void everyRankHasTheSameBatchesAndNoImageTwice() {
        Random random(6);
        const auto data = std::make_shared<StretchedData>(random, 157, 30);
        LoaderOptions options;
        options.batchSize = 16;
        options.preprocess.width = options.preprocess.height = 2;
        options.workers = 1;
        options.shuffleBuffer = 20;
        options.ranks = 3;
        std::vector<uint32_t> seen;
        for (options.rank = 0; options.rank < options.ranks; ++options.rank) {
            Loader loader(data, options);
            QCOMPARE(loader.batchesPerEpoch(), int64_t{9});
            std::vector<std::vector<size_t>> batches;
            for (int64_t i = 0; i < 18; ++i)
                batches.push_back(loader.next().indices);
            for (int64_t i = 0; i < 9; ++i)
                seen.insert(seen.end(), batches[static_cast<size_t>(i)].begin(), batches[static_cast<size_t>(i)].end());
            Loader resumed(data, options, 5);
            for (size_t i = 5; i < 18; ++i)
                QCOMPARE(resumed.next().indices, batches[i]);
        }
        QCOMPARE(seen.size(), size_t{144});
        QCOMPARE(std::set<uint32_t>(seen.begin(), seen.end()).size(), size_t{144});
    }

    /// All bytes of the images once, and a jump for each stretch and no more.
    void dataIsReadAheadInItsOrder() {
        const Folder folder;
        for (int shard = 0; shard < 6; ++shard) {
            std::string tar;
            for (int i = 0; i < 50; ++i)
                tar +=
                    tarMember(std::to_string(i) + ".png", Folder::png(static_cast<uint8_t>(i), 60, 60)) +
                    tarMember(std::to_string(i) + ".txt", "caption " + std::to_string(shard) + " " + std::to_string(i));
            folder.write(std::to_string(shard) + ".tar", tar + tarEnd());
        }
        const auto data = openDataset(folder.path().string());
        QVERIFY(ReadAhead::isFor(*data));
        const EpochPlanner planner(*data, {.batchSize = 10, .shuffleBuffer = 40});
        const auto plan = std::make_shared<const EpochPlan>(planner.plan(0));
        uint64_t bytes = 0;
        for (size_t i = 0; i < data->size(); ++i)
            bytes += data->place(i).size;
        ReadAhead ahead(data, 0);
        for (size_t end = 50; end <= 340; end += 10)
            ahead.want(plan, 0, end);
        QTRY_VERIFY(ahead.bytes() >= bytes);
        QVERIFY(ahead.bytes() < bytes + 300 * 2048);  // with the texts between them
        QVERIFY2(ahead.jumps() <= 6, qPrintable(QString::number(ahead.jumps())));
        // Batches are what they are.
        LoaderOptions options;
        options.batchSize = 10;
        options.preprocess.width = options.preprocess.height = 8;
        options.shuffleBuffer = 40;
        Loader loader(data, options);
        for (size_t batch = 0; batch < 30; ++batch) {
            const Batch made = loader.next();
            for (size_t i = 0; i < 10; ++i)
                QCOMPARE(made.indices[i], plan->items[plan->starts[batch] + i].index);
        }
    }

    // --- captions -----------------------------------------------------------------------------------------------

    void captionsAreDrawnAnewEachEpoch() {
        Random random(7);
        StretchedData data(random, 3000, 10, 3);
        const EpochPlanner planner(data, {.batchSize = 10, .drawCaptions = true});
        std::vector<std::vector<size_t>> drawn(4, std::vector<size_t>(data.size()));
        std::map<size_t, double> counts;
        for (size_t epoch = 0; epoch < 4; ++epoch) {
            const EpochPlan plan = planner.plan(static_cast<int64_t>(epoch));
            for (size_t i = 0; i < plan.items.size(); ++i) {
                drawn[epoch][plan.items[i].index] = plan.items[i].caption;
                ++counts[plan.items[i].caption];
            }
        }
        double chiSquare = 0;
        for (size_t caption = 0; caption < 3; ++caption)
            chiSquare += std::pow(counts[caption] - 4000, 2) / 4000;
        QVERIFY2(chiSquare < 13.8, qPrintable(QString::number(chiSquare)));  // p = 0.001
        double equal = 0;
        for (size_t i = 0; i < data.size(); ++i)
            equal += drawn[0][i] == drawn[1][i] ? 1 : 0;
        QVERIFY2(std::abs(equal - 1000) < 4 * std::sqrt(3000.0 * 2 / 9), qPrintable(QString::number(equal)));
        // Whatever the buffer and the ranks: of the seed, the epoch and the image alone.
        const EpochPlan other = EpochPlanner(data, {.batchSize = 7, .drawCaptions = true, .shuffleBuffer = 9}).plan(2);
        for (size_t i = 0; i < other.items.size(); ++i)
            QCOMPARE(other.items[i].caption, drawn[2][other.items[i].index]);
    }

    void sourcesAreDrawnByTheirProbabilities() {
        Random random(8);
        StretchedData data(random, 6000, 10, 4);
        data.probabilities() = {0.6, 0.3, 0.1};
        // A third of the images has no caption of the first source; the others have two of the last.
        data.sourceOf = [](size_t index, size_t number) -> size_t {
            return index % 3 == 0 ? (number < 3 ? 1 : 2) : (number == 1 ? 0 : number == 3 ? 1 : 2);
        };
        const EpochPlanner planner(data, {.batchSize = 10, .drawCaptions = true});
        std::map<std::pair<bool, size_t>, double> bySource;
        std::map<size_t, double> ofTheLast;
        for (int64_t epoch = 0; epoch < 5; ++epoch) {
            const EpochPlan plan = planner.plan(epoch);
            for (size_t i = 0; i < plan.items.size(); ++i) {
                const auto [index, caption] = plan.items[i];
                const size_t source = data.captionSource(index, caption);
                ++bySource[{index % 3 == 0, source}];
                if (index % 3 != 0 && source == 2) ++ofTheLast[caption];
            }
        }
        const auto isNear = [](double count, double trials, double share) {
            return std::abs(count - trials * share) < 4 * std::sqrt(trials * share * (1 - share));
        };
        QVERIFY(isNear(bySource[std::pair(false, size_t{0})], 20000, 0.6));
        QVERIFY(isNear(bySource[std::pair(false, size_t{1})], 20000, 0.3));
        QVERIFY(isNear(bySource[std::pair(false, size_t{2})], 20000, 0.1));
        QVERIFY(isNear(bySource[std::pair(true, size_t{1})], 10000, 0.75));
        QVERIFY(isNear(bySource[std::pair(true, size_t{2})], 10000, 0.25));
        QVERIFY(isNear(ofTheLast[0], ofTheLast[0] + ofTheLast[2], 0.5));
    }
};

DIAGONAL_TEST(TestShuffleBuffer);
#include "test_shuffle_buffer.moc"
