// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QScrollBar>
#include <cmath>

#include "tests/ui/ui_test.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/image_list.h"
#include "ui/pictures/tile_delegate.h"

using namespace diagonal;

namespace {

/// The tiles that meet an area, one by one.
QList<int> tilesIn(const TileLayout& layout, const QRect& area) {
    QList<int> rows;
    for (int row = 0; row < layout.tiles(); ++row)
        if (layout.tile(row).intersects(area)) rows << row;
    return rows;
}

}  // namespace

class TestImageGrid : public UiTest {
    Q_OBJECT

    static constexpr int kFailed = 2;

    /// Images 0, 3, 6, … are "east", 1, 4, … "north", 2, 5, … "west"; the last two are failed.
    void fill(int count) {
        m_grid.reset();
        m_shown.reset();
        m_images = std::make_unique<ImageList>();
        m_shown = std::make_unique<ImageGridModel>(*m_images);
        m_grid = std::make_unique<ImageGrid>(*m_shown);
        QStringList paths;
        for (int i = 0; i < count; ++i)
            paths << QString("/none/%1.png").arg(i);
        m_images->setTemperature(0.1);
        m_images->append(paths);
        m_images->setLabels({"east", "north", "west"}, {2, {1, 0, 0, 1, -1, 0}});
        std::vector<std::pair<quint64, ImageEmbedding>> results;
        for (int i = 0; i < count; ++i) {
            ImageEmbedding one;
            if (i < count - kFailed)
                one.values = {static_cast<float>(1 - i % 3), static_cast<float>(i % 3 == 1)};
            else
                one.error = "the file is empty";
            results.emplace_back(m_images->item(i).id, one);
        }
        m_images->setEmbeddings(results);
        const QSize tile = TileDelegate::tileSize();
        m_grid->resize(3 * tile.width() + px(32), 3 * tile.height());
        m_grid->show();
        QTRY_VERIFY(m_images->isScored());
        m_shown->refresh();
        QApplication::processEvents();
    }

    QList<int> selected() const {
        QList<int> rows;
        for (const QModelIndex& index : m_grid->selectionModel()->selectedIndexes())
            rows << index.row();
        std::sort(rows.begin(), rows.end());
        return rows;
    }
    static QList<int> range(int first, int last) {
        QList<int> rows;
        for (int row = first; row <= last; ++row)
            rows << row;
        return rows;
    }
    QPoint centre(int row) const { return m_grid->visualRect(m_shown->index(row, 0)).center(); }
    QPoint head(int group) const { return m_grid->tiles().head(group).center() - QPoint(0, scrolled()); }
    int scrolled() const { return m_grid->verticalScrollBar()->value(); }
    void click(QPoint where, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mouseClick(m_grid->viewport(), Qt::LeftButton, modifiers, where);
    }
    void press(int key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(m_grid.get(), Qt::Key(key), modifiers);
    }
    int current() const { return m_grid->currentIndex().row(); }

    std::unique_ptr<ImageList> m_images;
    std::unique_ptr<ImageGridModel> m_shown;
    std::unique_ptr<ImageGrid> m_grid;

  private Q_SLOTS:
    void cleanup() { m_grid.reset(); }

    void layoutsAgreeWithALookAtEachTile() {
        QRandomGenerator random(7);
        for (int round = 0; round < 60; ++round) {
            std::vector<TileLayout::Group> groups(static_cast<size_t>(random.bounded(6)));
            for (auto& group : groups)
                group = {static_cast<int>(random.bounded(12)), random.bounded(4) == 0};
            TileLayout layout;
            const int width = 20 + random.bounded(120);
            layout.arrange(width, {30, 40}, random.bounded(2) * 10, groups);
            for (int row = 0; row < layout.tiles(); ++row) {
                const QRect tile = layout.tile(row);
                const auto [first, count] = layout.rows(layout.groupOf(row));
                QVERIFY(row >= first && row < first + count);
                QCOMPARE(tile.isNull(), groups[static_cast<size_t>(layout.groupOf(row))].folded);
                if (tile.isNull()) continue;
                QVERIFY(tile.bottom() < layout.height() && tile.top() >= layout.head(layout.groupOf(row)).bottom());
                QCOMPARE(layout.rowAt(tile.topLeft()), row);
                QCOMPARE(layout.rowAt(tile.bottomRight()), row);
                const int above = layout.above(row), below = layout.below(row), after = layout.beside(row, 1);
                QVERIFY(above == row || layout.tile(above).bottom() < tile.top());
                QVERIFY(below == row || layout.tile(below).top() > tile.bottom());
                QVERIFY(above == row || layout.tile(above).left() <= tile.left());
                QVERIFY(after == row || !layout.tile(after).isNull());
                QVERIFY(above != row || tilesIn(layout, {0, 0, width + 30, tile.top()}).isEmpty());
                QVERIFY(below != row || tilesIn(layout, {0, tile.bottom() + 1, width + 30, layout.height()}).isEmpty());
            }
            for (int look = 0; look < 20; ++look) {
                const QRect area(random.bounded(160) - 20, random.bounded(300) - 20, 1 + random.bounded(90),
                                 1 + random.bounded(200));
                QList<int> rows;
                for (const auto& [first, last] : layout.rowsIn(area))
                    rows += range(first, last);
                QCOMPARE(rows, tilesIn(layout, area));
            }
        }
    }

