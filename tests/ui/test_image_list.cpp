// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QTranslator>
#include <cmath>

#include "tests/registry.h"
#include "tests/ui/towards.h"
#include "ui/item_models/embedding_table_model.h"
#include "ui/item_models/score_list_model.h"
#include "ui/label/label_commands.h"
#include "ui/pictures/image_grid_model.h"
#include "ui/pictures/image_list.h"

using namespace diagonal;

namespace {

const QStringList kCompassLabels = {"east", "north", "west"};

/// Three labels in a plane: east, north, west.
Embeddings compass() {
    return {2, {1, 0, 0, 1, -1, 0}};
}

}  // namespace

class TestImageList : public QObject {
    Q_OBJECT

  private:
    /// Four images: sure east, sure north, unsure between them, failed.
    void fill(ImageList& model) {
        model.setTemperature(0.1);
        model.append({"/a/b10.png", "/a/b9.png", "/a/c.png", "/a/broken.png"});
        model.setLabels(kCompassLabels, compass());
        embedFour(model);
    }

  private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(".")); }

    /// What an undo keeps is bounded: the rest is computed again.
    void removedImagesLetGoOfWhatCanBeComputedAgain() {
        ImageList model;
        fill(model);
        QUndoStack stack;
        stack.push(new RemoveImagesCommand(model, {0}));
        stack.push(new RemoveImagesCommand(model, {0}));
        const size_t one = static_cast<const RemoveImagesCommand*>(stack.command(1))->bytes();
        QVERIFY(one > 0);
        boundMemory(stack, one);
        stack.undo();
        QVERIFY(!model.item(0).waiting && !model.item(0).embedding.empty());
        stack.undo();
        QVERIFY(model.item(0).waiting && model.item(0).embedding.empty());
        QCOMPARE(model.waiting().size(), size_t{1});
        embedFour(model);
        QCOMPARE(model.counts().sure, 2);
        QCOMPARE(model.counts().waiting, 0);
    }

    void topLabelAgreesWithTheRanking() {
        const std::vector<float> cosines = {0.2F, 0.5F, 0.45F, -0.1F};
        for (const double temperature : {0.01, 0.1, 1.0}) {
            const auto ranked = rankLabels(cosines, temperature);
            const TopLabel top = topLabel(cosines, temperature);
            QCOMPARE(ranked.size(), cosines.size());
            QCOMPARE(top.best, 1);
            QCOMPARE(top.second, 2);
            QCOMPARE(top.probability, ranked[0].probability);
            QCOMPARE(top.secondProbability, ranked[1].probability);
            QCOMPARE(top.sure, isSure(ranked));
            double sum = 0;
            for (const auto& score : ranked)
                sum += score.probability;
            QVERIFY(std::abs(sum - 1) < 1e-9);
        }
    }

    void cosinesAreDotProductsWhateverTheLength() {
        for (const size_t dim : {1U, 7U, 16U, 37U}) {
            Embeddings labels{static_cast<int64_t>(dim), std::vector<float>(2 * dim, 0.5F)};
            const std::vector<float> image(dim, 2.0F);
            const auto cosines = labelCosines(image, labels);
            QCOMPARE(cosines.size(), size_t(2));
            QCOMPARE(cosines[1], static_cast<float>(dim));
        }
        QVERIFY(labelCosines(std::vector<float>(3), {2, {1, 0}}).empty());
    }

    void keepsTheRulesOfModels() {
        ImageList model;
        ImageGridModel shown(model);
        const QAbstractItemModelTester shownTester(&shown, QAbstractItemModelTester::FailureReportingMode::QtTest);
        fill(model);
        auto taken = model.take({0, 2});
        QCOMPARE(model.rowCount(), 2);
        model.restore(std::move(taken));
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(model.item(2).path, QString("/a/c.png"));
        shown.refresh();
        QCOMPARE(shown.rowCount(), 4);
        for (const auto filter : {ImageFilter::Sure, ImageFilter::Unsure, ImageFilter::Failed, ImageFilter::All})
            shown.setFilter(filter);
        for (const auto order : {ImageOrder::Name, ImageOrder::Label, ImageOrder::LeastSure, ImageOrder::AsAdded})
            shown.setOrder(order);
    }

    void aPathStandsOnce() {
        ImageList model;
        QCOMPARE(model.append({"/a.png", "/b.png", "/a.png"}), 2);
        QCOMPARE(model.append({"/b.png"}), 0);
        model.take({1});
        QCOMPARE(model.append({"/b.png"}), 1);
    }

    void countsAndTopLabels() {
        ImageList model;
        fill(model);
        const ImageCounts counts = model.counts();
        QCOMPARE(counts.all, 4);
        QCOMPARE(counts.sure, 2);
        QCOMPARE(counts.unsure, 1);
        QCOMPARE(counts.failed, 1);
        QCOMPARE(counts.waiting, 0);
        QCOMPARE(model.givenCounts(), std::vector<int>({2, 1, 0, 0}));
        QCOMPARE(model.item(1).label, QString("north"));
        QCOMPARE(model.item(0).size, QSize(4, 3));
        ImageGridModel shown(model);
        shown.refresh();
        QVERIFY(shown.index(3, 0).data(Qt::AccessibleTextRole).toString().contains("the file is empty"));
    }

    void temperatureRescoresWhatIsKept() {
        ImageList model;
        fill(model);
        const double sharp = model.item(0).top.probability;
        model.setTemperature(10);
        QVERIFY(model.item(0).top.probability < sharp);
        QVERIFY(!model.item(0).top.sure);
        QCOMPARE(model.ranking(0).front().probability, model.item(0).top.probability);
    }

    /// They are seen, and keep their places in a filter, but no count takes them for the labels that are there.
    void earlierScoresCountNowhere() {
        ImageList model;
        fill(model);
        ImageGridModel shown(model);
        shown.setFilter(ImageFilter::Sure);
        QCOMPARE(shown.rowCount(), 2);
        const auto countsAre = [&](int sure, int unsure, const std::vector<int>& given) {
            shown.refresh();
            return model.counts().sure == sure && model.counts().unsure == unsure && model.counts().failed == 1 &&
                   shown.rowCount() == 2 && model.givenCounts() == given;
        };
        model.invalidateScores();
        QVERIFY(countsAre(0, 0, {0, 0, 0, 0}));
        QCOMPARE(model.item(0).givenLabel(), QString("east"));
        model.setLabels(kCompassLabels, compass());
        QVERIFY(countsAre(2, 1, {2, 1, 0, 0}));
        model.invalidateEmbeddings();
        model.setLabels(kCompassLabels, compass());
        QCOMPARE(model.counts().sure + model.counts().unsure, 0);
        model.setEmbeddings({{model.item(0).id, towards(0)}});
        QCOMPARE(model.counts().sure, 1);
        QCOMPARE(model.givenCounts(), std::vector<int>({1, 0, 0, 0}));
    }

    /// Typing changes the labels at each key: what comes at once replaces the old scores without a gap.
    void nothingFlickersWhileNewScoresComeAtOnce() {
        ImageList model;
        fill(model);
        QList<int> sure;
        connect(&model, &ImageList::scoresChanged, this, [&] { sure << model.counts().sure; });
        model.invalidateScores();
        model.setLabels(kCompassLabels, compass());
        QCOMPARE(sure, QList<int>{2});
        model.invalidateScores();
        QTRY_COMPARE(sure, QList<int>({2, 0}));
    }

    void reasonsAreInThePersonsLanguage() {
        ImageList model;
        class Shouting : public QTranslator {
          public:
            bool isEmpty() const override { return false; }
            QString translate(const char*, const char* text, const char*, int) const override {
                return QString::fromUtf8(text).toUpper();
            }
        } shouting;
        QCoreApplication::installTranslator(&shouting);
        fill(model);
        QCoreApplication::removeTranslator(&shouting);
        QCOMPARE(model.item(3).error, QString("THE FILE IS EMPTY"));
    }

    void oldScoresStayUntilTheNewArrive() {
        ImageList model;
        fill(model);
        model.invalidateScores();
        QVERIFY(model.item(0).stale);
        QCOMPARE(model.item(0).label, QString("east"));
        model.setLabels({"north"}, {2, {0, 1}});
        QVERIFY(!model.item(0).stale);
        QCOMPARE(model.item(0).label, QString("north"));
        QCOMPARE(model.ranking(0).size(), size_t(1));
    }

    void anotherModelWantsEveryImageAgain() {
        ImageList model;
        fill(model);
        auto taken = model.take({0});
        model.invalidateEmbeddings();
        QCOMPARE(model.waiting().size(), size_t(3));
        QCOMPARE(model.item(0).label, QString("north"));
        QVERIFY(model.item(0).stale);
        // What comes back by undo has an embedding of the model before.
        model.restore(std::move(taken));
        QCOMPARE(model.waiting().size(), size_t(4));
    }

    void longListsAreScoredInSlices() {
        constexpr int kImages = 10'000, kDim = 512, kLabelCount = 20;
        ImageList model;
        QStringList paths, labels;
        for (int i = 0; i < kImages; ++i)
            paths << QStringLiteral("/%1.png").arg(i);
        model.append(paths);
        std::vector<std::pair<quint64, ImageEmbedding>> embeddings;
        for (int i = 0; i < kImages; ++i) {
            ImageEmbedding one;
            one.values.assign(kDim, 0);
            one.values[static_cast<size_t>(i % kLabelCount)] = 1;
            embeddings.emplace_back(model.item(i).id, one);
        }
        model.setEmbeddings(embeddings);
        Embeddings axes{kDim, std::vector<float>(size_t(kDim) * kLabelCount)};
        for (int i = 0; i < kLabelCount; ++i) {
            labels << QString::number(i);
            axes.values[static_cast<size_t>(i * kDim + i)] = 1;
        }
        model.setLabels(labels, axes);
        QTRY_VERIFY(model.isScored());
        for (const int row : {0, 7, kImages - 1})
            QCOMPARE(model.item(row).label, QString::number(row % kLabelCount));
        QCOMPARE(model.givenCounts()[3], kImages / kLabelCount);
    }

    void filtersAndOrders() {
        ImageList model;
        fill(model);
        ImageGridModel shown(model);
        const auto names = [&shown] {
            QStringList list;
            for (int row = 0; row < shown.rowCount(); ++row)
                list << shown.index(row, 0).data().toString();
            return list;
        };
        shown.setFilter(ImageFilter::Unsure);
        QCOMPARE(names(), QStringList({"c.png"}));
        shown.setFilter(ImageFilter::Failed);
        QCOMPARE(names(), QStringList({"broken.png"}));
        shown.setFilter(ImageFilter::All);
        shown.setOrder(ImageOrder::Name);
        QCOMPARE(names(), QStringList({"b9.png", "b10.png", "broken.png", "c.png"}));
        shown.setOrder(ImageOrder::Label);
        QCOMPARE(names(), QStringList({"b10.png", "c.png", "b9.png", "broken.png"}));
        shown.setOrder(ImageOrder::LeastSure);
        QCOMPARE(names().first(), QString("c.png"));
        QCOMPARE(names().last(), QString("broken.png"));
        shown.setOrder(ImageOrder::AsAdded);
        QCOMPARE(names(), QStringList({"b10.png", "b9.png", "c.png", "broken.png"}));
    }

    /// Every second row filtered out, taken and put back: a few signals, whatever the number of rows.
    void scatteredRowsGoAndComeBackInOnePiece() {
        constexpr int kRows = 20'000;
        ImageList model;
        ImageGridModel shown(model);
        QStringList paths;
        for (int i = 0; i < kRows; ++i)
            paths << QStringLiteral("/%1.png").arg(i);
        model.setTemperature(0.1);
        model.append(paths);
        model.setLabels(kCompassLabels, compass());
        std::vector<std::pair<quint64, ImageEmbedding>> results;
        for (int i = 0; i < kRows; ++i)
            results.emplace_back(model.item(i).id, towards(i % 2 == 0 ? 0 : 44.9));
        model.setEmbeddings(results);
        shown.refresh();
        QSignalSpy removed(&shown, &QAbstractItemModel::rowsRemoved),
            inserted(&shown, &QAbstractItemModel::rowsInserted);
        const QPersistentModelIndex kept(shown.index(777, 0));
        shown.setFilter(ImageFilter::Unsure);
        QCOMPARE(shown.rowCount(), kRows / 2);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(kept.row(), 388);
        shown.setFilter(ImageFilter::All);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(kept.row(), 777);

        QList<int> every;
        for (int row = 0; row < kRows; row += 2)
            every << row;
        removed.clear();
        auto taken = model.take(every);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(kept.row(), 388);
        QCOMPARE(model.rowOf(model.item(388).id), 388);
        QCOMPARE(model.counts().sure, 0);
        model.append({"/later.png", "/0.png"});
        QSignalSpy changed(&model, &ImageList::changed);
        model.restore(std::move(taken));
        QVERIFY2(model.isScored() && changed.isEmpty(), "scores that are still good are kept");
        QCOMPARE(model.rowCount(), kRows + 1);
        QCOMPARE(model.item(1).path, QString("/2.png"));  // /0.png was added anew and stays where that was
        QCOMPARE(model.item(kRows).path, QString("/0.png"));
        shown.refresh();
        QCOMPARE(kept.row(), 776);
        QCOMPARE(kept.data().toString(), QString("777.png"));
    }

    /// Rows, counts and places against a plain list, through some thousand random steps.
    void anyOrderOfStepsKeepsListAndRowsTogether() {
        QRandomGenerator random(11);
        ImageList model;
        ImageGridModel shown(model);
        const QAbstractItemModelTester tester(&shown, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setLabels(kCompassLabels, compass());
        std::vector<std::vector<ImageItem>> undo;
        int made = 0;
        for (int step = 0; step < 3000; ++step) {
            switch (random.bounded(7)) {
                case 0: {
                    QStringList paths;
                    for (int i = random.bounded(30); i > 0; --i)
                        paths << QStringLiteral("/%1.png").arg(made++);
                    model.append(paths);
                    break;
                }
                case 1: {
                    QList<int> rows;
                    for (int row = 0; row < model.rowCount(); ++row)
                        if (random.bounded(3) == 0) rows << row;
                    undo.push_back(model.take(rows));
                    break;
                }
                case 2:
                    if (undo.empty()) break;
                    model.restore(std::move(undo.back()));
                    undo.pop_back();
                    break;
                case 3: {
                    std::vector<std::pair<quint64, ImageEmbedding>> results;
                    for (const auto& [id, path] : model.waiting()) {
                        ImageEmbedding one = towards(random.bounded(180));
                        if (random.bounded(9) == 0) one.error = "the file is empty";
                        if (random.bounded(2) == 0) results.emplace_back(id, one);
                    }
                    model.setEmbeddings(results);
                    break;
                }
                case 4:
                    shown.setFilter(static_cast<ImageFilter>(random.bounded(5)));
                    break;
                case 5:
                    shown.setOrder(static_cast<ImageOrder>(random.bounded(5)));
                    shown.setGrouped(random.bounded(2) == 0);
                    break;
                case 6:
                    if (random.bounded(4) != 0)
                        model.setTemperature(0.01 * (1 + random.bounded(50)));
                    else if (random.bounded(2) == 0)
                        model.setLabels(kCompassLabels, compass());
                    else
                        model.invalidateEmbeddings(), model.setLabels(kCompassLabels, compass());
                    break;
            }
            ImageCounts counts;
            std::vector<int> tops(4);
            for (int row = 0; row < model.rowCount(); ++row) {
                const ImageItem& one = model.item(row);
                QCOMPARE(model.rowOf(one.id), row);
                counts.waiting += one.waiting;
                counts.sure += one.verdict() == Verdict::Sure;
                counts.unsure += one.verdict() == Verdict::Unsure;
                counts.failed += one.verdict() == Verdict::Failed;
                counts.none += one.verdict() == Verdict::None;
                if (!one.isFailed() && !one.stale && one.hasScores() && one.assigned)
                    ++tops[static_cast<size_t>(one.top.best)];
            }
            QCOMPARE(model.counts().all, model.rowCount());
            QCOMPARE(model.counts().waiting, counts.waiting);
            QCOMPARE(model.counts().sure, counts.sure);
            QCOMPARE(model.counts().unsure, counts.unsure);
            QCOMPARE(model.counts().failed, counts.failed);
            QCOMPARE(model.counts().none, counts.none);
            QCOMPARE(model.givenCounts(), tops);
            for (int row = 0; row < shown.rowCount(); ++row)
                QVERIFY(shown.imageRow(shown.index(row, 0)) < model.rowCount());
            int grouped = 0;
            for (const ImageGroup& group : shown.groups())
                grouped += group.count;
            QCOMPARE(grouped, shown.isGrouped() ? shown.rowCount() : 0);
            shown.refresh();
            int wanted = 0;
            for (int row = 0; row < model.rowCount(); ++row)
                wanted += passes(model.item(row), shown.filter());
            QCOMPARE(shown.rowCount(), wanted);
        }
    }

    void scoreListGrowsAndShrinks() {
        ScoreListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setLabels({"a", "b"});
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(!model.index(0, 0).data(ScoreListModel::HasScoreRole).toBool());
        model.setScores({"a", "b", "c"}, {{2, 0.9, 0.3}, {0, 0.06, 0.2}, {1, 0.04, 0.1}});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, 0).data().toString(), QString("c"));
        QCOMPARE(model.index(0, 0).data(Qt::AccessibleTextRole).toString(), QString("c, 90.0%, cosine 0.300"));
        model.setLabels({"a"});
        QCOMPARE(model.rowCount(), 1);
        model.setLabels({});
        QCOMPARE(model.rowCount(), 0);
    }

    void embeddingTableShowsWhatIsThere() {
        EmbeddingTableModel model;
        FailureTableModel failures;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester failureTester(&failures, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setNames({"/x/a.png", "/x/b.png"}, true);
        QCOMPARE(model.index(0, 0).data().toString(), QString("a.png"));
        QCOMPARE(model.index(0, 1).data().toString(), QString("–"));
        model.setValues(0, {0.5F, -0.25F});
        QCOMPARE(model.index(0, 1).data().toString(), QString("0.5000"));
        QCOMPARE(model.index(0, 2).data().toString(), QString("−0.2500"));
        model.setError(1, "the file is empty");
        QCOMPARE(model.index(1, 1).data().toString(), QString("the file is empty"));
        model.setNames({"/x/a.png"}, true);
        QCOMPARE(model.index(0, 1).data().toString(), QString("0.5000"));
        failures.setFailures({{"/x/b.png", "the file is empty"}});
        QCOMPARE(failures.index(0, 1).data().toString(), QString("the file is empty"));
    }
};

DIAGONAL_TEST(TestImageList);
#include "test_image_list.moc"
