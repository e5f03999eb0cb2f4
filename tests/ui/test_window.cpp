// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDialog>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QThread>
#include <QTimer>
#include <QToolButton>
#include <semaphore>

#include "engine/index/library.h"
#include "tests/ui/drop.h"
#include "tests/ui/file_watch.h"
#include "tests/ui/ui_test.h"
#include "ui/base/paths.h"
#include "ui/search/known_libraries.h"
#include "ui/search/search_pane.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/pane.h"
#include "ui/widgets/notice_bar.h"
#include "ui/window/dialogs.h"
#include "ui/window/job_row.h"
#include "ui/window/main_window.h"
#include "ui/window/rail.h"
#include "ui/window/status_bar.h"

using namespace diagonal;

class TestWindow : public UiTest {
    Q_OBJECT

  private Q_SLOTS:
    void everyPaneOpensInBothSchemes() {
        Services services;
        MainWindow window(services);
        window.resize(1440, 900);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QVERIFY(!window.panes().isEmpty());
        for (const ColourScheme scheme : {ColourScheme::Dark, ColourScheme::Light}) {
            Theme::instance().setScheme(scheme);
            for (Pane* pane : window.panes()) {
                window.showPane(pane->id());
                QCOMPARE(window.currentPane(), pane);
                QVERIFY(!window.grab().isNull());
                QVERIFY(!pane->title().isEmpty());
                QVERIFY2(!Theme::instance().pixmap(pane->id(), 24, Qt::black, 1).isNull(), qPrintable(pane->id()));
            }
        }
        window.resize(900, 600);
        for (Pane* pane : window.panes()) {
            window.showPane(pane->id());
            QVERIFY2(window.width() <= 1000, qPrintable(pane->id() + " needs " + QString::number(window.width())));
        }
    }