    void groupsStandUnderTheirHeads() {
        fill(20);
        QVERIFY(m_shown->groups().empty());
        QCOMPARE(m_grid->headAt({10, 10}), -1);
        QCOMPARE(m_grid->indexAt({10, 10}).row(), 0);
        m_shown->setGrouped(true);
        const auto groups = m_shown->groups();
        QCOMPARE(groups.size(), size_t{4});
        QStringList names;
        for (const ImageGroup& group : groups)
            names << QString("%1 %2 %3").arg(group.name()).arg(group.first).arg(group.count);
        QCOMPARE(names, QStringList({"east 0 6", "north 6 6", "west 12 6", "Not readable 18 2"}));
        QCOMPARE(m_grid->headAt({10, 10}), 0);
        QVERIFY(!m_grid->indexAt({10, 10}).isValid());
        QCOMPARE(centre(6).x(), centre(0).x());  // a group begins a line
        QVERIFY(centre(6).y() > centre(5).y());
        m_shown->setOrder(ImageOrder::Name);  // within the groups
        QCOMPARE(m_shown->index(1, 0).data().toString(), QString("3.png"));
        QCOMPARE(m_shown->index(6, 0).data().toString(), QString("1.png"));
        m_shown->setGrouped(false);
        QCOMPARE(m_shown->index(1, 0).data().toString(), QString("1.png"));
    }

    void labelsThatChangeMoveImagesToTheirGroups() {
        fill(8);
        m_shown->setGrouped(true);
        m_images->setLabels({"left", "! right", "up @ 99.999%"}, {2, {-1, 0, 1, 0, 0, 1}});
        QTRY_VERIFY(m_images->isScored());
        m_shown->refresh();
        const auto groups = m_shown->groups();
        QCOMPARE(groups.size(), size_t{3});
        QCOMPARE(groups[0].name(), QString("left"));
        QCOMPARE(groups[1].name(), QString("No label"));
        QCOMPARE(groups[1].count, 4);  // two fit the negative label, two are below the threshold
        m_images->append({"/none/new.png"});
        m_shown->refresh();
        QCOMPARE(m_shown->groups()[2].name(), QString("Not labelled yet"));
        QCOMPARE(m_grid->tiles().tiles(), 9);
        QVERIFY(!m_grid->visualRect(m_shown->index(8, 0)).isEmpty());
    }

    void aHeadSelectsItsImagesAndItsArrowFoldsThem() {
        fill(20);
        m_shown->setGrouped(true);
        click(head(1));
        QCOMPARE(selected(), range(6, 11));
        QCOMPARE(current(), 6);
        m_grid->verticalScrollBar()->setValue(m_grid->verticalScrollBar()->maximum());
        click(head(3), Qt::ControlModifier);
        QCOMPARE(selected(), range(6, 11) + range(18, 19));
        m_grid->verticalScrollBar()->setValue(0);
        const int before = m_grid->tiles().height();
        click({px(8), head(0).y()});
        QVERIFY(m_grid->tiles().height() < before);
        QVERIFY(m_grid->visualRect(m_shown->index(0, 0)).isNull());
        QCOMPARE(selected(), range(6, 11) + range(18, 19));
        // What one steps to is unfolded, and a click on a folded head anywhere unfolds it.
        m_grid->choose(m_shown->index(2, 0));
        QVERIFY(m_grid->viewport()->rect().contains(centre(2)));
        m_grid->foldAll(true);
        QCOMPARE(m_grid->tiles().height(), 4 * m_grid->tiles().headHeight());
        click(head(2));
        QVERIFY(!m_grid->visualRect(m_shown->index(12, 0)).isNull());
        m_grid->foldAll(false);
        QCOMPARE(m_grid->tiles().height(), before);
    }

