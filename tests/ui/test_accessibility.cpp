// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScopeGuard>
#include <QScrollArea>
#include <QSpinBox>
#include <QTableView>
#include <QUrl>
#include <functional>

#include "tests/paths.h"
#include "tests/ui/run_folder.h"
#include "tests/ui/ui_test.h"
#include "ui/accessible/factory.h"
#include "ui/label/label_pane.h"
#include "ui/label/score_panel.h"
#include "ui/label/sort_dialog.h"
#include "ui/model_pane/convert_dialog.h"
#include "ui/model_pane/models_pane.h"
#include "ui/pictures/image_grid.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/pane.h"
#include "ui/train/wizard.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/plot.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/temperature_slider.h"
#include "ui/window/dialogs.h"
#include "ui/window/guide.h"
#include "ui/window/main_window.h"

using namespace diagonal;

namespace {

QAccessibleInterface* accessible(QObject* object) {
    return QAccessible::queryAccessibleInterface(object);
}

/// While it lives, it hears what screen readers are told.
class Told {
  public:
    struct Event {
        QObject* of = nullptr;
        QAccessible::Event what;
        int child = -1;
        bool operator==(const Event&) const = default;
    };

    Told() {
        s_events.clear();
        m_before = QAccessible::installUpdateHandler([](QAccessibleEvent* event) {
            s_events.append({event->object(), event->type(), event->child()});
        });
    }
    ~Told() { QAccessible::installUpdateHandler(m_before); }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;
    const QList<Event>& events() const { return s_events; }

  private:
    static inline QList<Event> s_events;
    QAccessible::UpdateHandler m_before;
};

/// Reached by Tab, and not the inside of another control.
QList<QWidget*> controlsOf(const QWidget& root) {
    QList<QWidget*> controls;
    for (QWidget* widget : root.findChildren<QWidget*>()) {
        if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus) || widget->focusProxy() != nullptr)
            continue;
        if (qobject_cast<QComboBox*>(widget->parent()) != nullptr) continue;
        if (qobject_cast<QAbstractSpinBox*>(widget->parent()) != nullptr) continue;
        if (widget->objectName() == QLatin1String("qt_scrollarea_viewport")) continue;
        if (qobject_cast<QScrollArea*>(widget) != nullptr) continue;
        controls.append(widget);
    }
    return controls;
}

QString describe(QWidget* widget) {
    return QStringLiteral("%1 “%2” in %3")
        .arg(QLatin1String(widget->metaObject()->className()), accessible(widget)->text(QAccessible::Name),
             QLatin1String(widget->parentWidget()->metaObject()->className()));
}

/// Texts that do not fit where they stand, and controls that reach out of their parents.
QStringList cutIn(const QWidget& root) {
    QStringList cut;
    const auto say = [&](QWidget* widget, const QString& text) {
        cut << QStringLiteral("%1 “%2” of %3 x %4 in %5")
                   .arg(QLatin1String(widget->metaObject()->className()), text)
                   .arg(widget->width())
                   .arg(widget->height())
                   .arg(QLatin1String(widget->parentWidget()->metaObject()->className()));
    };
    for (QLabel* label : root.findChildren<QLabel*>()) {
        if (!label->isVisible() || label->text().isEmpty()) continue;
        if (label->metaObject()->className() == QByteArray("diagonal::ElidedLabel")) continue;
        const bool wraps = label->wordWrap();
        if (wraps ? label->heightForWidth(label->width()) > label->height() + 1
                  : label->sizeHint().width() > label->width() + 1)
            say(label, label->text());
    }
    for (QAbstractButton* button : root.findChildren<QAbstractButton*>()) {
        if (!button->isVisible()) continue;
        if (button->minimumSizeHint().width() > button->width() + 1) say(button, button->text());
        const QWidget* parent = button->parentWidget();
        if (!parent->rect().adjusted(-1, -1, 1, 1).contains(button->geometry())) say(button, button->text());
    }
    return cut;
}

}  // namespace

