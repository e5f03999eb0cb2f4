// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <QAction>
#include <QDirIterator>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>

#include "tests/ui/label_pane_test.h"
#include "ui/label/grid_column.h"
#include "ui/label/image_filter_chips.h"
#include "ui/label/sort_dialog.h"
#include "ui/label/sort_preview.h"
#include "ui/label/table_column.h"
#include "ui/widgets/segmented_control.h"

using namespace diagonal;

class TestSortDialog : public LabelPaneTest {
    Q_OBJECT

  private Q_SLOTS:
    void init() {
        UiTest::init();
        m_own = std::make_unique<QTemporaryDir>();
        const QList<QColor> colours = {Qt::red, Qt::blue, Qt::green, Qt::white, Qt::black};
        for (int i = 0; i < colours.size(); ++i)
            picture(QString("in/picture-%1.png").arg(i), colours[i]);
        emptyFile("in/zbroken.png");
        openPaneFor({"red", "blue", "dog"});
        QVERIFY(!action()->isEnabled());
        m_pane->openPaths({path("in")});
        QTRY_COMPARE_WITH_TIMEOUT(images().counts().failed, 1, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(
            images().counts().sure + images().counts().unsure == kPictures && !images().item(0).stale, kPatience);
        QVERIFY(action()->isEnabled());
        m_before = files("in");
    }

    void thePreviewSaysWhatWillBeDone() {
        SortDialog* dialog = open();
        QCOMPARE(dialog->sortButton().text(), QString("Copy 5 picture(s)"));
        int sum = 0;
        for (const QString& line : dialog->preview().folders()) {
            const QStringList cells = line.split('\t');
            QVERIFY2(m_pane->session().labels().contains(cells[0]), qPrintable(line));
            sum += cells[1].toInt();
            QVERIFY2(cells[2].contains("picture-"), qPrintable(line));
        }
        QCOMPARE(sum, kPictures);
        QCOMPARE(dialog->preview().notes(), QString("Left alone: 1 that cannot be read"));
        QVERIFY2(!QFileInfo::exists(path("out")), "nothing is touched");
        dialog->mode().setCurrentIndex(1);
        QVERIFY2(!dialog->sortButton().isEnabled(), "the preview is of earlier choices");
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->isLooking(), kPatience);
        QCOMPARE(dialog->sortButton().text(), QString("Move 5 picture(s)"));
        QVERIFY(QFile::remove(path("in/picture-0.png")));
        dialog->mode().setCurrentIndex(0);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->isLooking(), kPatience);
        QCOMPARE(dialog->sortButton().text(), QString("Copy 4 picture(s)"));
        QVERIFY2(dialog->preview().notes().contains("missing: picture-0.png"), qPrintable(dialog->preview().notes()));
    }

    /// What the dialog counts is what it sorts: the shown ones, unless all are asked for.
    void countsFollowWhichAreSorted() {
        images().setTemperature(100);  // all labels alike
        const int unsure = images().counts().unsure;
        QVERIFY(unsure > 0);
        m_pane->gridColumn().chips().setCurrentIndex(1);
        SortDialog* dialog = open();
        QCOMPARE(dialog->unsure().isHidden(), images().counts().sure > 0);
        dialog->which().setCurrentIndex(1);
        QVERIFY(!dialog->unsure().isHidden());
        QVERIFY(dialog->unsure().accessibleName().contains(QString::number(unsure)));
    }

    void unsurePicturesGoWhereTheyShall() {
        images().setTemperature(100);  // all labels alike
        const int unsure = images().counts().unsure, sure = images().counts().sure;
        QVERIFY(unsure > 0);
        SortDialog* dialog = open();
        dialog->unsure().setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->isLooking(), kPatience);
        QVERIFY(dialog->preview().notes().contains(QString("%1 unsure").arg(unsure)));
        QCOMPARE(dialog->sortButton().isEnabled(), sure > 0);
        dialog->unsure().setCurrentIndex(2);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->isLooking(), kPatience);
        const QStringList lines = dialog->preview().folders();
        QVERIFY(std::any_of(lines.begin(), lines.end(), [unsure](const QString& line) {
            return line.startsWith(QString("Unsure\t%1\t").arg(unsure));
        }));
    }

    /// The window went away in the midst of a move: the next one tells, and takes it back.
    void aHalfDoneSortIsToldOfAndTakenBack() {
        m_pane.reset();
        const std::vector<SortItem> half = {{path("in/picture-0.png").toStdString(), "red"},
                                            {path("in/picture-1.png").toStdString(), "blue"}};
        const SortResult done = sortFiles(planSort(half, path("out").toStdString(), SortMode::Move));
        QCOMPARE(done.done.size(), size_t{2});
        settings().setValue("label/unfinishedSort", QStringList{path("out"), "move", "0"});
        QSignalSpy told(m_services.get(), &Services::notified);
        m_pane = std::make_unique<LabelPane>(*m_services);
        QTRY_COMPARE(told.count(), 1);
        QVERIFY(told[0][0].toString().contains("interrupted"));
        QVERIFY(!settings().contains("label/unfinishedSort"));
        QVERIFY(m_pane->undoStack().canUndo());
        m_pane->undoStack().undo();
        QTRY_COMPARE_WITH_TIMEOUT(files("in"), m_before, kPatience);
        QVERIFY(m_pane->undoStack().canRedo());
        m_pane->undoStack().redo();  // what it was is not known any more
        QTest::qWait(50);
        QCOMPARE(files("in"), m_before);
    }

    void whatIsBeingSortedIsKeptForTheNextStart() {
        QStringList kept;
        const auto connection = connect(action(), &QAction::changed, this, [&] {
            if (kept.isEmpty()) kept = settings().value("label/unfinishedSort").toStringList();
        });
        sort(1);
        QCOMPARE(kept, QStringList({path("out"), "move", QString::number(QCoreApplication::applicationPid())}));
        QTRY_VERIFY(!settings().contains("label/unfinishedSort"));
        disconnect(connection);
    }

    void copiesAreMadeUndoneAndMadeAgain() {
        sort(0);
        QCOMPARE(files("out").size(), kPictures);
        QCOMPARE(files("in"), m_before);
        QVERIFY(images().item(0).path.startsWith(path("in")));
        QCOMPARE(m_pane->undoStack().undoText(), QString("sort 5 picture(s)"));
        QCOMPARE(settings().value("label/sortFolder").toString(), path("out"));
        SortDialog* dialog = open();
        QVERIFY2(dialog->preview().notes().contains("5 already in place"), qPrintable(dialog->preview().notes()));
        QCOMPARE(dialog->sortButton().text(), QString("Nothing to copy"));
        dialog->reject();
        m_pane->undoStack().undo();
        QTRY_COMPARE(m_news, QString("5 copied picture(s) removed"));
        QVERIFY(!QFileInfo::exists(path("out")));
        m_pane->undoStack().redo();
        QTRY_VERIFY_WITH_TIMEOUT(action()->isEnabled(), kPatience);
        QCOMPARE(files("out").size(), kPictures);
    }

    void rowsFollowTheFilesThatMove() {
        m_pane->gridColumn().chooseRow(2);
        sort(1);
        QCOMPARE(files("out").size(), kPictures);
        QCOMPARE(files("in"), QStringList("zbroken.png"));
        for (int row = 0; row < kPictures; ++row) {
            const ImageItem& image = images().item(row);
            QVERIFY2(image.path.startsWith(path("out")) && QFile::exists(image.path), qPrintable(image.path));
            QVERIFY(images().contains(image.path));
            QVERIFY(image.path.contains('/' + image.label + '/'));
        }
        QCOMPARE(m_pane->gridColumn().currentRow(), 2);
        // One after the other, however quickly they are asked for.
        m_pane->undoStack().undo();
        m_pane->undoStack().redo();
        m_pane->undoStack().undo();
        QVERIFY(!action()->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(action()->isEnabled(), kPatience);
        QCOMPARE(files("in"), m_before);
        QVERIFY(!QFileInfo::exists(path("out")));
        for (int row = 0; row < kPictures; ++row)
            QVERIFY(QFile::exists(images().item(row).path));
        QCOMPARE(images().rowCount(), kPictures + 1);
    }

    void aMoveWithinTheSourcesIsUndone() {
        sort(1, path("in"));
        QTRY_COMPARE(images().rowCount(), kPictures + 1);
        QVERIFY(images().item(0).path.startsWith(path("in") + '/' + images().item(0).label));
        m_pane->undoStack().undo();
        QTRY_VERIFY_WITH_TIMEOUT(action()->isEnabled(), kPatience);
        QCOMPARE(files("in"), m_before);
    }

    void aBadDestinationIsSaid() {
        SortDialog* dialog = open();
        dialog->setDestination({});
        QTRY_COMPARE(dialog->errorText(), QString("Choose a folder"));
        dialog->setDestination("relative");
        QTRY_VERIFY(dialog->errorText().contains("whole path"));
        dialog->setDestination(path("in/picture-0.png"));
        QTRY_VERIFY2(dialog->errorText().contains("is not a folder"), qPrintable(dialog->errorText()));
        QVERIFY(!dialog->sortButton().isEnabled());
        QVERIFY(dialog->preview().folders().isEmpty());
        if (geteuid() != 0) {
            QDir(m_own->path()).mkpath("locked");
            QVERIFY(QFile::setPermissions(path("locked"), QFile::Permissions()));
            dialog->setDestination(path("locked/below"));
            QTRY_VERIFY2(dialog->errorText().contains("cannot be written"), qPrintable(dialog->errorText()));
        }
        dialog->setDestination(path("out"));
        QTRY_VERIFY(dialog->sortButton().isEnabled());
        QCOMPARE(dialog->errorText(), QString());
    }

    void whatFailsIsSaidAndTheRestIsSorted() {
        SortDialog* dialog = open();
        QVERIFY(QFile::remove(images().item(1).path));
        QSignalSpy notified(m_services.get(), &Services::notified);
        dialog->sortButton().click();
        QTRY_COMPARE(notified.size(), 1);
        QVERIFY(notified[0][1].toBool());
        const QString text = notified[0][0].toString();
        QVERIFY2(text.contains("picture-1.png: the file is missing") && text.contains("4 picture(s) copied"),
                 qPrintable(text));
        QCOMPARE(files("out").size(), kPictures - 1);
    }

    void aWaitingSortIsCancelled() {
        SortDialog* dialog = open();
        dialog->sortButton().click();
        QVERIFY(!m_services->engine().jobs().isEmpty());
        for (const JobState& job : m_services->engine().jobs())
            m_services->engine().cancel(job.id);
        QTRY_VERIFY_WITH_TIMEOUT(action()->isEnabled(), kPatience);
        // Whatever was done until then can be undone.
        QCOMPARE(m_pane->undoStack().canUndo(), !files("out").isEmpty());
        m_pane->undoStack().undo();
        QTRY_VERIFY_WITH_TIMEOUT(action()->isEnabled(), kPatience);
        QVERIFY(files("out").isEmpty());
        QCOMPARE(files("in"), m_before);
    }

    /// What the page shows is what it will do.
    void onlyWhatIsShownIsSortedUnlessAllAreAskedFor() {
        m_pane->showView("table");
        m_pane->tableColumn().search().setText(QFileInfo(images().item(0).path).fileName());
        QTRY_COMPARE(m_pane->tableColumn().shown().rowCount(), 1);
        SortDialog* dialog = open();
        QVERIFY(dialog->which().isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(dialog->sortButton().text().contains("1 picture"), kPatience);
        dialog->which().setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->isLooking(), kPatience);
        QVERIFY(dialog->sortButton().text().contains("5 picture"));
        dialog->reject();
        m_pane->tableColumn().clearFilters();
        delete dialog;
        QVERIFY(!open()->which().isVisible());
    }

  private:
    static constexpr int kPictures = 5;
    static constexpr int kPatience = 30000;  // milliseconds

    QString path(const QString& name) const override { return m_own->filePath(name); }

    QAction* action() {
        for (QAction* one : m_pane->fileActions())
            if (one->shortcut() == QKeySequence("Ctrl+Shift+S")) return one;
        return nullptr;
    }

    /// With its preview there.
    SortDialog* open() {
        action()->trigger();
        auto* dialog = m_pane->findChild<SortDialog*>();
        dialog->setDestination(path("out"));
        if (!QTest::qWaitFor([dialog] { return !dialog->isLooking(); }, kPatience)) qFatal("no preview");
        return dialog;
    }

    void sort(int mode, const QString& folder = {}) {
        SortDialog* dialog = open();
        dialog->mode().setCurrentIndex(mode);
        if (!folder.isEmpty()) dialog->setDestination(folder);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->isLooking(), kPatience);
        connect(m_services.get(), &Services::notified, this, [this](const QString& text) { m_news = text; });
        dialog->sortButton().click();
        QTRY_VERIFY_WITH_TIMEOUT(action()->isEnabled(), kPatience);
        QVERIFY2(m_news.startsWith("5 picture(s)"), qPrintable(m_news));
    }

    QStringList files(const QString& folder) const {
        QStringList found;
        QDirIterator iterator(path(folder), QDir::Files, QDirIterator::Subdirectories);
        while (iterator.hasNext())
            found << QDir(path(folder)).relativeFilePath(iterator.next());
        found.sort();
        return found;
    }

    std::unique_ptr<QTemporaryDir> m_own;
    QStringList m_before;
    QString m_news;
};

DIAGONAL_TEST(TestSortDialog);
#include "test_sort_dialog.moc"
