// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "tests/ui/drop.h"
#include "tests/ui/ui_test.h"
#include "ui/base/paths.h"
#include "ui/pictures/drop_frame.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/colour_legend.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/plot.h"
#include "ui/widgets/row_view.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tabular.h"
#include "ui/widgets/temperature_slider.h"

using namespace diagonal;

namespace {

class TextDelegate : public CellDelegate {
  public:
    using CellDelegate::CellDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        cell.text(cell.inside(), index.data().toString(), &Tokens::text, 12, 500);
    }
};

/// The first column of pixels, from the left or the right, in which something is written.
int edgeOfInk(const QImage& image, bool fromLeft) {
    for (int i = 0; i < image.width(); ++i) {
        const int x = fromLeft ? i : image.width() - 1 - i;
        for (int y = 0; y < image.height(); ++y)
            if (qGray(image.pixel(x, y)) < 160) return x;
    }
    return -1;
}

}  // namespace

class TestWidgets : public UiTest {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void digitsAreAllAsWide() {
        const QFont font = Theme::instance().font(13);
        QCOMPARE(tabularWidth(font, "1111"), tabularWidth(font, "0000"));
        QCOMPARE(tabularWidth(font, "0.111"), tabularWidth(font, "0.987"));
        QVERIFY(tabularWidth(font, "12") > tabularWidth(font, "1"));
    }

    void headsAndCellsHaveOneEdge() {
        QStandardItemModel model(1, 2);
        model.setHorizontalHeaderLabels({"HHH", "HHH"});
        model.setItem(0, 0, new QStandardItem("HHH"));
        for (const bool mirrored : {false, true}) {
            RowView view({100, 100});
            view.setItemDelegate(new TextDelegate({40, 24}, &view));
            view.setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
            model.setHeaderData(0, Qt::Horizontal, int(Qt::AlignLeft | Qt::AlignVCenter), Qt::TextAlignmentRole);
            view.setModel(&model);
            view.resize(202, 100);
            view.show();
            const auto inkOf = [&](QWidget& widget, const QRect& area) {
                return edgeOfInk(widget.grab(area).toImage(), !mirrored);
            };
            const int x = view.header()->sectionViewportPosition(0);
            const int head = inkOf(*view.header()->viewport(), {x, 0, 100, view.header()->height() - 2});
            const int cell = inkOf(*view.viewport(), view.visualRect(model.index(0, 0)));
            QVERIFY2(std::abs(head - cell) <= 1, qPrintable(QStringLiteral("%1 %2").arg(head).arg(cell)));
            QVERIFY(mirrored ? head <= 99 - px(kCellEdge) : head >= px(kCellEdge));
        }
    }