class TestAccessibility : public UiTest {
    Q_OBJECT

  private:
    QStringList m_pictures;
    std::unique_ptr<Services> m_services;
    std::unique_ptr<MainWindow> m_window;
    int m_libraries = 0;

    /// The pane with something in it.
    Pane* show(const QString& id) {
        m_window->showPane(id);
        Pane* pane = m_window->currentPane();
        if (id == QLatin1String("label") || id == QLatin1String("embeddings")) pane->openPaths(m_pictures);
        if (auto* search = qobject_cast<SearchPane*>(pane)) fill(*search);
        if (id == QLatin1String("matrix")) button(*pane, QStringLiteral("scenes"))->click();
        settle();
        return pane;
    }
    /// Until no job has run for a moment.
    void settle() {
        for (int quiet = 0, i = 0; quiet < 4 && i < 200; ++i) {
            QTest::qWait(50);
            quiet = m_services->engine().jobs().isEmpty() ? quiet + 1 : 0;
        }
    }
    /// A library with the pictures, and a search.
    void fill(SearchPane& pane) {
        if (!pane.library().isOpen()) {
            pane.createLibrary(m_folder.filePath(QStringLiteral("library %1").arg(++m_libraries)));
            pane.addToLibrary(m_pictures);
        }
        QTRY_COMPARE_WITH_TIMEOUT(pane.library().state().counts.pictures, int64_t{m_pictures.size()}, 20000);
        SearchTerm term;
        term.text = QStringLiteral("red");
        pane.field().addChip(term);
        QTRY_VERIFY_WITH_TIMEOUT(pane.results().rowCount() > 0, 20000);
    }
    static QPushButton* button(const QWidget& root, const QString& words) {
        for (QPushButton* one : root.findChildren<QPushButton*>())
            if (one->text().contains(words, Qt::CaseInsensitive)) return one;
        return nullptr;
    }
    template <typename Widget>
    static Widget* shown(const QWidget& root) {
        for (Widget* one : root.findChildren<Widget*>())
            if (one->isVisible()) return one;
        return nullptr;
    }
    /// F6 until the focus is there.
    bool walkTo(const QWidget* target) {
        for (int i = 0; i < 12 && QApplication::focusWidget() != target; ++i)
            QTest::keyClick(m_window.get(), Qt::Key_F6);
        return QApplication::focusWidget() == target;
    }
    /// Tab until the focus is there.
    static bool tabTo(const QWidget* target) {
        for (int i = 0; i < 80 && QApplication::focusWidget() != target; ++i)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        return QApplication::focusWidget() == target;
    }
    static void press(Qt::Key key) { QTest::keyClick(QApplication::focusWidget(), key); }

    /// Where Tab goes up or to the left within a column or row.
    static QStringList backwardsIn(QWidget& root) {
        const QList<QWidget*> all = controlsOf(root);
        QList<QWidget*> order;
        for (QWidget* next = root.nextInFocusChain(); next != &root; next = next->nextInFocusChain()) {
            if (all.contains(next)) order.append(next);
        }
        QStringList backwards;
        if (order.size() != all.size()) backwards << QStringLiteral("not all are in the chain");
        for (int i = 1; i < order.size(); ++i) {
            const auto place = [&](QWidget* widget) { return QRect(widget->mapTo(&root, QPoint()), widget->size()); };
            const QRect before = place(order[i - 1]);
            const QRect after = place(order[i]);
            const bool sameColumn = after.left() <= before.right() && before.left() <= after.right();
            const bool sameRow = after.top() <= before.bottom() && before.top() <= after.bottom();
            if ((sameColumn && after.bottom() < before.top()) || (sameRow && after.right() < before.left()))
                backwards << describe(order[i - 1]) + QStringLiteral(" → ") + describe(order[i]);
        }
        return backwards;
    }

