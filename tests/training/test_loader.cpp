// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <atomic>
#include <cmath>
#include <map>
#include <set>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "training/data/content_hash.h"
#include "training/data/loader.h"
#include "training/data/sampler.h"

using namespace diagonal;

namespace {

/// Pictures of one shade each; some cannot be read.
class FakeData : public Dataset {
  public:
    explicit FakeData(size_t count, size_t captionsEach = 3) : Dataset({.kind = "Fake"}) {
        for (size_t i = 0; i < count; ++i) {
            m_captions.emplace_back();
            for (size_t k = 0; k < captionsEach; ++k) {
                m_captions.back().push_back("image " + std::to_string(i) + " caption " + std::to_string(k));
            }
        }
    }
    size_t size() const override { return m_captions.size(); }
    std::string name(size_t index) const override { return "picture-" + std::to_string(index); }
    size_t captionCount(size_t index) const override { return m_captions.at(index).size(); }
    std::string_view caption(size_t index, size_t number) const override { return m_captions.at(index).at(number); }
    Image decode(size_t index, int enough) const override {
        ++decoded;
        askedFor = enough;
        if (!isWhole && corrupt.contains(index)) throw Error(name(index), "it is broken");
        Image image{12, 10, std::vector<uint8_t>(360)};
        for (size_t i = 0; i < image.rgb.size(); ++i)
            image.rgb[i] = static_cast<uint8_t>(pictureOf(index) * 7 + i % 36);
        return image;
    }
    std::span<const int32_t> tokens(size_t index, size_t caption) const override {
        if (keptTokens.empty()) return {};
        return keptTokens.at(index * 3 + caption);
    }
    int label(size_t index) const override {
        if (!labelOf.empty()) return labelOf.at(index);
        return labelNames.empty() ? -1 : static_cast<int>(index % labelNames.size());
    }
    std::vector<std::vector<std::string>>& allCaptions() { return m_captions; }

    std::set<size_t> corrupt;
    std::atomic<bool> isWhole = false;  ///< the corrupt ones can be read after all
    std::map<size_t, size_t> copies;    ///< images that look like another
    std::vector<std::string>& labelNames = m_info.labels;
    std::vector<int> labelOf;                      ///< empty: they take turns
    std::vector<std::vector<int32_t>> keptTokens;  ///< of three captions an image
    mutable std::atomic<int> decoded = 0, askedFor = -1;

  private:
    size_t pictureOf(size_t index) const { return copies.contains(index) ? copies.at(index) : index; }

    std::vector<std::vector<std::string>> m_captions;
};

/// A token for each letter between those of start and end.
class Letters : public Tokenizer {
  public:
    std::string kind() const override { return "letters"; }
    int vocabularySize() const override { return 258; }
    int contextLength() const override { return 18; }
    std::vector<int64_t> encode(std::string_view text) const override {
        ++encoded;
        std::vector<int64_t> ids = {256};
        for (const char c : text)
            ids.push_back(static_cast<uint8_t>(c));
        ids.push_back(257);
        return ids;
    }
    void save(const std::filesystem::path&) const override {}

    mutable std::atomic<int> encoded = 0;
};

LoaderOptions smallOptions() {
    LoaderOptions options;
    options.batchSize = 8;
    options.preprocess.width = options.preprocess.height = 6;
    return options;
}

bool sameBatch(const Batch& a, const Batch& b) {
    return a.step == b.step && a.epoch == b.epoch && a.firstSample == b.firstSample && a.indices == b.indices &&
           a.pixels == b.pixels && a.captions == b.captions && a.imageIds == b.imageIds &&
           a.captionIds == b.captionIds && a.tokens.ids == b.tokens.ids && a.tokens.lengths == b.tokens.lengths;
}

std::vector<Batch> take(const std::shared_ptr<const Dataset>& data, const LoaderOptions& options, int64_t start,
                        int count) {
    Loader loader(data, options, start);
    std::vector<Batch> batches;
    for (int i = 0; i < count; ++i)
        batches.push_back(loader.next());
    return batches;
}

}  // namespace