    void rightAlignedNumbersEndWhereTheAreaEnds() {
        QImage image(80, 20, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        painter.setFont(Theme::instance().font(13));
        painter.setPen(Qt::black);
        drawTabular(painter, QRectF(0, 0, 60, 20), "8,091");
        painter.end();
        int last = -1;
        for (int x = 0; x < image.width(); ++x) {
            for (int y = 0; y < image.height(); ++y)
                if (qGray(image.pixel(x, y)) < 128) last = x;
        }
        QVERIFY2(last >= 54 && last <= 60, qPrintable(QString::number(last)));
    }

    void numbersAreTheSameInAMirroredWindow() {
        const auto drawn = [](Qt::LayoutDirection direction) {
            QImage image(120, 20, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter painter(&image);
            painter.setLayoutDirection(direction);
            painter.setFont(Theme::instance().font(13));
            drawTabular(painter, QRectF(0, 0, 110, 20), QStringLiteral("All < 0.01%"));
            return image;
        };
        QCOMPARE(drawn(Qt::RightToLeft), drawn(Qt::LeftToRight));
    }

    void numbersAreWrittenAsTheGuideSays() {
        QCOMPARE(formatPercent(0.9612), QStringLiteral("96.1%"));
        QCOMPARE(formatPercent(0.0005), QStringLiteral("0.05%"));
        QCOMPARE(formatPercent(0.00001), QStringLiteral("< 0.01%"));
        QCOMPARE(formatPercent(0.99999), QStringLiteral("> 99.9%"));
        QCOMPARE(formatShortPercent(0.996), QStringLiteral("> 99%"));
        QCOMPARE(formatCosine(0.2864), QStringLiteral("0.286"));
        QCOMPARE(formatTemperature(0.0187), QStringLiteral("0.0187"));
        QCOMPARE(formatTimeLeft(592), QStringLiteral("9:52"));
        QCOMPARE(formatTimeLeft(0.2), QStringLiteral("1 s"));
    }

    void arrowsMoveSegmentsAndSkipHiddenOnes() {
        SegmentedControl control;
        control.addSegment("Cosine", 10);
        control.addSegment("Logit", 20);
        control.addSegment("Row", 30);
        control.setSegmentVisible(1, false);
        QSignalSpy changed(&control, &SegmentedControl::currentChanged);
        QTest::keyClick(&control, Qt::Key_Right);
        QCOMPARE(control.currentIndex(), 2);
        QCOMPARE(control.currentData().toInt(), 30);
        QTest::keyClick(&control, Qt::Key_Right);
        QCOMPARE(control.currentIndex(), 2);
        QTest::keyClick(&control, Qt::Key_Left);
        QCOMPARE(control.currentIndex(), 0);
        QCOMPARE(changed.count(), 2);
    }

    void aHiddenSegmentIsNeverTheCurrentOne() {
        SegmentedControl control;
        control.addSegment("A");
        control.addSegment("B");
        control.setCurrentIndex(1);
        control.setSegmentVisible(1, false);
        QCOMPARE(control.currentIndex(), 0);
    }

    void choosingASegmentChangesNoWidth() {
        SegmentedControl control;
        control.addSegment("Picture");
        control.addSegment("Table");
        const QSize before = control.sizeHint();
        control.setCurrentIndex(1);
        QCOMPARE(control.sizeHint(), before);
    }

    void chipsWithoutContentDisappear() {
        FilterChips chips;
        chips.addChip("All");
        const int failed = chips.addChip("Failed");
        chips.setHiddenWhenZero(failed);
        chips.setCount(failed, 2);
        chips.setCurrentIndex(failed);
        const QSize before = chips.sizeHint();
        chips.setCount(failed, 0);
        QCOMPARE(chips.currentIndex(), 0);
        QVERIFY(chips.findChildren<QPushButton*>().last()->isHidden());
        // Its room stays: the list below does not become narrower and wider.
        chips.setCount(failed, 3);
        QCOMPARE(chips.sizeHint(), before);
    }

    void arrowsFollowTheDirectionOfReading() {
        SegmentedControl control;
        control.addSegment("A");
        control.addSegment("B");
        control.setLayoutDirection(Qt::RightToLeft);
        QSignalSpy activated(&control, &SegmentedControl::activated);
        QTest::keyClick(&control, Qt::Key_Left);
        QCOMPARE(control.currentIndex(), 1);
        QCOMPARE(activated.count(), 1);
        control.setCurrentIndex(0);
        QCOMPARE(activated.count(), 1);
    }

    void numbersFollowTheLocale() {
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        QCOMPARE(formatPercent(0.9612), QStringLiteral("96,1%"));
        QCOMPARE(formatCosine(-0.2864), QStringLiteral("−0,286"));
        QCOMPARE(formatCount(8091), QStringLiteral("8.091"));
        bool valid = false;
        for (const auto& [text, number] : {std::pair("0,5", 0.5),
                                           {"0.001", 0.001},
                                           {"5e-4", 5e-4},
                                           {"1.5", 1.5},
                                           {"−2,5", -2.5},
                                           {"1.000.000", 1e6}}) {
            QCOMPARE(readNumber(QString::fromUtf8(text), &valid), number);
            QVERIFY2(valid, text);
        }
        // One thousand to some, one to others.
        readNumber(QStringLiteral("1.000"), &valid);
        QVERIFY(!valid);
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        for (const auto& [text, number] : {std::pair("0,5", 0.5), {"1,000", 1000.0}, {"0.001", 0.001}, {"1,5", 1.5}}) {
            QCOMPARE(readNumber(QString::fromUtf8(text), &valid), number);
            QVERIFY2(valid, text);
        }
        for (const char* text : {"", "many", "1,2,3"}) {
            readNumber(QString::fromUtf8(text), &valid);
            QVERIFY2(!valid, text);
        }
        QLocale::setDefault(QLocale::c());
    }

    void theExplanationOfAnEmptyPageIsWhole() {
        EmptyState page("Drop images and captions",
                        "Files or a data set of pairs. Each image is compared with each caption: the cells of the "
                        "matrix say how alike the two are, and the diagonal stands out where the model is right.");
        page.resize(400, 400);
        page.show();
        const auto labels = page.findChildren<QLabel*>();
        for (int width = 300; width < 1600; width += 37) {
            page.resize(width, 500);
            QCoreApplication::processEvents();
            for (const QLabel* label : labels) {
                if (label->isVisible())
                    QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));
            }
        }
        QVERIFY(labels.last()->width() <= px(620));
    }

