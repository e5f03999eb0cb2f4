// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/evaluation/classify.h"
#include "engine/evaluation/retrieval.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

torch::Tensor unitRows(int64_t count) {
    const auto rows = torch::randn({count, 7}, torch::kDouble);
    return rows / rows.norm(2, 1, true);
}

}  // namespace

class TestRetrieval : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    /// Ranks counted one by one, without ties.
    void recallIsThatOfSortedLists() {
        torch::manual_seed(3);
        for (int round = 0; round < 200; ++round) {
            const int64_t n = 2 + round % 29;
            std::vector<int64_t> owner;
            for (int64_t i = 0; i < n; ++i)
                owner.insert(owner.end(), static_cast<size_t>(1 + (i + round) % 3), i);
            const auto m = static_cast<int64_t>(owner.size());
            const auto images = unitRows(n), texts = unitRows(m);
            const auto similarity = images.mm(texts.t());
            double toImage = 0, toText = 0;
            for (int64_t j = 0; j < m; ++j) {
                const auto column = similarity.select(1, j);
                toImage += (column > column[owner[static_cast<size_t>(j)]]).sum().item<int64_t>() < 5 ? 1 : 0;
            }
            for (int64_t i = 0; i < n; ++i) {
                double best = -2;
                for (int64_t j = 0; j < m; ++j)
                    if (owner[static_cast<size_t>(j)] == i) best = std::max(best, similarity[i][j].item<double>());
                toText += (similarity[i] > best).sum().item<int64_t>() < 5 ? 1 : 0;
            }
            const auto recall = retrievalRecall(images, texts, owner);
            QCOMPARE(recall.textToImage.at5, toImage / static_cast<double>(m));
            QCOMPARE(recall.imageToText.at5, toText / static_cast<double>(n));
        }
    }

    void recallIsNumpys_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"one", "five", "few", "single", "noise", "nan-images", "nan-texts", "nan-both"})
            QTest::newRow(name) << name;
    }

    /// tests/parity/make_recall_golden.py.
    void recallIsNumpys() {
        QFETCH(QString, name);
        auto golden = readStateDict({paths::source("tests/parity/data/recall.safetensors")}).tensors;
        const auto part = [&](const char* key) { return golden.at(name.toStdString() + "." + key); };
        const auto owners = part("owners");
        const auto recall =
            retrievalRecall(part("images"), part("texts"),
                            {owners.const_data_ptr<int64_t>(), owners.const_data_ptr<int64_t>() + owners.numel()});
        const auto expected = part("recall");
        const double ours[] = {recall.textToImage.at1, recall.textToImage.at5, recall.textToImage.at10,
                               recall.imageToText.at1, recall.imageToText.at5, recall.imageToText.at10};
        for (int i = 0; i < 6; ++i)
            QVERIFY(std::abs(ours[i] - expected[i].item<double>()) < 1e-12);
        QVERIFY(std::abs(recall.mean() - expected.mean().item<double>()) < 1e-12);
    }

    void aCollapsedModelScoresChance() {
        const auto same = torch::ones({20, 4}) / 2;
        std::vector<int64_t> owner(20);
        std::iota(owner.begin(), owner.end(), 0);
        const auto recall = retrievalRecall(same, same, owner);
        QVERIFY(std::abs(recall.textToImage.at1 - 0.05) < 1e-6);
        QVERIFY(std::abs(recall.imageToText.at10 - 0.5) < 1e-6);
    }

    /// Equal rows have equal similarities in whichever tile they lie, a last one of one row too.
    void equalRowsStayEqualInEveryTile() {
        torch::manual_seed(3);
        for (const int64_t count : {1, 3, 17, 513, 1025, 2049}) {
            const auto image = torch::randn({1, 509}), text = image + 0.1 * torch::randn({1, 509});
            const auto images = (image / image.norm()).repeat({count, 1}),
                       texts = (text / text.norm()).repeat({count, 1});
            std::vector<int64_t> owner(static_cast<size_t>(count));
            std::iota(owner.begin(), owner.end(), 0);
            const RetrievalRanks ranks = retrievalRanks(images, texts, owner);
            for (const auto* side : {&ranks.imageToText, &ranks.textToImage})
                for (const QueryRank& rank : *side)
                    QCOMPARE(rank.place(0), 1 + static_cast<double>(count - 1) / 2);
        }
    }

    void whatIsNoNumberIsAMiss_data() {
        QTest::addColumn<double>("value");
        QTest::newRow("NaN") << std::nan("");
        QTest::newRow("infinity") << double{INFINITY};
    }

    void whatIsNoNumberIsAMiss() {
        QFETCH(double, value);
        const auto features = torch::eye(12);
        std::vector<int64_t> owner(12);
        std::iota(owner.begin(), owner.end(), 0);
        const auto broken = torch::full({12, 12}, value);
        for (const auto& recall : {retrievalRecall(broken, broken, owner), retrievalRecall(broken, features, owner)}) {
            QCOMPARE(recall.textToImage.at1, 0.0);
            QCOMPARE(recall.imageToText.at1, 0.0);
            QCOMPARE(recall.imageToText.at10, 0.0);
        }
        const auto oneBroken = features.clone();
        oneBroken[4].fill_(value);
        const auto recall = retrievalRecall(oneBroken, features, owner);
        QVERIFY(recall.imageToText.at1 <= 11.0 / 12 + 1e-9);
        QVERIFY(recall.textToImage.at1 <= 11.0 / 12 + 1e-9);
        if (std::isnan(value)) QCOMPARE(recall.imageToText.at1, 11.0 / 12);
        // Of an image's captions those that are numbers count.
        const auto texts = torch::cat({features, broken});
        std::vector<int64_t> twice = owner;
        twice.insert(twice.end(), owner.begin(), owner.end());
        if (std::isnan(value)) QCOMPARE(retrievalRecall(features, texts, twice).imageToText.at1, 1.0);
    }

    void recallOfManyTilesIsThatOfOneMatrix_data() {
        QTest::addColumn<int>("imageCount");
        QTest::addColumn<int>("textCount");
        QTest::newRow("more texts") << 1100 << 8500;
        QTest::newRow("more images") << 8300 << 1100;  // those without a text are misses
    }

    /// More than one tile in each direction; captions in any order, some images without numbers, many ties.
    void recallOfManyTilesIsThatOfOneMatrix() {
        QFETCH(int, imageCount);
        QFETCH(int, textCount);
        torch::manual_seed(4);
        // Of whole numbers every sum is exact, in tiles of any size.
        auto images = (unitRows(imageCount) * 3).round().to(torch::kFloat);
        auto texts = (unitRows(textCount) * 3).round().to(torch::kFloat);
        std::vector<int64_t> owner(static_cast<size_t>(textCount));
        for (int j = 0; j < textCount; ++j)
            owner[static_cast<size_t>(j)] = int64_t{j} * 7919 % imageCount;
        texts += images.index_select(0, torch::tensor(owner));
        images[5].fill_(NAN);
        images[imageCount - 7].fill_(NAN);
        const auto similarity = images.mm(texts.t());
        const auto isOwn = torch::arange(imageCount).unsqueeze(1) == torch::tensor(owner).unsqueeze(0);
        const auto recallAt5 = [](const torch::Tensor& values, const torch::Tensor& own) {
            const auto best = values.masked_fill(~own | values.isnan(), -INFINITY).amax(1, true);
            const auto foreign = values.masked_fill(own, -INFINITY);
            const auto better = (foreign > best).sum(1), equal = (foreign == best).sum(1);
            return ((5 - better) / (equal + 1)).clamp(0, 1).where(best.squeeze(1).isfinite(), 0).mean().item<double>();
        };
        const auto recall = retrievalRecall(images, texts, owner);
        QVERIFY(std::abs(recall.imageToText.at5 - recallAt5(similarity, isOwn)) < 1e-6);
        QVERIFY(std::abs(recall.textToImage.at5 - recallAt5(similarity.t(), isOwn.t())) < 1e-6);
        QVERIFY(recall.imageToText.at5 > 0.01 && recall.textToImage.at5 > 0.01);
    }

    void theBestOfManyLabelsIsThatOfOneMatrix() {
        torch::manual_seed(5);
        const auto images = (unitRows(1500) * 3).round().to(torch::kFloat);
        const auto labels = (unitRows(8400) * 3).round().to(torch::kFloat);
        const auto similarity = images.mm(labels.t());
        const auto best = classify(images, std::vector<int>(1500), {labels}).predicted;
        for (int64_t i = 0; i < 1500; ++i) {
            const float highest = similarity[i].max().item<float>();
            const auto first = (similarity[i] == highest).nonzero()[0].item<int64_t>();  // the first of equal ones
            QCOMPARE(best[static_cast<size_t>(i)], static_cast<int>(first));
        }
    }

    void noLabelIsBestForWhatIsNoNumber() {
        const auto labels = torch::eye(3);
        auto images = torch::eye(3).clone();
        images[1].fill_(NAN);
        const std::vector<int> truth = {0, 1, 2};
        QCOMPARE(classify(images, truth, {labels}).predicted, (std::vector<int>{0, -1, 2}));
        auto brokenLabels = labels.clone();
        brokenLabels[0].fill_(NAN);
        QCOMPARE(classify(labels, truth, {brokenLabels}).predicted, (std::vector<int>{1, 1, 2}));
        QCOMPARE(accuracyOf(torch::full({3, 3}, NAN), truth, {labels}), 0.0);
    }
};

DIAGONAL_TEST(TestRetrieval);
#include "test_retrieval.moc"
