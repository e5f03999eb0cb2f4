// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QHeaderView>
#include <QImage>
#include <QLineEdit>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tests/ui/bytes_in.h"
#include "tests/ui/label_pane_test.h"
#include "tests/ui/towards.h"
#include "ui/label/bar_list.h"
#include "ui/label/confusion_view.h"
#include "ui/label/grid_column.h"
#include "ui/label/image_filter_chips.h"
#include "ui/label/label_export.h"
#include "ui/label/side_panel.h"
#include "ui/label/sort_job.h"
#include "ui/label/table_column.h"
#include "ui/label/table_strip.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/image_table.h"

using namespace diagonal;

namespace {

const QStringList kTableLabels = {"east", "north | up", "west"};

/// Three labels in a plane; "up" lies beside "north" and never counts.
Embeddings tableCompass() {
    return {2, {1, 0, 0, 1, 0, 0.5F, -1, 0}};
}

QStringList namesOf(const ImageTableModel& table) {
    QStringList names;
    for (int row = 0; row < table.rowCount(); ++row)
        names << table.index(row, ImageTableModel::Name).data().toString();
    return names;
}

}  // namespace

class TestImageTable : public LabelPaneTest {
    Q_OBJECT

  private:
    /// Sure east, sure north in a folder "Up", unsure between them, failed.
    void fill(ImageList& model) {
        model.setTemperature(0.1);
        model.append({"/a/East/b10.png", "/a/Up/b9.png", "/a/c.png", "/a/west/broken.png"});
        model.setLabels(kTableLabels, tableCompass());
        embedFour(model);
    }
    void openTable() {
        openPaneFor({"red", "dark blue", "dog"});
        m_pane->openPaths(m_files);
        m_pane->showView("table");
        QTRY_VERIFY(isLabelled());
        m_pane->tableColumn().shown().refresh();
    }
    ImageTableModel& shown() { return m_pane->tableColumn().shown(); }
    ImageTable& table() { return m_pane->tableColumn().table(); }

    QStringList m_files;

  private Q_SLOTS:
    void initTestCase() {
        m_files = {picture("Red/r10.png", Qt::red), picture("Red/r9.png", Qt::darkRed),
                   picture("dark_blue/b.png", Qt::blue), emptyFile("empty.png")};
    }

    void foldersNameLabels() {
        const FolderLabels folders({"golden retriever", "cat | kitten", "dog"});
        QCOMPARE(folders.labelOf("/x/Golden_Retriever/1.jpg"), 0);
        QCOMPARE(folders.labelOf("/x/golden-retriever/1.jpg"), 0);
        QCOMPARE(folders.labelOf("/x/KITTEN/1.jpg"), 1);
        QCOMPARE(folders.labelOf("/cat/1.jpg"), 1);
        QCOMPARE(folders.labelOf("/dog/other/1.jpg"), -1);
        QCOMPARE(folders.labelOf("1.jpg"), -1);
        QCOMPARE(folders.labelOf("/1.jpg"), -1);
        QCOMPARE(folders.labelOf("no such file, but a reason"), -1);
        QCOMPARE(FolderLabels().labelOf("/cat/1.jpg"), -1);
    }