    void aNoticeMovesNothing() {
        QWidget window;
        auto* column = new QVBoxLayout(&window);
        auto* page = new QWidget;
        column->addWidget(page);
        NoticeBar notice;
        notice.floatOver(page);
        window.resize(500, 300);
        window.show();
        const QRect before = page->geometry();
        notice.notice(NoticeBar::Kind::Error, "broken");
        QCoreApplication::processEvents();
        QCOMPARE(page->geometry(), before);
        QCOMPARE(notice.geometry().bottom(), before.bottom());
        window.resize(600, 400);
        QCoreApplication::processEvents();
        QCOMPARE(notice.geometry().bottom(), page->geometry().bottom());
        QCOMPARE(notice.width(), page->width());
        notice.setParent(nullptr);
    }

    void tablesAreCopiedAsTheyAreSelected() {
        QStandardItemModel model(3, 2);
        model.setHorizontalHeaderLabels({"name", "a \"b\""});
        for (int row = 0; row < 3; ++row) {
            model.setItem(row, 0, new QStandardItem(QString(QChar('x' + row))));
            model.setData(model.index(row, 1), 0.5F);
        }
        QTableView table;
        table.setModel(&model);
        QCOMPARE(csvOf(table), QByteArray("name,\"a \"\"b\"\"\"\r\nx,0.5\r\ny,0.5\r\nz,0.5\r\n"));
        table.selectRow(1);
        QCOMPARE(csvOf(table), QByteArray("name,\"a \"\"b\"\"\"\r\ny,0.5\r\n"));
        model.item(1, 0)->setText("=1+1");
        QVERIFY2(csvOf(table).contains("\r\n'=1+1,0.5"), "no formula for a spreadsheet");
    }

    /// Asked for and written by what the program gives; the picture becomes a file on another thread.
    void exportsGoToTheSaverOfTheProgram() {
        QWidget view;
        const auto fill = [&view](QMenu& menu) {
            addExports(menu, &view,
                       {"curve",
                        [] {
                            QPixmap pixmap(4, 4);
                            pixmap.fill(Qt::red);
                            return pixmap;
                        },
                        [] { return QByteArray("a,b"); }, [](QIODevice& file) { file.write("<svg/>"); }});
        };
        setExportSaver({});
        QMenu without;
        fill(without);
        QCOMPARE(without.actions().size(), 2);  // to copy
        QMap<QString, QByteArray> written;
        setExportSaver(
            [&](QWidget* asked, const QString&, const QString& name, const QString& ending, const auto& take) {
                QCOMPARE(asked, &view);
                const auto encode = take();
                std::thread([&] { written.insert(name + ending, encode()); }).join();
            });
        QMenu menu;
        fill(menu);
        for (QAction* action : menu.actions().mid(3))
            action->trigger();
        setExportSaver({});
        QCOMPARE(written.keys(), QStringList({"curve.csv", "curve.png", "curve.svg"}));
        QCOMPARE(written["curve.csv"], QByteArray("a,b"));
        QCOMPARE(written["curve.svg"], QByteArray("<svg/>"));
        QCOMPARE(QImage::fromData(written["curve.png"]).pixelColor(1, 1), QColor(Qt::red));
    }

    /// Accepted is used: where nobody takes pictures, none is let in.
    void aPictureIsLetInWhereItIsTaken() {
        QWidget pane;
        pane.resize(200, 100);
        pane.show();
        DropOverlay overlay(&pane);
        connect(&overlay, &DropOverlay::pathsDropped, this, [] {});
        QMimeData data;
        data.setImageData(QImage(4, 4, QImage::Format_RGB32));
        QVERIFY(!drop(pane, data));
        int taken = 0;
        connect(&overlay, &DropOverlay::imageDropped, this, [&taken] { ++taken; });
        QVERIFY(drop(pane, data));
        QCOMPARE(taken, 1);
    }