    /// What is cut once the layouts have come to rest.
    static QStringList settledCuts(const QWidget& root) {
        QStringList cut;
        for (int i = 0; i < 30; ++i) {
            QTest::qWait(100);
            cut = cutIn(root);
            if (i > 0 && cut.isEmpty()) break;
        }
        return cut;
    }

  private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale::c());
        for (const auto& [name, colour] : {std::pair("red", Qt::red), {"green", Qt::green}, {"blue", Qt::blue}})
            m_pictures << picture(QLatin1String(name) + QLatin1String(".png"), colour);
    }

    void init() {
        m_services = std::make_unique<Services>();
        m_window = std::make_unique<MainWindow>(*m_services);
        m_window->resize(1440, 900);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QSignalSpy loaded(&m_services->engine(), &EngineService::modelChanged);
        m_services->engine().openModel(tinyModel());
        QVERIFY(loaded.wait(20000));
    }
    void cleanup() override {
        m_window.reset();
        m_services.reset();
    }

    void everyControlOfEveryPaneHasAName_data() {
        QTest::addColumn<QString>("id");
        for (const char* id : {"label", "matrix", "search", "train", "evaluate", "embeddings", "models"})
            QTest::newRow(id) << QString(QLatin1String(id));
    }
    void everyControlOfEveryPaneHasAName() {
        QFETCH(QString, id);
        Pane* pane = show(id);
        QStringList unnamed;
        for (QWidget* control : controlsOf(*m_window)) {
            if (accessible(control)->text(QAccessible::Name).trimmed().isEmpty()) unnamed << describe(control);
            QVERIFY2(accessible(control)->role() != QAccessible::Client, qPrintable(describe(control)));
        }
        QVERIFY(controlsOf(*pane).size() > 3);
        QVERIFY2(unnamed.isEmpty(), qPrintable(unnamed.join(QStringLiteral("; "))));
    }

    void theWizardsControlsHaveNamesToo() {
        Pane* pane = show(QStringLiteral("train"));
        QPushButton* start = button(*pane, QStringLiteral("New run"));
        QVERIFY(start != nullptr);
        start->click();
        QStringList unnamed;
        for (int step = 0; step < 6; ++step) {
            QTest::qWait(300);
            for (QWidget* control : controlsOf(*pane))
                if (accessible(control)->text(QAccessible::Name).trimmed().isEmpty()) unnamed << describe(control);
            QPushButton* next = button(*pane, QStringLiteral("Next"));
            if (next == nullptr || !next->isEnabled()) break;
            next->click();
        }
        QVERIFY2(unnamed.isEmpty(), qPrintable(unnamed.join(QStringLiteral("; "))));
    }

    void tabGoesDownAndToTheRight_data() { everyControlOfEveryPaneHasAName_data(); }
    void tabGoesDownAndToTheRight() {
        QFETCH(QString, id);
        Pane* pane = show(id);
        const QStringList backwards = backwardsIn(*pane);
        QVERIFY2(backwards.isEmpty(), qPrintable(backwards.join(QStringLiteral("; "))));
    }

    void dialogsHaveNamesAndAnOrderToo_data() {
        QTest::addColumn<std::function<void()>>("open");
        QTest::newRow("convert") << std::function<void()>([this] {
            auto* models = qobject_cast<ModelsPane*>(show(QStringLiteral("models")));
            models->inspect(m_folder.filePath("model"));
            QTRY_VERIFY(models->convert() != nullptr);
        });
        QTest::newRow("sort") << std::function<void()>(
            [this] { qobject_cast<LabelPane*>(show(QStringLiteral("label")))->sortIntoFolders(); });
        QTest::newRow("shortcuts") << std::function<void()>([this] { showShortcuts(m_window.get()); });
        QTest::newRow("about") << std::function<void()>([this] { showAbout(m_window.get()); });
        QTest::newRow("messages") << std::function<void()>([this] { showMessages(m_window.get(), {}); });
        QTest::newRow("guide") << std::function<void()>([this] { showGuide(m_window.get()); });
    }
    void dialogsHaveNamesAndAnOrderToo() {
        QFETCH(std::function<void()>, open);
        open();
        QDialog* dialog = shown<QDialog>(*m_window);
        QVERIFY(dialog != nullptr);
        QTest::qWait(300);
        QVERIFY(!dialog->windowTitle().isEmpty());
        QVERIFY(!controlsOf(*dialog).isEmpty());
        QStringList wrong = backwardsIn(*dialog) + settledCuts(*dialog);
        for (QWidget* control : controlsOf(*dialog)) {
            const bool isSpoken = !accessible(control)->text(QAccessible::Name).trimmed().isEmpty();
            if (!isSpoken || accessible(control)->role() == QAccessible::Client) wrong << describe(control);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QStringLiteral("; "))));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(!dialog->isVisible());
    }

    void recentFilesAreReadOut() {
        keepRecentFolder(m_folder.path());
        OpenRecentMenu menu(*m_services);
        Q_EMIT menu.aboutToShow();
        QVERIFY(!menu.actions().isEmpty());
        for (const QAction* action : menu.actions())
            QVERIFY(action->isSeparator() || !action->text().isEmpty());
    }

    void nothingIsCut_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<Qt::LayoutDirection>("direction");
        for (const char* id : {"label", "matrix", "search", "train", "evaluate", "embeddings", "models"}) {
            for (const QSize size : {QSize(900, 600), QSize(1280, 680), QSize(1440, 860)})
                QTest::addRow("%s %d", id, size.width()) << QString(QLatin1String(id)) << size << Qt::LeftToRight;
            QTest::addRow("%s mirrored", id) << QString(QLatin1String(id)) << QSize(1280, 680) << Qt::RightToLeft;
        }
    }
    void nothingIsCut() {
        QFETCH(QString, id);
        QFETCH(QSize, size);
        QFETCH(Qt::LayoutDirection, direction);
        QApplication::setLayoutDirection(direction);
        const auto back = qScopeGuard([] { QApplication::setLayoutDirection(Qt::LeftToRight); });
        m_window->resize(size);
        m_window->showPane(id);
        QStringList cut = settledCuts(*m_window);
        show(id);
        cut += settledCuts(*m_window);
        cut.removeDuplicates();
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QStringLiteral("; "))));
        QVERIFY2(m_window->width() <= size.width(), qPrintable(QString::number(m_window->width())));
    }

    void twiceAsLargeTextIsWholeToo() {
        Theme::instance().setScale(2.0 * px(100) / 100);
        const auto back = qScopeGuard([scale = px(100) / 200.0] { Theme::instance().setScale(scale); });
        m_window->resize(2400, 1600);
        QStringList cut;
        for (Pane* pane : m_window->panes()) {
            m_window->showPane(pane->id());
            cut += settledCuts(*m_window);
        }
        cut.removeDuplicates();
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QStringLiteral("; "))));
    }

    void theGridIsAListOfItemsThatSpeak() {
        Pane* pane = show(QStringLiteral("label"));
        auto* grid = shown<ImageGrid>(*pane);
        QVERIFY(grid != nullptr);
        QAccessibleInterface* list = accessible(grid);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->childCount(), 3);
        QAccessibleInterface* item = list->child(1);
        QCOMPARE(item->role(), QAccessible::ListItem);
        QVERIFY2(item->text(QAccessible::Name).contains(QLatin1String(".png")),
                 qPrintable(item->text(QAccessible::Name)));
        QCOMPARE(list->indexOfChild(item), 1);
        QCOMPARE(item->parent(), list);
        QVERIFY(!item->rect().isEmpty());
        QCOMPARE(list->childAt(item->rect().center().x(), item->rect().center().y()), item);
        item->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
        QCOMPARE(grid->currentIndex().row(), 1);
        QVERIFY(item->state().selected);
        grid->setFocus();
        QCOMPARE(list->focusChild(), item);
    }

    // Qt tells nothing where no screen reader could listen, as on the offscreen platform:
    // QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 QT_QPA_PLATFORM=xcb ui_tests accessibility theGridTells… theMatrixTells…
    void theGridTellsWhereOneIsAndWhatIsChosen() {
        if (!QAccessible::isActive()) QSKIP("no accessibility on this platform");
        Pane* pane = show(QStringLiteral("label"));
        auto* grid = shown<ImageGrid>(*pane);
        grid->setFocus();
        press(Qt::Key_Home);
        const Told told;
        press(Qt::Key_Right);
        QVERIFY(told.events().contains({grid, QAccessible::Focus, 1}));
        QVERIFY(told.events().contains({grid, QAccessible::Selection, 1}));
        QTest::keyClick(grid, Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(told.events().contains({grid, QAccessible::Focus, 2}));
        QVERIFY(told.events().contains({grid, QAccessible::SelectionWithin, -1}));
    }

    void rowsAndHeadsOfTablesSpeak() {
        Pane* pane = show(QStringLiteral("embeddings"));
        auto* table = shown<QTableView>(*pane);
        QVERIFY(table != nullptr);
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QAccessibleTableInterface* cells = accessible(table)->tableInterface();
        QVERIFY(cells != nullptr);
        QCOMPARE(cells->rowCount(), 3);
        QVERIFY(cells->cellAt(0, 0)->text(QAccessible::Name).contains(QLatin1String(".png")));
        QCOMPARE(cells->columnDescription(1), QStringLiteral("e0"));
    }

    void everyRowOfEveryListSpeaks_data() { everyControlOfEveryPaneHasAName_data(); }
    void everyRowOfEveryListSpeaks() {
        QFETCH(QString, id);
        Pane* pane = show(id);
        for (QAbstractItemView* view : pane->findChildren<QAbstractItemView*>()) {
            if (!view->isVisible() || view->model() == nullptr || qobject_cast<QHeaderView*>(view) != nullptr) continue;
            for (int row = 0; row < std::min(5, view->model()->rowCount()); ++row) {
                const QModelIndex index = view->model()->index(row, 0);
                const QString spoken = index.data(Qt::AccessibleTextRole).toString() + index.data().toString();
                QVERIFY2(!spoken.trimmed().isEmpty(), view->metaObject()->className());
            }
        }
    }

    void cellsOfAMatrixSpeak() {
        HeatmapView view;
        view.setMatrix(2, 3, {0, 0.1F, 0.2F, 0.3F, 0.4F, 0.5F});
        view.setCellText([](int row, int column) { return QStringLiteral("cell %1 %2").arg(row).arg(column); });
        view.resize(500, 400);
        view.show();
        QAccessibleInterface* table = accessible(&view);
        QCOMPARE(table->role(), QAccessible::Table);
        QCOMPARE(table->childCount(), 6);
        QCOMPARE(table->child(4)->text(QAccessible::Name), QStringLiteral("cell 1 1"));
        QCOMPARE(table->child(6), nullptr);
        table->child(5)->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
        QCOMPARE(view.currentCell(), QPoint(2, 1));
        QAccessibleInterface* last = table->child(5);
        view.setMatrix(1, 1, {0});
        QVERIFY(!last->isValid());
        QCOMPARE(last->text(QAccessible::Name), QString());
    }

    void aMatrixIsATableWithACurrentCell() {
        HeatmapView view;
        view.setMatrix(2, 3, {0, 0.1F, 0.2F, 0.3F, 0.4F, 0.5F});
        view.setRowNames({QStringLiteral("a.jpg"), QStringLiteral("b.jpg")});
        view.setColumnNames({QStringLiteral("a dog"), QStringLiteral("a cat"), QStringLiteral("a tree")});
        view.resize(500, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        view.setFocus();
        QAccessibleTableInterface* table = accessible(&view)->tableInterface();
        QVERIFY(table != nullptr);
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(table->columnCount(), 3);
        QCOMPARE(table->rowDescription(1), QStringLiteral("b.jpg"));
        QCOMPARE(table->columnDescription(2), QStringLiteral("a tree"));
        QAccessibleInterface* cell = table->cellAt(1, 2);
        QCOMPARE(cell->text(QAccessible::Value), QStringLiteral("0.500"));
        QCOMPARE(cell->tableCellInterface()->rowIndex(), 1);
        QCOMPARE(cell->tableCellInterface()->columnIndex(), 2);
        QCOMPARE(cell->tableCellInterface()->table(), accessible(&view));
        QCOMPARE(table->cellAt(2, 0), nullptr);
        QCOMPARE(table->selectedCellCount(), 0);
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(table->selectedCells(), QList<QAccessibleInterface*>{table->cellAt(0, 1)});
        QVERIFY(table->cellAt(0, 1)->state().selected);
        QCOMPARE(accessible(&view)->focusChild(), table->cellAt(0, 1));
    }

    void theMatrixTellsWhereOneIs() {
        if (!QAccessible::isActive()) QSKIP("no accessibility on this platform");
        HeatmapView view;
        view.setMatrix(2, 3, {0, 0.1F, 0.2F, 0.3F, 0.4F, 0.5F});
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        view.setFocus();
        const Told told;
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(told.events().contains({&view, QAccessible::Focus, 1}));
        view.setMatrix(1, 1, {0});
        QVERIFY(std::any_of(told.events().begin(), told.events().end(),
                            [](const Told::Event& event) { return event.what == QAccessible::TableModelChanged; }));
    }

    void aPlotSaysWhatStandsAtTheCursor() {
        PlotView plot(QStringLiteral("Loss"));
        plot.setXName(QStringLiteral("step"));
        plot.setData(plot.addSeries({QStringLiteral("train")}), {1, 2, 3}, {5.5, 4.5, 4});
        plot.resize(400, 260);
        plot.show();
        QTest::qWait(20);
        QAccessibleInterface* chart = accessible(&plot);
        QCOMPARE(chart->role(), QAccessible::Chart);
        QCOMPARE(chart->text(QAccessible::Name), QStringLiteral("Loss"));
        QSignalSpy moved(&plot, &PlotView::cursorMoved);
        QTest::keyClick(&plot, Qt::Key_Home);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(moved.last().first().toDouble(), 2.0);
        QVERIFY2(chart->text(QAccessible::Value).startsWith(QLatin1String("step 2: train 4.5")),
                 qPrintable(chart->text(QAccessible::Value)));
        QTest::keyClick(&plot, Qt::Key_End);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(moved.last().first().toDouble(), 3.0);
        QSignalSpy ranged(&plot, &PlotView::rangeChanged);
        QTest::keyClick(&plot, Qt::Key_Plus);
        QVERIFY(ranged.last()[1].toDouble() - ranged.last()[0].toDouble() < 1.9);
        QTest::keyClick(&plot, Qt::Key_0);
        QCOMPARE(ranged.count(), 2);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(std::isnan(moved.last().first().toDouble()));
    }

    void choicesAreRadioButtonsAndTheTemperatureASlider() {
        SegmentedControl control;
        control.addSegment(QStringLiteral("Cosine"));
        control.addSegment(QStringLiteral("Logit"));
        FilterChips chips;
        chips.addChip(QStringLiteral("All"));
        for (QWidget* row : std::initializer_list<QWidget*>{&control, &chips}) {
            QAccessibleInterface* first = accessible(row->findChildren<QPushButton*>().first());
            QCOMPARE(first->role(), QAccessible::RadioButton);
            QVERIFY(first->state().checked);
        }
        TemperatureSlider slider;
        slider.setTemperature(0.05);
        auto* track = slider.findChild<TemperatureTrack*>();
        QAccessibleInterface* spoken = accessible(track);
        QCOMPARE(spoken->role(), QAccessible::Slider);
        QCOMPARE(spoken->text(QAccessible::Value), QStringLiteral("0.0500"));
        QCOMPARE(spoken->valueInterface()->currentValue().toDouble(), 0.05);
        QSignalSpy changed(&slider, &TemperatureSlider::temperatureChanged);
        spoken->valueInterface()->setCurrentValue(0.2);
        QVERIFY(std::abs(slider.temperature() - 0.2) < 1e-3);
        QVERIFY(!changed.isEmpty());
        QVERIFY(!slider.isDragging());
    }

    void labellingByKeyboardAlone() {
        Pane* pane = show(QStringLiteral("label"));
        auto* grid = shown<ImageGrid>(*pane);
        QVERIFY(walkTo(grid));
        press(Qt::Key_Home);
        press(Qt::Key_Right);
        QCOMPARE(grid->currentIndex().row(), 1);
        auto* editor = shown<QPlainTextEdit>(*pane);
        QVERIFY(walkTo(shown<ScoreList>(*pane)));
        QVERIFY(tabTo(editor));
        QTest::keyClicks(editor, QStringLiteral("kite"));
        QVERIFY(editor->toPlainText().contains(QLatin1String("kite")));
        auto* track = shown<TemperatureTrack>(*pane);
        QVERIFY(tabTo(track));
        const double before = track->temperature();
        press(Qt::Key_Right);
        QVERIFY(track->temperature() > before);
        press(Qt::Key_PageDown);
        QVERIFY(track->temperature() < before);
        auto* views = shown<SegmentedControl>(*pane);
        QVERIFY(tabTo(views->focusProxy()));
        press(Qt::Key_Right);
        QCOMPARE(views->currentIndex(), 1);
    }

    void theMatrixByKeyboardAlone() {
        Pane* pane = show(QStringLiteral("matrix"));
        auto* heatmap = shown<HeatmapView>(*pane);
        QVERIFY(heatmap != nullptr);
        QVERIFY(walkTo(heatmap));
        press(Qt::Key_Down);
        press(Qt::Key_Right);
        QCOMPARE(heatmap->currentCell(), QPoint(1, 0));
        QVERIFY(!accessible(heatmap)->focusChild()->text(QAccessible::Name).isEmpty());
        auto* loss = shown<PlotView>(*pane);
        QVERIFY(tabTo(loss));
        press(Qt::Key_End);
        QVERIFY(!loss->reading().isEmpty());
    }

    void textsAreEmbeddedByKeyboardAlone() {
        m_window->showPane(QStringLiteral("embeddings"));
        Pane* pane = m_window->currentPane();
        auto* kind = shown<SegmentedControl>(*pane);
        m_window->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_Tab);
        QVERIFY(tabTo(kind->focusProxy()));
        press(Qt::Key_Right);
        auto* editor = shown<QPlainTextEdit>(*pane);
        QVERIFY(editor != nullptr);
        QVERIFY(walkTo(editor));
        QTest::keyClicks(editor, QStringLiteral("a red circle"));
        auto* table = shown<QTableView>(*pane);
        QVERIFY(table != nullptr);
        QTRY_COMPARE(table->model()->rowCount(), 1);
    }

    void picturesArePastedAndLabelledByKeyboardAlone() {
        m_window->showPane(QStringLiteral("label"));
        auto* copied = new QMimeData;
        QList<QUrl> urls;
        for (const QString& picture : m_pictures)
            urls << QUrl::fromLocalFile(picture);
        copied->setUrls(urls);
        QApplication::clipboard()->setMimeData(copied);
        QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier);
        auto* pane = qobject_cast<LabelPane*>(m_window->currentPane());
        QTRY_COMPARE(pane->session().images().rowCount(), 3);
        pane->showView(QStringLiteral("picture"));
        auto* grid = shown<ImageGrid>(*pane);
        QTRY_VERIFY(walkTo(grid));
        press(Qt::Key_End);
        QCOMPARE(grid->currentIndex().row(), 2);
        press(Qt::Key_Delete);
        QTRY_COMPARE(pane->session().images().rowCount(), 2);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(pane->session().images().rowCount(), 3);
    }

    void aModelIsOpenedByKeyboardAlone() {
        m_services->addRecentModel(m_folder.filePath("model"));
        Pane* pane = show(QStringLiteral("models"));
        auto* filter = shown<QLineEdit>(*pane);
        m_window->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_Tab);
        QVERIFY(tabTo(filter));
        QTest::keyClicks(filter, QStringLiteral("demo"));
        auto* list = shown<QListView>(*pane);
        QVERIFY(tabTo(list));
        press(Qt::Key_Home);
        QTRY_VERIFY(list->currentIndex().isValid());
        QSignalSpy loaded(&m_services->engine(), &EngineService::modelChanged);
        press(Qt::Key_Return);
        QTRY_COMPARE(loaded.count(), 1);
    }

    void aRunIsStartedByKeyboardAlone() {
        Pane* pane = show(QStringLiteral("train"));
        QPushButton* start = button(*pane, QStringLiteral("New run"));
        m_window->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_Tab);
        QVERIFY(tabTo(start));
        press(Qt::Key_Return);  // as well as Space
        auto* wizard = shown<TrainWizard>(*pane);
        QVERIFY(wizard != nullptr);
        disconnect(wizard, &TrainWizard::startRequested, nullptr, nullptr);  // the run itself takes minutes
        QSignalSpy started(wizard, &TrainWizard::startRequested);
        for (int step = 0; step < wizard->stepCount(); ++step) {
            QTRY_COMPARE(wizard->currentStep(), step);
            QVERIFY(wizard->isAncestorOf(QApplication::focusWidget()));
            press(Qt::Key_Return);
        }
        QCOMPARE(started.count(), 1);
    }

    void aRunIsLookedAtByKeyboardAlone() {
        writeRun(m_folder.filePath("run"), 8);
        Pane* pane = show(QStringLiteral("train"));
        QVERIFY(pane->openPaths({m_folder.filePath("run")}));
        QTRY_VERIFY(shown<PlotView>(*pane) != nullptr);
        m_window->setFocus();
        QVERIFY(walkTo(shown<QListView>(*pane)));
        auto* loss = shown<PlotView>(*pane);
        QVERIFY(tabTo(loss));
        press(Qt::Key_End);
        QVERIFY2(loss->reading().contains(QLatin1String("step 8")), qPrintable(loss->reading()));
        QVERIFY(tabTo(button(*pane, QStringLiteral("Resume"))));
    }

    void imagesAreEmbeddedByKeyboardAlone() {
        Pane* pane = show(QStringLiteral("embeddings"));
        auto* table = shown<QTableView>(*pane);
        QVERIFY(table != nullptr);
        QTRY_COMPARE(table->model()->rowCount(), 3);
        m_window->setFocus();
        QVERIFY(walkTo(table));
        press(Qt::Key_Down);
        QCOMPARE(table->currentIndex().row(), 1);
        QVERIFY(tabTo(button(*pane, QStringLiteral("Export"))));
    }

    void enterPressesWhatHasTheFocus() {
        QPushButton plain(QStringLiteral("Go"));
        plain.show();
        QSignalSpy clicked(&plain, &QPushButton::clicked);
        QTest::keyClick(&plain, Qt::Key_Return);
        QTest::keyClick(&plain, Qt::Key_Enter);
        QCOMPARE(clicked.count(), 2);
    }
};

DIAGONAL_TEST(TestAccessibility);
#include "test_accessibility.moc"
