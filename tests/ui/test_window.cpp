// SPDX-License-Identifier: GPL-3.0-or-later
#include <QMenuBar>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "tests/registry.h"
#include "ui/base/settings.h"
#include "ui/style/theme.h"
#include "ui/window/job_row.h"
#include "ui/window/main_window.h"
#include "ui/window/pane.h"
#include "ui/window/services.h"

using namespace diagonal;

namespace {

QStringList warnings;

void collect(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (type != QtDebugMsg && type != QtInfoMsg) warnings.append(text);
}

}  // namespace

class TestWindow : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setOrganizationName("Diagonal");
        QCoreApplication::setApplicationName("DiagonalTest");
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        Theme::instance().setScheme(ColourScheme::Light);
        Theme::instance().install(*qApp);
        qInstallMessageHandler(collect);
    }
    void init() { warnings.clear(); }
    void cleanup() { QVERIFY2(warnings.isEmpty(), qPrintable(warnings.join(QLatin1Char('\n')))); }
    void cleanupTestCase() { qInstallMessageHandler(nullptr); }

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
            const QStringList all = keys;
            QCOMPARE(keys.removeDuplicates(), 0);
            Q_UNUSED(all)
        }
    }

    void recentModelsAreThoseThatExist() {
        Services services;
        const QTemporaryDir model;
        services.openModel(model.path());
        services.openModel(m_settings.filePath("gone"));
        QCOMPARE(services.recentModels(), QStringList{model.path()});
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
    QTemporaryDir m_settings;
};

DIAGONAL_TEST(TestWindow);
#include "test_window.moc"