    void keysChangePanesAndPanels() {
        Services services;
        MainWindow window(services);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.activateWindow();
        for (int i = 0; i < window.panes().size(); ++i) {
            QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_1 + i), Qt::ControlModifier);
            QCOMPARE(window.currentPane(), window.panes()[i]);
        }
        QTest::keyClick(&window, Qt::Key_F6);
        QVERIFY(window.focusWidget() != nullptr);
    }

    /// From the first second, and wherever the keyboard is.
    void shortcutsOfThePaneShownWorkFromEverywhere() {
        Services services;
        MainWindow window(services);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        for (const char* id : {"label", "embeddings"}) {
            window.showPane(id);
            int pastes = 0;
            for (QAction* action : window.currentPane()->editActions()) {
                if (!action->shortcuts().contains(QKeySequence(QKeySequence::Paste))) continue;
                action->disconnect();
                connect(action, &QAction::triggered, this, [&] { ++pastes; });
            }
            int expected = 0;
            QTest::keyClick(&window, Qt::Key_V, Qt::ControlModifier);
            QCOMPARE(pastes, ++expected);
            for (QWidget* elsewhere : {static_cast<QWidget*>(window.findChild<RailButton*>()),
                                       static_cast<QWidget*>(window.findChild<ModelButton*>())}) {
                elsewhere->setFocus();
                QVERIFY(elsewhere->hasFocus());
                QTest::keyClick(elsewhere, Qt::Key_V, Qt::ControlModifier);
                QCOMPARE(pastes, ++expected);
            }
            QTest::mouseClick(window.currentPane(), Qt::LeftButton, {}, {5, 5});
            QTest::keyClick(window.focusWidget() != nullptr ? window.focusWidget() : &window, Qt::Key_V,
                            Qt::ControlModifier);
            QCOMPARE(pastes, ++expected);
        }
    }

    void aDropIsACopyWhateverIsOffered() {
        Services services;
        MainWindow window(services);
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path("a.png"))});
        for (const Qt::DropAction proposed : {Qt::MoveAction, Qt::CopyAction, Qt::LinkAction})
            QCOMPARE(dropAction(window, data, Qt::CopyAction | Qt::MoveAction | Qt::LinkAction, proposed),
                     Qt::CopyAction);
    }

    void theWindowLooksAtNoForeignPathItself() {
        const QString foreign = path("foreign");
        QVERIFY(QDir().mkpath(foreign + "/folder"));
        settings().setValue("models/recent", QStringList{foreign + "/model", foreign + "/folder"});
        const FileWatch watch(foreign);
        Services services;
        MainWindow window(services);
        window.show();
        window.showPane("matrix");
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QSignalSpy changed(&services, &Services::recentModelsChanged);
        QTRY_COMPARE(services.recentModels(), QStringList{foreign + "/folder"});
        QStringList many;
        for (int i = 0; i < 60; ++i)
            many << foreign + QStringLiteral("/%1.png").arg(i);
        window.openPaths(many);
        QTest::qWait(300);
        QVERIFY2(watch.calls().isEmpty(), qPrintable(watch.calls().join('\n')));
        settings().remove("models");
    }

    /// The same wherever they are dropped.
    void ofSeveralModelsTheFirstIsOpenedAndThatIsSaid() {
        const QString other = tinyModel("other");
        for (const QString& pane : {QStringLiteral("label"), QStringLiteral("models")}) {
            Services services;
            MainWindow window(services);
            window.show();
            window.showPane(pane);
            QSignalSpy loading(&services.engine(), &EngineService::modelLoading);
            QSignalSpy loaded(&services.engine(), &EngineService::modelChanged);
            window.openPaths({m_model, other});
            QVERIFY(loaded.wait(30000));
            QCOMPARE(loading.size(), 1);
            QCOMPARE(loading[0][0].toString(), m_model);
            QVERIFY(services.notices().first().text.contains("One model is open at a time"));
        }
        settings().remove("models");
    }

    /// Not a folder of pictures, wherever it comes from.
    void aLibraryOpensInSearch() {
        const QString folder = path("library");
        Library::create(toPath(folder), {"some model", {}, "Some model", 4});
        for (const bool fromOutside : {true, false}) {
            Services services;
            MainWindow window(services);
            window.show();
            window.showPane("matrix");
            window.openPaths({folder}, fromOutside);
            QTRY_COMPARE(window.currentPane()->id(), QString("search"));
            auto* search = qobject_cast<SearchPane*>(window.currentPane());
            QTRY_VERIFY(search->library().isOpen());
            QCOMPARE(search->library().folder(), folder);
            QVERIFY(search->library().state().sources.empty());
            QVERIFY(!recentFolders().contains(folder));
            forgetLibrary(folder);
        }
    }

    void aModelThatWasAskedForLaterStays() {
        Services services;
        QStringList many{m_model};
        for (int i = 0; i < 50000; ++i)
            many << QStringLiteral("/nowhere/%1.png").arg(i);
        std::vector<Services::Found> found;
        const auto keep = [&found](const Services::Found& one) { found.push_back(one); };
        services.lookAt(many, keep);
        services.lookAt({m_model}, keep);
        QTRY_COMPARE_WITH_TIMEOUT(found.size(), size_t{2}, 30000);
        QCOMPARE(found[0].models, QStringList(m_model));
        QCOMPARE(found[1].models, QStringList());
        QCOMPARE(found[1].others.size(), 50000);
    }

    void anErrorStaysUntilItIsClosedAndIsKept() {
        Services services;
        MainWindow window(services);
        window.show();
        const auto bars = window.findChildren<NoticeBar*>(QString(), Qt::FindDirectChildrenOnly);
        const auto shown = [&] {
            QStringList texts;
            for (const NoticeBar* bar : bars)
                if (bar->isVisible()) texts << bar->text();
            texts.sort();
            return texts;
        };
        services.notifyError({"a.png", "the file is empty", {}});
        services.notifyError({"b.png", "the file is missing", {}});
        services.notify("Exported c.csv");
        QCOMPARE(shown(), QStringList({"Exported c.csv", "b.png: the file is missing."}));
        const auto close = [&] {
            for (const NoticeBar* bar : bars)
                if (bar->isVisible() && bar->text().contains(".png")) return bar->findChild<QToolButton*>()->click();
        };
        close();
        QVERIFY(shown().contains("a.png: the file is empty."));
        close();
        QCOMPARE(shown(), QStringList("Exported c.csv"));
        QCOMPARE(services.notices().size(), 3);
        QVERIFY(services.notices()[1].isError);
        showMessages(&window, services.notices());
        auto* dialog = window.findChild<QDialog*>();
        QVERIFY(dialog != nullptr);
        QVERIFY(dialog->findChild<QPlainTextEdit*>()->toPlainText().contains("b.png: the file is missing."));
        delete dialog;
    }

    void closingAsksWhatWouldBeLost() {
        Services services;
        MainWindow window(services);
        window.show();
        std::binary_semaphore end(0);
        QObject owner;
        const JobId job =
            services.engine().runTask(&owner, "Moving pictures", [&](const JobContext&) { end.acquire(); }, {});
        QVERIFY(services.workToLose().isEmpty());  // nothing is lost with most
        services.engine().setPrecious(job);
        QCOMPARE(services.workToLose(), QStringList("Moving pictures"));
        QString asked;
        const auto answer = [&](bool stop) {
            QTimer::singleShot(0, &window, [&asked, stop] {
                auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
                QVERIFY(box != nullptr);
                asked = box->informativeText();
                for (QAbstractButton* button : box->buttons())
                    if ((box->buttonRole(button) == QMessageBox::DestructiveRole) == stop) return button->click();
            });
        };
        answer(false);
        QVERIFY(!window.close());
        QVERIFY(asked.contains("Moving pictures"));
        answer(true);
        QVERIFY(window.close());
        window.show();
        window.quit();  // a signal asks nobody
        QVERIFY(!window.isVisible());
        end.release();
        QTRY_VERIFY(services.workToLose().isEmpty());
    }

    void cancelHitsTheJobThatWasShown() {
        Services services;
        StatusBar bar(services);
        bar.show();
        std::binary_semaphore end(0);
        QObject first, second;
        bool isCancelled = false;
        services.engine().runTask(&first, "First", [&](const JobContext&) { end.acquire(); }, {});
        services.engine().runTask(&second, "Second",
                                  [](const JobContext& job) {
                                      while (!job.stop.stop_requested())
                                          QThread::msleep(1);
                                      job.throwIfStopped();
                                  },
                                  {{}, {}, [&] { isCancelled = true; }});
        auto* row = bar.findChild<JobRow*>();
        QSignalSpy asked(row, &JobRow::cancelRequested);
        const JobState stale = services.engine().jobs().first();
        QCOMPARE(stale.title, QString("First"));
        // The first ends; the row shows it still.
        end.release();
        QTRY_COMPARE(services.engine().jobs().size(), 1);
        row->show(stale, false);
        row->findChild<QToolButton*>()->click();
        QCOMPARE(asked.count(), 1);
        QTest::qWait(50);
        QVERIFY(!isCancelled);
        QVERIFY(!services.engine().jobs().first().cancelling);
    }

    void thePaneIsRemembered() {
        QString last;
        {
            Services services;
            MainWindow window(services);
            window.show();
            last = window.panes().last()->id();
            window.showPane(last);
            window.close();
        }
        Services services;
        const MainWindow window(services);
        QCOMPARE(window.currentPane()->id(), last);
    }

    void noShortcutStandsForTwoActions() {
        Services services;
        MainWindow window(services);
        for (Pane* pane : window.panes()) {
            window.showPane(pane->id());
            QStringList keys;
            for (const QAction* top : window.findChild<QMenuBar*>()->actions()) {
                for (const QAction* action : top->menu()->actions()) {
                    for (const QKeySequence& key : action->shortcuts())
                        keys.append(key.toString());
                }
            }
            const QString all = keys.join(QLatin1String(", "));
            QVERIFY2(keys.removeDuplicates() == 0, qPrintable(pane->id() + QLatin1String(": ") + all));
        }
    }

    void recentModelsAreThoseThatExist() {
        settings().setValue("models/recent", QStringList{path("gone"), m_model});
        const Services services;
        QTRY_COMPARE(services.recentModels(), QStringList{m_model});
        settings().remove("models");
    }

    /// What cannot be loaded would be asked for at each later start.
    void onlyAModelThatLoadedIsRemembered() {
        const QString broken = path("broken");
        QVERIFY(QDir().mkpath(broken));
        Services services;
        QSignalSpy changed(&services.engine(), &EngineService::modelChanged);
        services.openModel(m_model);
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, 30000);
        QCOMPARE(settings().value("models/last").toString(), m_model);
        QSignalSpy failed(&services.engine(), &EngineService::modelFailed);
        services.openModel(broken);
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000);
        QCOMPARE(settings().value("models/last").toString(), m_model);
        QCOMPARE(services.recentModels(), QStringList{m_model});
        QCOMPARE(services.engine().modelSource(), m_model);
        settings().remove("models");
    }

    void theDemoStandsInWithAWordAndIsNotRemembered() {
        const QString gone = path("gone");
        settings().setValue("models/last", gone);
        Services services;
        QSignalSpy changed(&services.engine(), &EngineService::modelChanged), told(&services, &Services::notified);
        services.openLastModel();
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, 60000);
        QCOMPARE(services.engine().modelSource(), QString("demo"));
        QCOMPARE(told.count(), 1);
        QVERIFY(told[0][0].toString().contains("gone") && told[0][0].toString().contains("demo model"));
        QCOMPARE(settings().value("models/last").toString(), gone);
        services.openModel("demo");
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 2, 60000);
        QCOMPARE(settings().value("models/last").toString(), QString("demo"));
        settings().remove("models");
    }

    void jobsSayHowFarAndHowLong() {
        const QLocale before;
        QLocale::setDefault(QLocale::c());
        JobState job{1, "Labelling", 38, 42, 31.2, "images/s", 0.4, false};
        QCOMPARE(jobTitle(job, false), QStringLiteral("Labelling 38 of 42"));
        QCOMPARE(jobDetail(job, false), QStringLiteral("31 images/s · 1 s left"));
        job.total = 0;
        QCOMPARE(jobTitle(job, false), QStringLiteral("Labelling"));
        const JobState run{1, "flickr8k small", 697, 1000, 2412, "samples/s", 592, false};
        QCOMPARE(jobDetail(run, true), QStringLiteral("69.7% · 2412 samples/s · 9:52 left"));
        QLocale::setDefault(before);
    }

  private:
    const QString m_model = tinyModel();
};

DIAGONAL_TEST(TestWindow);
#include "test_window.moc"