    void theHeadOfWhatIsSeenStays() {
        fill(60);
        m_shown->setGrouped(true);
        QApplication::processEvents();
        m_grid->verticalScrollBar()->setValue(m_grid->tiles().tile(25).top());
        QCOMPARE(m_grid->headAt({50, 5}), 1);
        QVERIFY(!m_grid->indexAt({50, 5}).isValid());
        // The next one pushes it away.
        m_grid->verticalScrollBar()->setValue(m_grid->tiles().head(2).top() - 10);
        QCOMPARE(m_grid->headAt({50, 5}), 1);
        QCOMPARE(m_grid->headAt({50, 12}), 2);
        // Folded from there it is still in sight.
        m_grid->verticalScrollBar()->setValue(m_grid->tiles().tile(25).top());
        click({px(8), 5});
        QCOMPARE(m_grid->headAt({50, 5}), 1);
        // A tile that is chosen stands below the head.
        m_grid->choose(m_shown->index(59, 0));
        m_grid->choose(m_shown->index(3, 0));
        QVERIFY(m_grid->visualRect(m_shown->index(3, 0)).top() >= m_grid->tiles().headHeight());
    }

    void arrowsWalkTheTiles() {
        fill(20);
        m_shown->setGrouped(true);
        m_grid->choose(m_shown->index(0, 0));
        press(Qt::Key_Right);
        press(Qt::Key_Down);
        QCOMPARE(current(), 4);
        press(Qt::Key_Down);
        QCOMPARE(current(), 7);
        press(Qt::Key_Up);
        QCOMPARE(current(), 4);
        press(Qt::Key_End);
        QCOMPARE(current(), 19);
        press(Qt::Key_Up);
        QCOMPARE(current(), 16);
        press(Qt::Key_PageUp);
        QCOMPARE(current(), 7);
        press(Qt::Key_Home);
        QCOMPARE(current(), 0);
        press(Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(selected(), range(0, 3));
    }

    void aClickWithShiftTakesARangeAndARubberBandWhatItTouches() {
        fill(20);
        click(centre(1));
        click(centre(6), Qt::ShiftModifier);
        QCOMPARE(selected(), range(1, 6));
        click(centre(8), Qt::ControlModifier);
        QCOMPARE(selected(), range(1, 6) + range(8, 8));
        QTest::mousePress(m_grid->viewport(), Qt::LeftButton, {}, centre(1));
        QTest::mouseMove(m_grid->viewport(), centre(2));
        QTest::mouseMove(m_grid->viewport(), centre(5));
        QTest::mouseRelease(m_grid->viewport(), Qt::LeftButton, {}, centre(5));
        QCOMPARE(selected(), QList<int>({1, 2, 4, 5}));
    }

    void theChosenImageStaysInSightWhenRowsAreOrderedAnew() {
        fill(200);
        m_grid->choose(m_shown->index(0, 0));
        QVERIFY(m_grid->viewport()->rect().contains(centre(0)));
        m_images->setLabels({"west", "north", "east"}, {2, {-1, 0, 0, 1, 1, 0}});
        m_shown->setOrder(ImageOrder::Label);
        QTRY_VERIFY(m_images->isScored());
        m_shown->refresh();
        m_shown->setGrouped(true);
        const QPersistentModelIndex current(m_grid->currentIndex());
        QCOMPARE(current.data().toString(), QString("0.png"));
        QVERIFY(m_grid->viewport()->rect().contains(centre(current.row())));
        // What was out of sight is left there.
        m_grid->scrollToBottom();
        m_shown->setGrouped(false);
        m_shown->setOrder(ImageOrder::AsAdded);
        QVERIFY(scrolled() > 0);
    }

    void aHundredThousandImagesAreGroupedWithoutDelay() {
        fill(100'000);
        QElapsedTimer timer;
        timer.start();
        m_shown->setGrouped(true);
        const qint64 sorted = timer.restart();
        m_grid->choose(m_shown->index(99'999, 0));
        m_grid->grab();
        qInfo("100,000 images grouped in %lld ms, the last shown in %lld ms", sorted, timer.elapsed());
        QVERIFY(m_grid->viewport()->rect().contains(centre(99'999)));
    }
};

DIAGONAL_TEST(TestImageGrid);
#include "test_image_grid.moc"