    void namesAreShownAsTheyMayBe() {
        const QString latin = fromPath(std::filesystem::path("/p/caf\xe9 \xc3\xa9.jpg"));
        QCOMPARE(toPath(latin).native(), std::string("/p/caf\xe9 \xc3\xa9.jpg"));
        QCOMPARE(shownName(latin), QString("caf\\xe9 \u00e9.jpg"));
        QCOMPARE(fromUrl(toUrl(latin)), latin);
        QCOMPARE(fromUrl(QUrl::fromEncoded("file:///p/caf%E9.jpg")), fromPath(std::filesystem::path("/p/caf\xe9.jpg")));
        std::string all;
        for (int byte = 1; byte < 256; ++byte)
            all += static_cast<char>(byte);
        all += "\xed\xb2\x80\xf0\x9f\x98\x80\xff";  // a surrogate by itself, a smiley
        QCOMPARE(toPath(fromPath(all)).native(), all);
        QCOMPARE(nameInSentence("/p/plain.jpg"), QString("plain.jpg"));
        QCOMPARE(nameInSentence("/p/a\nb.jpg"), QString("a\\x0ab.jpg"));
        // "photo" + right-to-left override + "gpj.exe" shows as "photoexe.jpg"
        QCOMPARE(nameInSentence(QString("/p/photo\u202egpj.exe")), QString("photo\\u202egpj.exe"));
        const QString hebrew = QString::fromUtf8("\u05e9\u05dc\u05d5\u05dd 1.jpg");
        QCOMPARE(nameInSentence("/p/" + hebrew), QChar(0x2068) + hebrew + QChar(0x2069));
    }

    void aDrawingGivesWayToWords() {
        EmptyState page("Compare images with captions", "Drop images and type captions, or open a file of pairs.");
        page.setDrawing(true);
        page.show();
        const auto isDrawn = [&page](int height) {
            page.resize(500, height);
            const QImage image = page.grab().toImage();
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    if (image.pixel(x, y) == colour(&Tokens::accent).rgb()) return true;
            return false;
        };
        QVERIFY(isDrawn(700));
        QVERIFY(!isDrawn(400));
        QVERIFY(isDrawn(700));
    }

    void heatmapsExportTheirValues() {
        HeatmapView view;
        view.setMatrix(1, 2, {0.5F, std::numeric_limits<float>::quiet_NaN()});
        view.setRowNames({"a.jpg"});
        QCOMPARE(view.csv(), QByteArray(",1,2\r\na.jpg,0.5,\r\n"));
    }

    void temperatureFollowsTheModelUntilChosen() {
        TemperatureSlider slider;
        slider.setModelTemperature(0.0187);
        QCOMPARE(slider.temperature(), 0.0187);
        slider.setModelTemperature(0.01);
        QCOMPARE(slider.temperature(), 0.01);
        slider.setTemperature(0.05);
        slider.setModelTemperature(0.02);
        QCOMPARE(slider.temperature(), 0.05);
        slider.setTemperature(7);
        QCOMPARE(slider.temperature(), TemperatureSlider::kHighest);
    }

    void busyMarkMovesOnStepsAlone() {
        BusyMark mark;
        QCOMPARE(mark.position(), 0);
        mark.step();
        QCOMPARE(mark.position(), 1);
        mark.step();
        mark.step();
        QCOMPARE(mark.position(), 0);
    }

    void ticksAreRound() {
        const std::vector<double> ticks = niceTicks(0, 6, 7);
        QCOMPARE(ticks, std::vector<double>({0, 1, 2, 3, 4, 5, 6}));
        QVERIFY(niceTicks(1, 1, 5).empty());
    }

    void smoothingDoesNotLagAndBridgesGaps() {
        std::vector<double> line(101);
        for (size_t i = 0; i < line.size(); ++i)
            line[i] = 3.0 * static_cast<double>(i);
        const std::vector<double> same = smoothed(line, 15);
        for (size_t i = 0; i < line.size(); ++i)
            QVERIFY(std::abs(same[i] - line[i]) < 1e-9);
        line[50] = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(std::isfinite(smoothed(line, 5)[50]));
    }

