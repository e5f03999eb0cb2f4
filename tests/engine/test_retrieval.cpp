// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/evaluation/retrieval.h"
#include "engine/evaluation/zero_shot_accuracy.h"
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

    void noLabelIsBestForWhatIsNoNumber() {
        const auto labels = torch::eye(3);
        auto images = torch::eye(3).clone();
        images[1].fill_(NAN);
        QCOMPARE(bestLabels(images, labels), (std::vector<int>{0, -1, 2}));
        auto brokenLabels = labels.clone();
        brokenLabels[0].fill_(NAN);
        QCOMPARE(bestLabels(labels, brokenLabels), (std::vector<int>{1, 1, 2}));
        QCOMPARE(accuracy(bestLabels(torch::full({3, 3}, NAN), labels), {0, 1, 2}), 0.0);
    }
};

DIAGONAL_TEST(TestRetrieval);
#include "test_retrieval.moc"