    void confusionCountsExactly() {
        constexpr int kNone = Confusion::kNone;
        const QStringList labels = {"ant", "bee", "cow", "=dog"};
        // Bees twice right, once an ant, once nothing; a dog taken for an ant; dogs right.
        const Confusion confusion(labels, {{1, 1}, {1, 1}, {1, 0}, {1, kNone}, {3, 0}, {3, 3}, {3, 3}, {3, 3}});
        QCOMPARE(confusion.rowCount(), 2);
        QCOMPARE(confusion.columnCount(), 4);
        QCOMPARE(confusion.rowText(0), QString("bee"));
        QCOMPARE(confusion.rowText(1), QString("=dog"));
        QCOMPARE(confusion.columnText(0), QString("bee"));
        QCOMPARE(confusion.columnText(2), QString("ant"));
        QCOMPARE(confusion.columnText(3), QString());
        const int expected[2][4] = {{2, 0, 1, 1}, {0, 3, 1, 0}};
        for (int row = 0; row < 2; ++row)
            for (int column = 0; column < 4; ++column)
                QCOMPARE(confusion.count(row, column), expected[row][column]);
        QCOMPARE(confusion.rowTotal(0), 4);
        QCOMPARE(confusion.known(), 8);
        QCOMPARE(confusion.right(), 5);
        QCOMPARE(confusion.accuracy(), 5.0 / 8);
        QCOMPARE(confusion.highest(), 3);
        QCOMPARE(confusion.csv("none"),
                 std::string("true label,bee,'=dog,ant,none\r\nbee,2,0,1,1\r\n'=dog,0,3,1,0\r\n"));
        QVERIFY(Confusion(labels, {}).isEmpty());
        QCOMPARE(Confusion().accuracy(), 0.0);
    }

    void confusionFollowsTheImages() {
        ImageList images;
        ImageTableModel table(images);
        fill(images);
        const Confusion confusion = table.confusion();
        QCOMPARE(confusion.known(), 2);  // one lies in no label's folder, one failed
        QCOMPARE(confusion.right(), 2);
        QCOMPARE(images.givenCounts(), std::vector<int>({2, 1, 0, 0}));
        images.invalidateScores();
        QVERIFY(table.confusion().isEmpty());
    }

    /// Chips, counts, grid, groups, table and sorting say the same of the same images.
    void oneRuleCountsEverywhere() {
        const QStringList labels = {"east", "north @ 90%", "! west"};
        const auto compass = Embeddings{2, {1, 0, 0, 1, -1, 0}};
        ImageList images;
        ImageGridModel grid(images);
        ImageTableModel table(images);
        images.setTemperature(0.1);
        images.append({"/east.png", "/north.png", "/unsure.png", "/low.png", "/west.png", "/broken.png", "/later.png"});
        images.setLabels(labels, compass);
        std::vector<std::pair<quint64, ImageEmbedding>> results;
        for (const double degrees : {0.0, 90.0, 44.9, 50.0, 180.0, 0.0})
            results.emplace_back(images.item(static_cast<int>(results.size())).id, towards(degrees));
        results.back().second.error = "the file is empty";
        images.setEmbeddings(results);
        std::vector<quint64> ids;
        for (int row = 0; row < images.rowCount(); ++row)
            ids.push_back(images.item(row).id);

        // Earlier scores are seen where they stood, and count nowhere.
        using Filter = ImageFilter;
        const std::map<Filter, int> seen = {
            {Filter::Sure, 2}, {Filter::Unsure, 1}, {Filter::None, 2}, {Filter::Failed, 1}};
        const auto holds = [&](const std::map<ImageFilter, int>& expected, const std::vector<int>& given) {
            const ImageCounts& counts = images.counts();
            QCOMPARE(counts.sure, expected.at(ImageFilter::Sure));
            QCOMPARE(counts.unsure, expected.at(ImageFilter::Unsure));
            QCOMPARE(counts.none, expected.at(ImageFilter::None));
            QCOMPARE(counts.failed, expected.at(ImageFilter::Failed));
            QCOMPARE(images.givenCounts(), given);
            QCOMPARE(std::accumulate(given.begin(), given.end(), 0), counts.sure + counts.unsure + counts.none);
            for (const auto& [state, count] : seen) {
                grid.setFilter(state);
                QCOMPARE(grid.rowCount(), count);
                ImageTableFilter filter;
                filter.state = state;
                table.setFilter(filter);
                QCOMPARE(table.rowCount(), count);
            }
            ImageTableFilter filter;
            for (size_t i = 0; i < given.size(); ++i) {
                filter.label = images.labels().value(static_cast<qsizetype>(i));
                table.setFilter(filter);
                QCOMPARE(table.rowCount(), given[i]);
            }
            table.setFilter({});
            QMap<QString, int> verdicts;
            for (int row = 0; row < table.rowCount(); ++row)
                ++verdicts[table.index(row, ImageTableModel::Verdict).data().toString().section(':', 0, 0)];
            QCOMPARE(verdicts["Sure"], counts.sure);
            QCOMPARE(verdicts["Unsure"], counts.unsure);
            QCOMPARE(verdicts["None"], counts.none);
            QCOMPARE(verdicts["Failed"], counts.failed);
            grid.setFilter(ImageFilter::All);
            grid.setGrouped(true);
            QMap<ImageGroup::Kind, int> groups;
            for (const ImageGroup& group : grid.groups())
                groups[group.kind] += group.count;
            QCOMPARE(groups[ImageGroup::Kind::NoLabel], counts.none);
            QCOMPARE(groups[ImageGroup::Kind::Label], counts.sure + counts.unsure);
            QCOMPARE(sortCounts(images, ids).unsure, counts.unsure);
            QCOMPARE(sortCounts(images, ids).others, counts.none);
            const SortJob job = makeSortJob(images, ids, {});
            QCOMPARE(static_cast<int>(job.items.size()), counts.sure + counts.unsure);
            QCOMPARE(job.othersLeft, counts.none);
            QCOMPARE(job.failed, counts.failed);
            QCOMPARE(job.waiting, verdicts["Waiting"]);
        };
        holds(seen, {2, 1, 0, 2});
        QCOMPARE(table.index(3, ImageTableModel::Label).data().toString(), QString("No label"));
        images.invalidateScores();
        holds({{Filter::Sure, 0}, {Filter::Unsure, 0}, {Filter::None, 0}, {Filter::Failed, 1}}, {0, 0, 0, 0});
        images.setLabels(labels, compass);
        holds(seen, {2, 1, 0, 2});
        images.invalidateEmbeddings();
        images.setLabels(labels, compass);
        images.setEmbeddings({results[0], results[3]});
        holds({{Filter::Sure, 1}, {Filter::Unsure, 0}, {Filter::None, 1}, {Filter::Failed, 1}}, {1, 0, 0, 1});
    }