    void aPlotMakesOnlyAnewWhatChanged() {
        PlotView plot("Loss");
        plot.resize(600, 300);
        const int first = plot.addSeries({"a", &Tokens::text, false, true}), second = plot.addSeries({"b"});
        std::vector<double> x(20000), y(20000);
        std::iota(x.begin(), x.end(), 0.0);
        plot.setData(first, x, y);
        plot.setData(second, x, y);
        plot.show();
        QTRY_COMPARE(plot.dataRefreshes(), 2);
        auto* surface = plot.findChild<QWidget*>("plot");
        QVERIFY(surface != nullptr);
        const QPointF middle = surface->rect().center();
        for (int i = 0; i < 5; ++i) {
            QWheelEvent wheel(middle, surface->mapToGlobal(middle), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QApplication::sendEvent(surface, &wheel);
        }
        QTest::qWait(20);
        QCOMPARE(plot.dataRefreshes(), 2);
        plot.append(second, 20000, 1);
        QTRY_COMPARE(plot.dataRefreshes(), 3);
    }

    void plotsExportWhatTheyShow() {
        PlotView plot("Contrastive loss");
        plot.setXName("step");
        const int first = plot.addSeries({"image-to-text", &Tokens::imageToText, false, true});
        const int second = plot.addSeries({"validation", &Tokens::text});
        plot.setData(first, {1, 2, 3}, {5.5, 4.5, 4});
        plot.setData(second, {2}, {4.75});
        QCOMPARE(plot.csv(), QByteArray("step,image-to-text,validation\r\n1,5.5,\r\n2,4.5,4.75\r\n3,4,\r\n"));
        plot.resize(400, 260);
        plot.show();
        QTest::qWait(10);
        QVERIFY(!plot.picture().isNull());
    }

    void heatmapWalksAndSpeaks() {
        HeatmapView view;
        view.setMatrix(2, 3, {0, 0.1F, 0.2F, 0.3F, 0.4F, std::numeric_limits<float>::quiet_NaN()});
        view.setCellText([](int row, int column) { return QStringLiteral("cell %1 %2").arg(row).arg(column); });
        view.resize(500, 400);
        QSignalSpy hovered(&view, &HeatmapView::hovered);
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(view.currentCell(), QPoint(0, 0));
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(view.currentCell(), QPoint(1, 1));
        QCOMPARE(view.accessibleDescription(), QStringLiteral("cell 1 1"));
        QCOMPARE(hovered.count(), 3);
        QSignalSpy clicked(&view, &HeatmapView::cellClicked);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(clicked.first(), QVariantList({1, 1}));
    }

    void heatmapRangeStaysOverZoomAndNewValues() {
        HeatmapView view;
        view.resize(400, 400);
        view.setRange(0.1, 0.4);
        view.setMatrix(40, 40, std::vector<float>(1600, 0.9F));
        view.zoomBy(2);
        QVERIFY(!view.isFitted());
        view.setMatrix(40, 40, std::vector<float>(1600, -0.9F));
        QCOMPARE(view.low(), 0.1);
        QCOMPARE(view.high(), 0.4);
        QVERIFY(!view.isFitted());
        view.fit();
        QVERIFY(view.isFitted());
    }

    void aZoomedHeatmapStaysWhereItIs() {
        HeatmapView view;
        view.resize(400, 400);
        view.setMatrix(40, 40, std::vector<float>(1600, 0.9F));
        view.zoomBy(3);
        const QRectF before = view.cellRect(20, 20);
        view.resize(400, 368);
        QCOMPARE(view.cellRect(20, 20), before);
    }

    void heatmapPictureIsNearestNeighbourWithHatchedGaps() {
        HeatmapView view;
        view.setRange(0, 1);
        view.setMatrix(1, 2, {1, std::numeric_limits<float>::quiet_NaN()});
        const QImage image = view.toImage(8);
        QCOMPARE(image.size(), QSize(16, 8));
        QCOMPARE(image.pixel(0, 0), image.pixel(7, 7));
        QVERIFY(image.pixel(8, 0) != image.pixel(9, 0));
    }

    void droppedPathsAreLocalFilesAlone() {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile("/tmp/a.png"), QUrl("https://example.org/b.png")});
        QCOMPARE(droppedPaths(&data), QStringList{"/tmp/a.png"});
        QVERIFY(droppedPaths(nullptr).isEmpty());
    }

    void thumbnailsArriveLaterAndSayWhatIsWrong() {
        const QTemporaryDir folder;
        const QString good = folder.filePath("good.png");
        const QString bad = folder.filePath("bad.png");
        QImage picture(40, 20, QImage::Format_RGB32);
        picture.fill(Qt::blue);
        QVERIFY(picture.save(good));
        QFile broken(bad);
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("no picture");
        broken.close();
        ThumbnailCache cache;
        QSignalSpy ready(&cache, &ThumbnailCache::ready);
        QVERIFY(cache.pixmap(good, 16).isNull());
        QVERIFY(cache.pixmap(bad, 16).isNull());
        QTRY_COMPARE(ready.count(), 2);
        QCOMPARE(cache.pixmap(good, 16).size(), QSize(16, 16));
        QVERIFY(cache.pixmap(bad, 16).isNull());
        QVERIFY(!cache.error(bad).isEmpty());
        QVERIFY(cache.error(good).isEmpty());
    }
};

DIAGONAL_TEST(TestWidgets);
#include "test_widgets.moc"
