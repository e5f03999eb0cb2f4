// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QTextCursor>
#include <QThread>
#include <memory>

#include "engine/base/resources.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/ui/bytes_in.h"
#include "ui/jobs/versions.h"
#include "ui/label/label_pane.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/pane.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"
#include "ui/window/alt_keys.h"
#include "ui/window/guide.h"
#include "ui/window/kept_list.h"
#include "ui/window/main_window.h"
#include "ui/window/single_instance.h"

using namespace diagonal;

namespace {}  // namespace

/// The window as a desktop sees it: command line, one window for all starts, what is there again after a crash.
class TestDesktop : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setOrganizationName("Diagonal");
        QCoreApplication::setApplicationName("DiagonalTest");
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_home.path());
        Theme::instance().setScheme(ColourScheme::Light);
        Theme::instance().install(*qApp);
        qputenv("XDG_RUNTIME_DIR", m_home.path().toUtf8());
        QFile::setPermissions(m_home.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void helpAndVersionNeedNoDisplay() {
        const auto help = finished({"--help"}, "xcb");
        QCOMPARE(help->exitCode(), 0);
        const QString text = QString::fromUtf8(help->readAllStandardOutput()).simplified();
        QVERIFY2(text.contains("models, label, matrix, search, train, evaluate, embeddings"), qPrintable(text));
        for (const char* option : {"--model", "--pane", "--theme", "--lang", "--new-instance", "--version"})
            QVERIFY2(text.contains(option), option);
        const auto version = finished({"--version"}, "xcb");
        QCOMPARE(version->exitCode(), 0);
        static const QRegularExpression kVersion("^diagonal \\d+\\.\\d+\\.\\d+\n$");
        QVERIFY(kVersion.match(QString::fromUtf8(version->readAllStandardOutput())).hasMatch());
    }

    void helpIsTranslated() {
        const auto help = finished({"--lang", "zh_CN", "--help"}, "xcb");
        QVERIFY(QString::fromUtf8(help->readAllStandardOutput()).contains(QStringLiteral("模型")));
    }

    void whatIsWrongIsRefused_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("said");
        QTest::newRow("pane") << QStringList{"--pane", "labl"} << "--pane: “labl” is not one of models, label";
        QTest::newRow("theme") << QStringList{"--theme=pink"} << "--theme: “pink” is not one of light, dark";
        QTest::newRow("language") << QStringList{"--lang", "nonsense"} << "--lang: “nonsense” is no language";
        QTest::newRow("option") << QStringList{"--wrong"} << "wrong";
        QTest::newRow("address") << QStringList{"https://example.org/a.png"} << "is no file of this computer";
        QTest::newRow("beside Qt's own") << QStringList{"-platform", "xcb", "--style=fusion", "--pane", "x"}
                                         << "--pane: “x”";
    }

    void whatIsWrongIsRefused() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, said);
        const auto run = finished(arguments, "xcb");
        QCOMPARE(run->exitCode(), 2);
        const QString text = QString::fromUtf8(run->readAllStandardError());
        QVERIFY2(text.contains(said), qPrintable(text));
        QVERIFY(text.contains("diagonal --help"));
    }

    void paneIdsAreThoseOfThePanes() {
        Services services;
        const MainWindow window(services);
        QStringList ids;
        for (const Pane* pane : window.panes())
            ids.append(pane->id());
        QCOMPARE(ids, MainWindow::paneIds());
    }

    void picturesFromOutsideGoToLabel() {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath("pictures"));
        Services services;
        MainWindow window(services);
        auto* label = window.findChild<LabelPane*>();
        label->showView("compare");
        for (const char* pane : {"train", "embeddings", "models"}) {
            window.showPane(pane);
            window.openPaths({folder.filePath("pictures")}, true);
            QTRY_COMPARE(window.currentPane()->id(), QString("label"));
            QTRY_COMPARE(label->currentView(), QString("picture"));
        }
        QVERIFY(QDir(folder.path()).mkpath("run/checkpoints"));
        QFile config(folder.filePath("run/config.json"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.close();
        window.openPaths({folder.filePath("run")}, true);
        QTRY_COMPARE(window.currentPane()->id(), QString("train"));
        window.showPane("embeddings");
        window.openPaths({folder.filePath("pictures")});
        QCOMPARE(window.currentPane()->id(), QString("embeddings"));
        QTRY_VERIFY(services.engine().jobs().isEmpty());
    }

    void aSecondStartGivesItsFilesToTheFirst() {
        SingleInstance first("one");
        QCOMPARE(first.begin({}), SingleInstance::Role::First);
        QList<OpenRequest> requests;
        connect(&first, &SingleInstance::requested, this,
                [&](const OpenRequest& request) { requests.append(request); });
        // The second one may come before the first listens.
        auto role = SingleInstance::Role::Alone;
        const std::unique_ptr<QThread> second(QThread::create([&role] {
            role = SingleInstance("one").begin({{"/a b.png", "/ü\n.png"}, "/model", "label", "token"});
        }));
        second->start();
        QThread::msleep(20);
        first.listen();
        QTRY_VERIFY(second->isFinished());
        QCOMPARE(role, SingleInstance::Role::HandedOver);
        QCOMPARE(requests.size(), 1);
        QCOMPARE(requests.first().paths, QStringList({"/a b.png", "/ü\n.png"}));
        QCOMPARE(requests.first().model, QString("/model"));
        QCOMPARE(requests.first().pane, QString("label"));
        QCOMPARE(requests.first().activation, QString("token"));
        QCOMPARE(SingleInstance("another").begin({}), SingleInstance::Role::First);
    }

    void aFirstOneThatHangsBlocksNobody() {
        SingleInstance first("hung");
        QCOMPARE(first.begin({}), SingleInstance::Role::First);
        QCOMPARE(SingleInstance("hung").begin({}, 100), SingleInstance::Role::Alone);  // not listening yet
        first.listen();
        const QSignalSpy requested(&first, &SingleInstance::requested);
        // This thread runs no events meanwhile: so does a program that hangs.
        QCOMPARE(SingleInstance("hung").begin({{"/a.png"}, {}, {}, {}}, 300), SingleInstance::Role::Alone);
        QTest::qWait(20);
        QCOMPARE(requested.size(), 0);  // the other one has opened the file itself
    }

    void aDeadFirstOneIsFollowed() {
        const auto dead = started({});
        ::kill(static_cast<pid_t>(dead->processId()), SIGKILL);
        QVERIFY(dead->waitForFinished());
        const auto first = started({});
        const auto second = finished({m_home.path()}, "offscreen");
        QCOMPARE(second->exitCode(), 0);
        QCOMPARE(first->state(), QProcess::Running);
        const auto own = started({"--new-instance"});
        QCOMPARE(own->state(), QProcess::Running);
        for (const auto& process : {&first, &own}) {
            (*process)->terminate();
            QVERIFY((*process)->waitForFinished());
            QCOMPARE((*process)->exitCode(), 0);
        }
    }

    void theDemoModelStandsInForOneThatIsGone() {
        QSettings settings(m_home.filePath("Diagonal/Diagonal.conf"), QSettings::IniFormat);
        settings.setValue("models/last", "/nowhere/model");
        settings.sync();
        const auto process = started({});
        QTRY_VERIFY_WITH_TIMEOUT(
            bytesIn(QStringLiteral("/proc/%1/maps").arg(process->processId())).contains("demo-model"), 20000);
        process->terminate();
        QVERIFY(process->waitForFinished());
        settings.sync();
        QCOMPARE(settings.value("models/last").toString(), QString("/nowhere/model"));
        settings.clear();
    }

    void theListOfPicturesIsKeptUntilTheEnd() {
        const QTemporaryDir folder;
        QStringList pictures{"/a.png", "/b\n.png"};
        const auto count = [&pictures] { return static_cast<int>(pictures.size()); };
        const auto path = [&pictures](int row) { return pictures[row]; };
        const QString file = folder.filePath("kept/open-pictures.lst");
        {
            KeptList kept("pictures", count, path, folder.filePath("kept"), 1);
            QVERIFY(kept.leftFile().isEmpty());
            kept.grow();
            QTRY_COMPARE(bytesIn(file), QByteArray("/a.png\0/b\n.png\0", 15));
            for (int i = 0; i < 20000; ++i)
                pictures.append(QStringLiteral("/%1.png").arg(i));
            kept.grow();
            QTRY_VERIFY(bytesIn(file).endsWith(QByteArray("/19999.png\0", 11)));
            pictures.resize(1);
            kept.change();
            QTRY_COMPARE(bytesIn(file), QByteArray("/a.png\0", 7));
            // Another process keeps no list and takes none away.
            { KeptList other("pictures", count, path, folder.filePath("kept"), 1); }
            QVERIFY(QFile::exists(file));
        }
        QVERIFY(!QFile::exists(file));
    }

    void theListOfACrashIsThereOnce() {
        const QTemporaryDir folder;
        QFile list(folder.filePath("open-pictures.lst"));
        QVERIFY(list.open(QIODevice::WriteOnly));
        list.write(QByteArray("/a.png\0/b.png\0", 14));
        list.close();
        const auto none = [] { return 0; };
        QString left;
        {
            const KeptList kept("pictures", none, {}, folder.path());
            left = kept.leftFile();
            QCOMPARE(bytesIn(left), QByteArray("/a.png\0/b.png\0", 14));
            QCOMPARE(KeptList::entriesOf(left), QStringList({"/a.png", "/b.png"}));
        }
        // A program that ends again before it kept a list does not open the same for ever.
        QVERIFY(KeptList("pictures", none, {}, folder.path()).leftFile().isEmpty());
        QVERIFY(QFile::exists(left));
    }

    /// A pane's typed lines, as the program keeps them: each list has a file of its own.
    void typedLinesAreKeptBesideThePictures() {
        const QTemporaryDir folder;
        QStringList lines{"ein größerer Hund", "猫"};
        const auto count = [&lines] { return static_cast<int>(lines.size()); };
        const auto line = [&lines](int row) { return lines[row]; };
        KeptList pictures("pictures", count, line, folder.path(), 1), texts("texts", count, line, folder.path(), 1);
        texts.change();
        QTRY_COMPARE(KeptList::entriesOf(folder.filePath("open-texts.lst")), lines);
        QVERIFY(!QFile::exists(folder.filePath("open-pictures.lst")));
        lines.clear();
        texts.change();
        QTRY_VERIFY(!QFile::exists(folder.filePath("open-texts.lst")));
    }

    void altWithADigitTypesNothing() {
        AltKeys altKeys;
        qApp->installEventFilter(&altKeys);
        QLineEdit field;
        for (const Qt::KeyboardModifiers modifiers : {Qt::KeyboardModifiers(Qt::NoModifier), {Qt::AltModifier}}) {
            QKeyEvent press(QEvent::KeyPress, Qt::Key_1, modifiers, "1");
            QApplication::sendEvent(&field, &press);
            QCOMPARE(field.text(), QString("1"));
            QMenu menu;
            QVERIFY(!altKeys.eventFilter(&menu, &press));
        }
    }

    void recentFoldersAndModelsStandInTheFileMenu() {
        Services services;
        MainWindow window(services);
        for (int i = 0; i < 12; ++i)
            keepRecentFolder(QStringLiteral("/photos/%1 & co").arg(i));
        keepRecentFolder("/photos/3 & co");
        QCOMPARE(recentFolders().size(), 10);
        QCOMPARE(recentFolders().first(), QString("/photos/3 & co"));
        services.openModel(QString::fromStdString((resourceFolder() / "demo-model").string()));
        QTRY_VERIFY_WITH_TIMEOUT(services.engine().model() != nullptr, 60000);
        auto* menu = window.findChild<OpenRecentMenu*>();
        QVERIFY(window.findChild<QMenuBar*>()->actions().first()->menu()->actions().contains(menu->menuAction()));
        Q_EMIT menu->aboutToShow();
        QCOMPARE(menu->actions().first()->text(), QString("/photos/3 && co"));
        const QSignalSpy chosen(menu, &OpenRecentMenu::folderChosen);
        menu->actions().first()->trigger();
        QCOMPARE(chosen.size(), 1);
        const auto texts = [menu] {
            QStringList all;
            for (const QAction* action : menu->actions())
                all.append(action->text());
            return all.join('|');
        };
        QVERIFY2(texts().contains("Model: "), qPrintable(texts()));
        menu->actions().last()->trigger();
        QVERIFY(recentFolders().isEmpty());
        QSettings().clear();
    }

    void theGuideIsShownWithItsPictures() {
        QWidget parent;
        QVERIFY(!guideFolder().isEmpty());
        showGuide(&parent);
        showGuide(&parent);
        const auto browsers = parent.findChildren<QTextBrowser*>();
        QCOMPARE(browsers.size(), 1);
        QCOMPARE(browsers.first()->horizontalScrollBar()->maximum(), 0);
        const auto linkColour = [&browsers] {
            QTextCursor link = browsers.first()->document()->find("models.md");
            return link.charFormat().foreground().color();
        };
        const auto scheme = Theme::instance().scheme();
        for (const ColourScheme other : {ColourScheme::Dark, ColourScheme::Light}) {
            Theme::instance().setScheme(other);
            QCOMPARE(linkColour(), colour(&Tokens::accent));
        }
        Theme::instance().setScheme(scheme);
        QVERIFY(browsers.first()->toPlainText().contains("rail at the left"));
        const QString html = browsers.first()->toHtml();
        static const QRegularExpression kPicture("<img src=\"([^\"]+)\"");
        auto pictures = kPicture.globalMatch(html);
        QVERIFY(pictures.hasNext());
        while (pictures.hasNext()) {
            const QString name = pictures.next().captured(1);
            const QVariant picture = browsers.first()->loadResource(QTextDocument::ImageResource, QUrl(name));
            QVERIFY2(!picture.value<QImage>().isNull(), qPrintable(name));
            QVERIFY(picture.value<QImage>().width() <= browsers.first()->viewport()->width());
        }
        browsers.first()->setSource(QUrl("cli.md"));
        QVERIFY(browsers.first()->toPlainText().contains("diagonal-cli"));
    }

    void versionsAreThoseOfTheLibraries() {
        static const QRegularExpression kVersion("^\\d+\\.\\d+(\\.\\d+)*");
        for (const LibraryVersion& library : libraryVersions())
            QVERIFY2(kVersion.match(library.version).hasMatch(), qPrintable(library.name + ' ' + library.version));
        QVERIFY(libraryVersions().at(2).version.count('.') >= 2);
    }

  private:
    std::unique_ptr<QProcess> process(const QString& platform) const {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* variable : {"DISPLAY", "WAYLAND_DISPLAY"})
            environment.remove(variable);
        environment.insert("QT_QPA_PLATFORM", platform);
        environment.insert("DIAGONAL_TIMING", "1");
        environment.insert("LANG", "C.UTF-8");
        for (const char* variable : {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
            environment.insert(variable, m_home.path());
        process->setProcessEnvironment(environment);
        process->setProgram(QString::fromUtf8(paths::kPrograms) + "/diagonal");
        return process;
    }

    /// The program, run to its end.
    std::unique_ptr<QProcess> finished(const QStringList& arguments, const QString& platform) const {
        auto run = process(platform);
        run->setArguments(arguments);
        run->start();
        if (!run->waitForFinished()) run->kill();
        return run;
    }

    /// The program, with its window painted.
    std::unique_ptr<QProcess> started(const QStringList& arguments) const {
        auto run = process("offscreen");
        run->setArguments(arguments);
        run->start();
        QByteArray said;
        while (!said.contains("first paint") && run->waitForReadyRead(20000))
            said += run->readAllStandardError();
        return run;
    }

    QTemporaryDir m_home;
};

DIAGONAL_TEST(TestDesktop);
#include "test_desktop.moc"