    void keepsTheRulesOfModels() {
        ImageList images;
        ImageTableModel table(images);
        BarModel counts;
        ConfusionModel matrix;
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester countTester(&counts, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester matrixTester(&matrix, QAbstractItemModelTester::FailureReportingMode::QtTest);
        fill(images);
        QTRY_COMPARE(table.rowCount(), 4);
        for (int column = -1; column < ImageTableModel::ColumnCount; ++column)
            for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
                table.sort(column, order);
                QCOMPARE(table.rowCount(), 4);
            }
        auto taken = images.take({0, 2});
        QCOMPARE(table.rowCount(), 2);
        images.restore(std::move(taken));
        QTRY_COMPARE(table.rowCount(), 4);
        for (const auto state : {ImageFilter::Sure, ImageFilter::Unsure, ImageFilter::Failed, ImageFilter::All}) {
            ImageTableFilter filter;
            filter.state = state;
            table.setFilter(filter);
            QCOMPARE(table.rowCount(), state == ImageFilter::All ? 4 : state == ImageFilter::Sure ? 2 : 1);
        }
        counts.set(countRows(images.labels(), images.givenCounts()));
        QCOMPARE(counts.rowCount(), 3);
        QCOMPARE(countsCsv(images.labels(), images.givenCounts()),
                 QByteArray("label,images\r\neast,2\r\nnorth | up,1\r\nwest,0\r\n"));
        matrix.set(table.confusion());
        QCOMPARE(matrix.rowCount(), 2);
    }

    void persistentIndexesFollowTheirImage() {
        ImageList images;
        ImageTableModel table(images);
        fill(images);
        table.refresh();
        const QPersistentModelIndex held = table.index(2, ImageTableModel::Label);
        const QString name = "c.png";
        table.sort(ImageTableModel::Name, Qt::DescendingOrder);
        QCOMPARE(held.sibling(held.row(), ImageTableModel::Name).data().toString(), name);
        images.take({0});
        QCOMPARE(held.sibling(held.row(), ImageTableModel::Name).data().toString(), name);
        ImageTableFilter filter;
        filter.state = ImageFilter::Failed;
        table.setFilter(filter);
        QVERIFY(!held.isValid());
    }