class TestLoader : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void batchesDoNotDependOnWorkersOrCache() {
        const auto data = std::make_shared<FakeData>(50);
        data->corrupt = {3, 17, 44};
        LoaderOptions options = smallOptions();
        options.augment = true;
        options.augmentation.autoAugment = AutoAugment::Rand;
        options.augmentation.colorJitter = 0.3F;
        options.augmentation.grayscaleProbability = options.augmentation.blurProbability = 0.2F;
        options.tokenizer = std::make_shared<Letters>();
        options.workers = 1;
        const auto expected = take(data, options, 0, 20);
        for (const int workers : {2, 5, 16}) {
            options.workers = workers;
            options.cacheBytes = workers == 2 ? 0 : 1 << 20;
            const auto batches = take(data, options, 0, 20);
            for (size_t i = 0; i < batches.size(); ++i)
                QVERIFY(sameBatch(batches[i], expected[i]));
        }
    }

    void resumingInAnEpochRepeatsTheSameBatches() {
        const auto data = std::make_shared<FakeData>(50);
        data->corrupt = {5};
        LoaderOptions options = smallOptions();
        options.augment = true;
        const auto expected = take(data, options, 0, 20);
        for (const int start : {1, 5, 6, 13}) {
            const auto batches = take(data, options, start, 20 - start);
            for (size_t i = 0; i < batches.size(); ++i) {
                QVERIFY(sameBatch(batches[i], expected[i + static_cast<size_t>(start)]));
            }
        }
    }

    void anEpochShowsEveryImageOnceInANewOrder() {
        const auto data = std::make_shared<FakeData>(48);
        const auto batches = take(data, smallOptions(), 0, 12);
        std::vector<std::vector<size_t>> orders(2);
        for (const Batch& batch : batches) {
            QCOMPARE(batch.indices.size(), size_t{8});
            QCOMPARE(batch.pixels.size(), size_t{8 * 6 * 6 * 3});
            auto& order = orders[static_cast<size_t>(batch.epoch)];
            QCOMPARE(batch.firstSample, static_cast<int64_t>(order.size()));
            order.insert(order.end(), batch.indices.begin(), batch.indices.end());
        }
        QVERIFY(orders[0] != orders[1]);
        for (const auto& order : orders)
            QCOMPARE(std::set<size_t>(order.begin(), order.end()).size(), size_t{48});
    }

    void everyCaptionHasItsTurn() {
        const FakeData data(20, 4);
        std::set<std::pair<size_t, size_t>> seen;
        for (int64_t epoch = 0; epoch < 4; ++epoch) {
            const EpochPlan plan = EpochPlanner(data, {.batchSize = 5}).plan(epoch);
            for (size_t i = 0; i < plan.items.size(); ++i)
                seen.insert({plan.items[i].index, plan.items[i].caption});
        }
        QCOMPARE(seen.size(), size_t{80});
    }

    void theRestIsKeptOrDropped() {
        const FakeData data(20);
        QCOMPARE(EpochPlanner(data, {.batchSize = 8, .dropLast = true}).plan(0).items.size(), size_t{16});
        const EpochPlan plan = EpochPlanner(data, {.batchSize = 8, .dropLast = false}).plan(0);
        QCOMPARE(plan.starts, (std::vector<size_t>{0, 8, 16, 20}));
        QCOMPARE(batchesPerEpoch(5, {.batchSize = 8}), int64_t{1});
    }

    void equalCaptionsDoNotMeetInABatch() {
        FakeData data(64, 2);
        for (size_t i = 0; i < 64; ++i) {
            data.allCaptions()[i] = {"group " + std::to_string(i % 8), "other " + std::to_string(i % 8)};
        }
        const EpochPlan plan = EpochPlanner(data, {.batchSize = 16}).plan(3);
        std::set<size_t> images;
        size_t clean = 0;
        for (size_t batch = 0; batch + 1 < plan.starts.size(); ++batch) {
            std::set<std::string> captions;
            for (size_t i = plan.starts[batch]; i < plan.starts[batch + 1]; ++i) {
                captions.insert(data.captions(plan.items[i].index)[plan.items[i].caption]);
                images.insert(plan.items[i].index);
            }
            clean += captions.size() == 16 ? 1 : 0;
        }
        QCOMPARE(images.size(), size_t{64});
        QVERIFY(clean >= 3);  // the last may have no choice
    }

    void oneCaptionForAllEndsToo() {
        FakeData data(3000, 1);
        for (auto& captions : data.allCaptions())
            captions = {"the same"};
        std::set<size_t> images;
        const EpochPlan plan = EpochPlanner(data, {.batchSize = 100}).plan(0);
        for (size_t i = 0; i < plan.items.size(); ++i)
            images.insert(plan.items[i].index);
        QCOMPARE(images.size(), size_t{3000});
    }

    void labelsAreSpreadOverTheBatches() {
        FakeData data(90);
        data.labelNames = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
        const EpochPlan plan = EpochPlanner(data, {.batchSize = 9}).plan(0);
        for (size_t batch = 0; batch + 1 < plan.starts.size(); ++batch) {
            std::set<int> labels;
            for (size_t i = plan.starts[batch]; i < plan.starts[batch + 1]; ++i) {
                labels.insert(data.label(plan.items[i].index));
            }
            QCOMPARE(labels.size(), size_t{9});
        }
    }

    /// A hundred labels from 3 to 300 images. Each tenth of an epoch shows as many of them as a plain shuffle, or more.
    void rareLabelsAreSpreadOverTheWholeEpoch_data() {
        QTest::addColumn<bool>("captionsAreEqual");
        QTest::newRow("captions differ") << false;
        QTest::newRow("those of a label are equal") << true;
    }

    void rareLabelsAreSpreadOverTheWholeEpoch() {
        QFETCH(bool, captionsAreEqual);
        constexpr int kLabels = 100, kTenths = 10;
        std::vector<int> labelOf;
        for (int label = 0; label < kLabels; ++label)
            labelOf.insert(labelOf.end(), static_cast<size_t>(std::lround(300 * std::pow(100, -label / 99.0))), label);
        FakeData data(labelOf.size(), 1);
        data.labelOf = labelOf;
        for (int label = 0; label < kLabels; ++label)
            data.labelNames.push_back("label " + std::to_string(label));
        for (size_t i = 0; captionsAreEqual && i < labelOf.size(); ++i)
            data.allCaptions()[i] = {"a photo of " + data.labelNames[static_cast<size_t>(labelOf[i])]};
        const auto distinct = [&](bool spread) {
            std::vector<double> means(kTenths);
            for (uint64_t seed = 0; seed < 10; ++seed) {
                const EpochPlan plan =
                    EpochPlanner(data, {.batchSize = 64, .seed = seed, .spreadLabels = spread}).plan(0);
                const size_t batches = plan.starts.size() - 1;
                std::vector<double> sums(kTenths), counts(kTenths);
                for (size_t batch = 0; batch < batches; ++batch) {
                    std::set<int> labels;
                    for (size_t i = plan.starts[batch]; i < plan.starts[batch + 1]; ++i)
                        labels.insert(data.label(plan.items[i].index));
                    sums[batch * kTenths / batches] += static_cast<double>(labels.size());
                    ++counts[batch * kTenths / batches];
                }
                for (int tenth = 0; tenth < kTenths; ++tenth)
                    means[static_cast<size_t>(tenth)] +=
                        sums[static_cast<size_t>(tenth)] / counts[static_cast<size_t>(tenth)] / 10;
            }
            return means;
        };
        const auto plain = distinct(false), spread = distinct(true);
        for (size_t tenth = 0; tenth < kTenths; ++tenth)
            QVERIFY2(spread[tenth] >= plain[tenth],
                     qPrintable(QStringLiteral("tenth %1: %2 labels a batch, plainly shuffled %3")
                                    .arg(tenth)
                                    .arg(spread[tenth])
                                    .arg(plain[tenth])));
    }

    /// Each label meets nearly each other one in an epoch, not always the same neighbours.
    void labelsMeetOthersInEachRound() {
        constexpr int kLabels = 100;
        FakeData data(kLabels * 100, 1);
        for (int label = 0; label < kLabels; ++label)
            data.labelNames.push_back("label " + std::to_string(label));
        const EpochPlan plan = EpochPlanner(data, {.batchSize = 50}).plan(0);
        std::set<std::pair<int, int>> met;
        for (size_t batch = 0; batch + 1 < plan.starts.size(); ++batch)
            for (size_t i = plan.starts[batch]; i < plan.starts[batch + 1]; ++i)
                for (size_t j = plan.starts[batch]; j < plan.starts[batch + 1]; ++j)
                    met.insert({data.label(plan.items[i].index), data.label(plan.items[j].index)});
        QVERIFY2(met.size() > size_t{9900}, qPrintable(QString::number(met.size())));
    }

    void aCorruptImageIsReplacedAndToldOnce() {
        const auto data = std::make_shared<FakeData>(40);
        data->corrupt = {4, 9, 30};
        Loader loader(data, smallOptions());
        std::vector<std::string> failures;
        for (int i = 0; i < 25; ++i) {
            const Batch batch = loader.next();
            QCOMPARE(batch.indices.size(), size_t{8});
            QCOMPARE(std::set<size_t>(batch.indices.begin(), batch.indices.end()).size(), size_t{8});
            for (const size_t index : batch.indices)
                QVERIFY(!data->corrupt.contains(index));
            failures.insert(failures.end(), batch.failures.begin(), batch.failures.end());
        }
        std::sort(failures.begin(), failures.end());
        QCOMPARE(failures, (std::vector<std::string>{"picture-30: it is broken", "picture-4: it is broken",
                                                     "picture-9: it is broken"}));
    }

    /// A file server that was away for a moment: what failed is tried again, so that a resumed run sees the same
    /// pictures.
    void aPictureThatFailedIsTriedAgain() {
        const auto data = std::make_shared<FakeData>(16);
        data->corrupt = {5};
        LoaderOptions options = smallOptions();
        options.workers = 1;
        Loader loader(data, options);
        for (int i = 0; i < 2; ++i)
            for (const size_t index : loader.next().indices)
                QVERIFY(index != 5);
        data->isWhole = true;
        bool seen = false;
        for (int i = 0; i < 40 && !seen; ++i)
            for (const size_t index : loader.next().indices)
                seen = seen || index == 5;
        QVERIFY(seen);
    }

    void fewReadableImagesMakeSmallerBatches() {
        const auto data = std::make_shared<FakeData>(8);
        data->corrupt = {0, 1, 2, 3, 4};
        Loader loader(data, smallOptions());
        QCOMPARE(loader.next().indices.size(), size_t{3});
    }

    void nothingReadableIsAnErrorThatNamesTheFirst() {
        const auto data = std::make_shared<FakeData>(30);
        for (size_t i = 0; i < 30; ++i)
            data->corrupt.insert(i);
        Loader loader(data, smallOptions());
        try {
            loader.next();
            QFAIL("a batch without images");
        } catch (const Error& error) {
            QVERIFY(error.problem().find("it is broken") != std::string::npos);
        }
        QVERIFY_THROWS_EXCEPTION(Error, loader.next());  // and again, not a wait for ever
        QVERIFY_THROWS_EXCEPTION(Error, Loader(std::make_shared<FakeData>(0), smallOptions()));
    }

    void aLoaderCanEndAtAnyTime() {
        const auto data = std::make_shared<FakeData>(500);
        for (int taken = 0; taken < 6; ++taken) {
            Loader loader(data, smallOptions());
            for (int i = 0; i < taken; ++i)
                loader.next();
        }
        std::stop_source stop;
        stop.request_stop();
        Loader loader(data, smallOptions());
        try {
            while (true)
                loader.next(stop.get_token());
        } catch (const Cancelled&) {
        }
    }

    void picturesAreDecodedOnceWhileTheyFit() {
        const auto data = std::make_shared<FakeData>(32);
        for (const bool augment : {false, true}) {
            data->decoded = 0;
            LoaderOptions options = smallOptions();
            options.augment = augment;
            options.workers = 1;
            take(data, options, 0, 20);
            QCOMPARE(data->decoded.load(), 32);
        }
    }

    void withoutAugmentationPixelsAreThoseOfThePreprocessing() {
        const auto data = std::make_shared<FakeData>(8);
        const LoaderOptions options = smallOptions();
        const Batch batch = take(data, options, 0, 1)[0];
        const Image expected = resizeAndCrop(data->image(batch.indices[2]), options.preprocess);
        QVERIFY(std::equal(expected.rgb.begin(), expected.rgb.end(), batch.pixels.begin() + 2 * 108));
    }

    void augmentationChangesWithTheEpochAndTheSeed() {
        const auto data = std::make_shared<FakeData>(8);
        LoaderOptions options = smallOptions();
        options.augment = true;
        options.shuffle = false;
        const auto batches = take(data, options, 0, 2);
        QCOMPARE(batches[0].indices, batches[1].indices);
        QVERIFY(batches[0].pixels != batches[1].pixels);
        options.seed = 2;
        QVERIFY(take(data, options, 0, 1)[0].pixels != batches[0].pixels);
    }

    void picturesAreNotFlippedUnderCaptionsThatNameASide() {
        const auto data = std::make_shared<FakeData>(8, 1);
        LoaderOptions options = smallOptions();
        options.augment = true;
        options.augmentation = {.smallestArea = 1, .flipProbability = 1};
        const auto flipped = take(data, options, 0, 1)[0];
        for (auto& captions : data->allCaptions())
            captions[0] += " on the left";
        const auto kept = take(data, options, 0, 1)[0];
        options.augment = false;
        QCOMPARE(kept.pixels, take(data, options, 0, 1)[0].pixels);
        QVERIFY(flipped.pixels != kept.pixels);
    }

    void failuresAreListedForTheLog() {
        const auto data = std::make_shared<FakeData>(24);
        data->corrupt = {4, 9};
        Loader loader(data, smallOptions());
        for (int i = 0; i < 9; ++i)
            loader.next();
        auto failures = loader.failures();
        std::sort(failures.begin(), failures.end());
        QCOMPARE(failures, (std::vector<std::string>{"picture-4: it is broken", "picture-9: it is broken"}));
    }

    void captionsComeAsTokensToo() {
        const auto data = std::make_shared<FakeData>(30);
        data->corrupt = {1};
        LoaderOptions options = smallOptions();
        const auto tokenizer = std::make_shared<Letters>();
        QVERIFY(take(data, options, 0, 1)[0].tokens.ids.empty());
        options.tokenizer = tokenizer;
        for (const Batch& batch : take(data, options, 0, 5)) {
            const TokenBatch expected = tokenizer->tokenize(batch.captions);
            QCOMPARE(batch.tokens.count, int64_t{8});
            QCOMPARE(batch.tokens.length, int64_t{18});  // longer captions are cut
            QCOMPARE(batch.tokens.ids, expected.ids);
            QCOMPARE(batch.tokens.lengths, expected.lengths);
            QCOMPARE(batch.tokens.truncated, expected.truncated);
        }
    }

    void tokensKeptWithTheDataAreTakenForTheSameTokenizer() {
        const auto data = std::make_shared<FakeData>(8);
        const auto tokenizer = std::make_shared<Letters>();
        for (int32_t i = 0; i < 24; ++i)
            data->keptTokens.push_back({256, i, 257});
        LoaderOptions options = smallOptions();
        options.tokenizer = tokenizer;
        options.keptTokens = true;
        const Batch batch = take(data, options, 0, 1)[0];
        QCOMPARE(tokenizer->encoded.load(), 0);
        QCOMPARE(batch.tokens.length, int64_t{3});
        for (size_t i = 0; i < 8; ++i) {
            const auto& captions = data->captions(batch.indices[i]);
            const auto caption = std::ranges::find(captions, batch.captions[i]) - captions.begin();
            QCOMPARE(batch.tokens.ids[i * 3 + 1], static_cast<int64_t>(batch.indices[i]) * 3 + caption);
        }
        options.keptTokens = false;
        QCOMPARE(take(data, options, 0, 1)[0].tokens.length, int64_t{18});
    }

    void equalPicturesAndCaptionsHaveEqualIds() {
        const auto data = std::make_shared<FakeData>(16, 1);
        data->copies = {{5, 3}, {9, 3}};
        data->allCaptions()[7] = data->allCaptions()[6];
        LoaderOptions options = smallOptions();
        options.batchSize = 16;
        std::map<size_t, int64_t> firstIds;
        for (const bool augment : {false, true}) {
            options.augment = augment;
            for (const Batch& batch : take(data, options, 0, 3)) {
                std::map<int64_t, std::set<size_t>> pictures, captions;
                QCOMPARE(batch.imageIds.size(), size_t{16});
                for (size_t i = 0; i < 16; ++i) {
                    pictures[batch.imageIds[i]].insert(batch.indices[i]);
                    captions[batch.captionIds[i]].insert(batch.indices[i]);
                    // The same in every epoch.
                    if (!augment)
                        QCOMPARE(firstIds.try_emplace(batch.indices[i], batch.imageIds[i]).first->second,
                                 batch.imageIds[i]);
                }
                QCOMPARE(pictures.size(), size_t{14});
                QVERIFY(std::ranges::any_of(pictures, [](const auto& p) {
                    return p.second == std::set<size_t>{3, 5, 9};
                }));
                QCOMPARE(captions.size(), size_t{15});
                QVERIFY(std::ranges::any_of(captions, [](const auto& c) {
                    return c.second == std::set<size_t>{6, 7};
                }));
            }
        }
    }

    void contentHashesDiffer() {
        std::set<uint64_t> seen;
        std::vector<uint8_t> bytes;
        for (size_t length = 0; length < 300; ++length, bytes.push_back(0)) {
            seen.insert(contentHash(bytes));
            if (bytes.empty()) continue;
            for (const size_t at : {size_t{0}, length / 2, length - 1}) {
                bytes[at] = static_cast<uint8_t>(1 + at % 7);
                seen.insert(contentHash(bytes));
                bytes[at] = 0;
            }
        }
        QCOMPARE(seen.size(), size_t{1 + 1 + 2 + 297 * 3 + 299});  // lengths 1 and 2 have fewer places
        QVERIFY(contentHash(bytes, 1) != contentHash(bytes, 2));
    }

    void fastDecodingAsksForNoMoreThanTheCropsNeed() {
        const auto data = std::make_shared<FakeData>(8);
        LoaderOptions options = smallOptions();
        take(data, options, 0, 1);
        QCOMPARE(data->askedFor.load(), 0);
        options.fastDecode = true;
        take(data, options, 0, 1);
        QCOMPARE(data->askedFor.load(), 6);
        options.augment = true;
        options.augmentation.smallestArea = 0.25F;
        take(data, options, 0, 1);
        QCOMPARE(data->askedFor.load(), 12);
    }
};

DIAGONAL_TEST(TestLoader);
#include "test_loader.moc"