    void sortsByEachColumn() {
        ImageList images;
        ImageTableModel table(images);
        fill(images);
        table.refresh();
        QCOMPARE(namesOf(table), QStringList({"b10.png", "b9.png", "c.png", "broken.png"}));
        table.sort(ImageTableModel::Name, Qt::AscendingOrder);
        QCOMPARE(namesOf(table), QStringList({"b9.png", "b10.png", "broken.png", "c.png"}));
        table.sort(ImageTableModel::Probability, Qt::AscendingOrder);
        QCOMPARE(namesOf(table), QStringList({"c.png", "b9.png", "b10.png", "broken.png"}));
        table.sort(ImageTableModel::Probability, Qt::DescendingOrder);
        QCOMPARE(namesOf(table), QStringList({"b10.png", "b9.png", "c.png", "broken.png"}));
        table.sort(ImageTableModel::Label, Qt::DescendingOrder);
        QCOMPARE(namesOf(table), QStringList({"b9.png", "b10.png", "c.png", "broken.png"}));
        table.sort(ImageTableModel::Verdict, Qt::AscendingOrder);
        QCOMPARE(namesOf(table), QStringList({"b10.png", "b9.png", "c.png", "broken.png"}));
        table.sort(-1, Qt::AscendingOrder);
        QCOMPARE(namesOf(table), QStringList({"b10.png", "b9.png", "c.png", "broken.png"}));
    }

    void searchesWordsEverywhere_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("name") << QStringList{"B1"} << QStringList{"b10.png"};
        QTest::newRow("folder") << QStringList{"up"} << QStringList{"b9.png"};
        QTest::newRow("label") << QStringList{"east"} << QStringList{"b10.png", "c.png"};
        QTest::newRow("error") << QStringList{"empty"} << QStringList{"broken.png"};
        QTest::newRow("all words") << QStringList{"east", "c."} << QStringList{"c.png"};
        QTest::newRow("no hit") << QStringList{"east", "west"} << QStringList{};
    }

    void searchesWordsEverywhere() {
        QFETCH(QStringList, words);
        QFETCH(QStringList, names);
        ImageList images;
        ImageTableModel table(images);
        fill(images);
        ImageTableFilter filter;
        filter.words = words;
        table.setFilter(filter);
        QCOMPARE(namesOf(table), names);
    }

    void filtersByLabelAndTruth() {
        ImageList images;
        ImageTableModel table(images);
        fill(images);
        ImageTableFilter filter;
        filter.label = "east";
        table.setFilter(filter);
        QCOMPARE(namesOf(table), QStringList({"b10.png", "c.png"}));
        filter.truth = "east";
        table.setFilter(filter);
        QCOMPARE(namesOf(table), QStringList({"b10.png"}));
        filter = {};
        filter.truth = "north | up";
        table.setFilter(filter);
        QCOMPARE(namesOf(table), QStringList({"b9.png"}));
    }

    void newScoresReachTheFilterLater() {
        ImageList images;
        ImageTableModel table(images);
        fill(images);
        ImageTableFilter filter;
        filter.label = "east";
        table.setFilter(filter);
        images.setEmbeddings({{images.item(0).id, towards(180)}});
        QCOMPARE(table.rowCount(), 2);  // nothing jumps away at once
        QCOMPARE(table.index(0, ImageTableModel::Label).data().toString(), QString("west"));
        QTRY_COMPARE(table.rowCount(), 1);
    }

    void rowsAreCopiedAsTsv() {
        ImageList images;
        ImageTableModel table(images);
        fill(images);
        table.refresh();
        images.appendFailed({{"/a/=x\ty.png", "gone"}});
        table.refresh();
        const QList<int> columns = {ImageTableModel::Name, ImageTableModel::Label, ImageTableModel::Cosine,
                                    ImageTableModel::Verdict};
        QCOMPARE(table.asText({table.index(0, 0), table.index(3, 0), table.index(4, 0)}, columns),
                 QString("File\tLabel\tCosine\tVerdict\nb10.png\teast\t1\tSure\n"
                         "broken.png\t\t\tFailed: the file is empty\n'=x\\x09y.png\t\t\tFailed: gone\n"));
    }

    void aHundredThousandRowsAreSortedAndFiltered() {
        constexpr int kRows = 100'000;
        ImageList images;
        ImageTableModel table(images);
        ImageTable view(table);
        view.resize(900, 500);
        view.show();
        images.setTemperature(0.1);
        images.setLabels(kTableLabels, tableCompass());
        QStringList files;
        for (int i = 0; i < kRows; ++i)
            files << QStringLiteral("/p/%1/picture %2.png").arg(i % 2 == 0 ? "east" : "west").arg(i);
        images.append(files);
        std::vector<std::pair<quint64, ImageEmbedding>> results;
        for (int i = 0; i < kRows; ++i)
            results.emplace_back(images.item(i).id, towards(i % 4 == 3 ? 0 : (i % 2) * 180));
        images.setEmbeddings(results);
        table.refresh();
        QCOMPARE(table.rowCount(), kRows);
        view.selectAll();
        QCOMPARE(view.selectedRows().size(), kRows);
        table.sort(ImageTableModel::Name, Qt::DescendingOrder);
        QCOMPARE(namesOf(table).first(), QString("picture 99999.png"));
        ImageTableFilter filter;
        filter.words = QStringList{"777"};
        filter.label = "west";
        table.setFilter(filter);
        QCOMPARE(table.rowCount(), 133);  // 777 in it, and 1 modulo 4
        table.setFilter({});
        QCOMPARE(table.rowCount(), kRows);
        const Confusion confusion = table.confusion();
        QCOMPARE(confusion.count(0, 0), kRows / 2);
        QCOMPARE(confusion.count(1, 0), kRows / 4);
        QCOMPARE(confusion.count(1, 1), kRows / 4);
        QList<int> scattered;
        for (int row = 0; row < kRows; row += 50)
            scattered << row;
        auto taken = images.take(scattered);
        QCOMPARE(table.rowCount(), kRows - scattered.size());
    }

    void jsonReadsBack() {
        const QString file = m_folder.filePath("labels.json");
        writeLabelJson(file.toStdString(),
                       {{"/a \"b\".png", "", {0.5F, 0.25F}}, {"/gone\xff.png", "the file is empty", {}}},
                       parseLabels({"cat @ 60%", "dog | pup"}), "/models/tiny", 0.5);
        const auto json = nlohmann::ordered_json::parse(bytesIn(file).toStdString());
        std::vector<std::string> keys;
        for (const auto& [key, value] : json.items())
            keys.push_back(key);
        QCOMPARE(keys, std::vector<std::string>({"model", "labels", "temperature", "results"}));
        QCOMPARE(json["labels"][1].get<std::string>(), std::string("dog | pup"));
        QCOMPARE(json["temperature"].get<double>(), 0.5);
        QCOMPARE(json["results"].size(), size_t(2));
        const auto& first = json["results"][0];
        QCOMPARE(first["image"].get<std::string>(), std::string("/a \"b\".png"));
        QCOMPARE(first["sure"].get<bool>(), false);
        QVERIFY(!first["label"].is_null());
        QCOMPARE(first["scores"][0]["label"].get<std::string>(), std::string("cat"));
        QCOMPARE(first["scores"][0]["cosine"].get<double>(), 0.5);
        QVERIFY(std::abs(first["scores"][0]["probability"].get<double>() - 1 / (1 + std::exp(-0.5))) < 1e-9);
        QCOMPARE(json["results"][1]["error"].get<std::string>(), std::string("the file is empty"));
        QVERIFY(!json["results"][1].contains("scores"));
        writeLabelJson(file.toStdString(), {}, {}, {}, 1);
        QVERIFY(nlohmann::json::parse(bytesIn(file).toStdString())["results"].empty());
    }

    void theTableShowsTheImages() {
        openTable();
        QCOMPARE(m_pane->currentView(), QString("table"));
        QVERIFY(table().isVisible() && m_pane->side().isVisible() && !m_pane->gridColumn().isVisible());
        QCOMPARE(shown().rowCount(), 4);
        QCOMPARE(m_pane->tableColumn().currentRow(), 0);
        QVERIFY(!m_pane->grab().isNull());
        for (QAction* action : m_pane->viewActions())
            if (action->shortcut() == QKeySequence("Alt+1")) action->trigger();
        QCOMPARE(m_pane->currentView(), QString("picture"));
        QVERIFY(m_pane->gridColumn().isVisible());
        QCOMPARE(settings().value("label/view").toString(), QString("picture"));
    }

    void enterOpensThePicture() {
        openTable();
        table().horizontalHeader()->setSortIndicator(ImageTableModel::Name, Qt::AscendingOrder);
        m_pane->tableColumn().chooseRow(2);
        m_pane->gridColumn().chips().setCurrentIndex(3);  // the grid would hide it
        QTest::keyClick(&table(), Qt::Key_Return);
        QCOMPARE(m_pane->currentView(), QString("picture"));
        QCOMPARE(m_pane->gridColumn().currentRow(), 2);
        m_pane->gridColumn().chooseRow(1);
        m_pane->showView("table");
        QCOMPARE(m_pane->tableColumn().currentRow(), 1);
    }

    void rowsAreRemovedAndComeBack() {
        openTable();
        table().horizontalHeader()->setSortIndicator(ImageTableModel::Name, Qt::AscendingOrder);
        const QStringList before = namesOf(shown());
        table().choose(shown().index(1, 0));
        m_pane->removeSelected();
        QCOMPARE(images().rowCount(), 3);
        QCOMPARE(shown().rowCount(), 3);
        QCOMPARE(namesOf(shown())[table().currentIndex().row()], before[2]);
        QCOMPARE(table().selectedRows().size(), 1);
        m_pane->undoStack().undo();
        QTRY_COMPARE(namesOf(shown()), before);
        table().selectAll();
        m_pane->removeSelected();
        QCOMPARE(images().rowCount(), 0);
        m_pane->undoStack().undo();
        QTRY_COMPARE(shown().rowCount(), 4);
    }

    void selectionIsCopiedWithAHead() {
        openTable();
        table().setColumnHidden(ImageTableModel::Second, true);
        table().selectAll();
        const QStringList lines = m_pane->selectionAsText().split('\n');
        QCOMPARE(lines.size(), 6);  // the last is empty
        QCOMPARE(lines[0], QString("File\tFolder\tLabel\tProbability\tCosine\tLead\tVerdict\tPixels"));
        QVERIFY(lines[1].startsWith("r10.png\tRed\t"));
        QVERIFY(lines[4].startsWith("empty.png\t"));
    }

    void keysFindTheSearchAndClearIt() {
        openTable();
        QVERIFY(QTest::qWaitForWindowActive(m_pane.get()));
        QTest::keyClick(m_pane.get(), Qt::Key_F, Qt::ControlModifier);
        QLineEdit& search = m_pane->tableColumn().search();
        QVERIFY(search.hasFocus());
        QTest::keyClicks(&search, "nowhere");
        QTRY_COMPARE(shown().rowCount(), 0);
        QTest::keyClick(&search, Qt::Key_Escape);
        QVERIFY(search.text().isEmpty());
        QTRY_VERIFY(shown().rowCount() > 0);
    }

    void filtersAreSetAndCleared() {
        openTable();
        TableColumn& column = m_pane->tableColumn();
        QTest::keyClicks(&column.search(), "red r1");
        QTest::keyClick(&column.search(), Qt::Key_Return);
        QCOMPARE(namesOf(shown()), QStringList{"r10.png"});
        QCOMPARE(column.currentRow(), 0);
        QTest::keyClicks(&column.search(), " nowhere");
        QTRY_COMPARE(shown().rowCount(), 0);
        QVERIFY(!table().isVisible());
        column.clearFilters();
        QCOMPARE(shown().rowCount(), 4);
        QVERIFY(table().isVisible() && column.search().text().isEmpty());
        column.chips().setCurrentIndex(3);
        QCOMPARE(namesOf(shown()), QStringList{"empty.png"});
        column.clearFilters();

        const QString best = images().item(0).label;
        Q_EMIT column.strip().labelChosen(best);
        for (int row = 0; row < shown().rowCount(); ++row)
            QCOMPARE(shown().index(row, ImageTableModel::Label).data().toString(), best);
        // Other labels: what was filtered by is gone.
        m_pane->side().replaceLabels({"red", "cow"});
        QTRY_VERIFY(isLabelled());
        if (best != "red") QTRY_COMPARE(shown().rowCount(), 4);
    }

    void confusionCellsFilter() {
        openTable();
        TableStrip& strip = m_pane->tableColumn().strip();
        strip.showConfusion(true);
        const Confusion& confusion = strip.confusion().matrix().confusion();
        QCOMPARE(confusion.rowCount(), 2);
        QCOMPARE(confusion.known(), 3);
        for (int column = 0; column < confusion.columnCount(); ++column) {
            const int count = confusion.count(0, column);
            Q_EMIT strip.confusion().cellChosen("red", confusion.columnText(column));
            QCOMPARE(shown().rowCount(), count);
        }
        m_pane->tableColumn().clearFilters();
        QVERIFY(strip.confusion().isVisible());
        m_pane->side().replaceLabels({"cow"});
        QTRY_VERIFY(isLabelled());
        shown().refresh();
        QVERIFY(!strip.confusion().isVisible());
        strip.setOpen(false);
        QVERIFY(!strip.isOpen());
    }

    void exportsFollowTheEnding() {
        openTable();
        QSignalSpy exported(&m_pane->session(), &LabelSession::exported);
        const QString json = m_folder.filePath("out.json"), csv = m_folder.filePath("out.csv");
        m_pane->exportTo(json);
        QVERIFY(exported.wait());
        m_pane->exportTo(csv);
        QVERIFY(exported.wait());
        const auto results = nlohmann::json::parse(bytesIn(json).toStdString())["results"];
        QCOMPARE(results.size(), size_t(4));
        QCOMPARE(results[0]["scores"][0]["label"].get<std::string>(), images().item(0).label.toStdString());
        QVERIFY(results[3].contains("error"));
        QVERIFY(bytesIn(csv).startsWith("image,rank,label,"));
        const QString matrix = m_folder.filePath("out.confusion.csv");
        m_pane->exportTo(matrix);
        QTRY_VERIFY(bytesIn(matrix).startsWith("true label,red,dark blue"));
        QSignalSpy notified(m_services.get(), &Services::notified);
        m_pane->exportTo("/nowhere/at all/out.confusion.csv");
        m_pane->side().replaceLabels({"cow"});
        QTRY_VERIFY(isLabelled());
        m_pane->exportTo(matrix);
        QVERIFY(notified.last().at(1).toBool());
        QTRY_COMPARE(
            std::count_if(notified.begin(), notified.end(), [](const auto& one) { return one.at(1).toBool(); }), 2);
    }

    void columnsStayAsTheyWere() {
        openTable();
        table().setColumnHidden(ImageTableModel::Cosine, true);
        table().horizontalHeader()->moveSection(1, 3);
        table().horizontalHeader()->setSortIndicator(ImageTableModel::Name, Qt::DescendingOrder);
        const QList<int> columns = table().shownColumns();
        const QStringList names = namesOf(shown());
        openTable();
        QCOMPARE(table().shownColumns(), columns);
        QCOMPARE(namesOf(shown()), names);
        table().resetColumns();
        QCOMPARE(table().shownColumns().size(), int{ImageTableModel::ColumnCount} - 1);
        QCOMPARE(namesOf(shown()).first(), QString("r10.png"));
    }
};

DIAGONAL_TEST(TestImageTable);
#include "test_image_table.moc"
