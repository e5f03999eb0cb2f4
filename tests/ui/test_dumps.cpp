// SPDX-License-Identifier: GPL-3.0-or-later
// What each page of the window shows, as text, in English and Chinese; tests/ui/expected holds it.
#include <QApplication>
#include <QDateTime>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <functional>
#include <memory>

#include "engine/base/resources.h"
#include "tests/engine/avi_bytes.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/ui/dump.h"
#include "tests/ui/run_folder.h"
#include "training/data/scenes.h"
#include "ui/base/paths.h"
#include "ui/label/bar_list.h"
#include "ui/label/compare_source.h"
#include "ui/label/compare_view.h"
#include "ui/label/label_pane.h"
#include "ui/label/sort_dialog.h"
#include "ui/matrix/matrix_pane.h"
#include "ui/model_pane/models_pane.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/video_page.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"
#include "ui/train/train_pane.h"
#include "ui/train/wizard.h"
#include "ui/window/main_window.h"
#include "ui/window/translations.h"

using namespace diagonal;

class TestDumps : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir m_folder;
    QStringList m_pictures;
    std::unique_ptr<Services> m_services;
    std::unique_ptr<MainWindow> m_window;

    template <typename PaneType>
    PaneType& pane(const char* id) {
        m_window->showPane(QString::fromLatin1(id));
        return *qobject_cast<PaneType*>(m_window->currentPane());
    }
    /// Until no job runs and the page has stayed the same for a while: looks at a disk are no jobs.
    QStringList settled(QWidget& root) const {
        const QDeadlineTimer deadline(60000);
        QStringList lines = dumpOf(root);
        for (int same = 0; same < 8 && !deadline.hasExpired();) {  // tasks without a name are not among the jobs
            QTest::qWait(100);
            QStringList now = dumpOf(root);
            same = now == lines && m_services->engine().jobs().isEmpty() ? same + 1 : 0;
            lines = std::move(now);
        }
        return lines;
    }
    LabelPane& labelled(const char* view) {
        auto& label = pane<LabelPane>("label");
        label.openPaths(m_pictures);
        label.showView(QString::fromLatin1(view));
        const ImageList& images = label.session().images();
        const auto isLabelled = [&images] {
            const ImageCounts counts = images.counts();
            return counts.all == 3 && counts.waiting == 0 && counts.sure + counts.unsure + counts.none == 3;
        };
        const auto areCounted = [&label] {
            const auto lists = label.findChildren<BarList*>();
            return std::ranges::all_of(
                lists, [](BarList* list) { return !list->isVisible() || list->model()->rowCount() > 0; });
        };
        if (!QTest::qWaitFor([&] { return isLabelled() && areCounted(); }, 20000))
            qWarning("the pictures were not labelled");
        return label;
    }
    /// A library of scenes and a video, searched.
    SearchPane& searched() {
        const QDir folder(m_folder.filePath("scenes"));
        if (!folder.exists()) {
            folder.mkpath("videos");
            AviBytes video(96, 96, 10);
            for (int i = 0; i < 24; ++i) {
                const Image image = drawScene({i % 6, i / 6, 1, 2, 4, 1, 7}, 96);
                QImage(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888)
                    .save(folder.filePath(QStringLiteral("drawing %1.png").arg(i)));
                if (i % 6 == 0) video.add(image, 20);
            }
            QFile file(folder.filePath("videos/walk.avi"));
            if (file.open(QIODevice::WriteOnly)) file.write(QByteArray::fromStdString(video.bytes()));
            // The same day on every computer.
            const QStringList names = folder.entryList(QDir::Files) << QStringLiteral("videos/walk.avi");
            for (const QString& name : names) {
                QFile dated(folder.filePath(name));
                if (dated.open(QIODevice::ReadWrite))
                    dated.setFileTime(QDateTime(QDate(2021, 6, 4), QTime(12, 0), Qt::UTC),
                                      QFileDevice::FileModificationTime);
            }
        }
        auto& search = pane<SearchPane>("search");
        static int number = 0;
        search.createLibrary(m_folder.filePath(QStringLiteral("%1/My pictures").arg(++number)));
        search.addToLibrary({folder.path()});
        const auto isReady = [&] {
            return search.library().state().counts.pictures == 24 && search.library().state().counts.videos == 1 &&
                   !search.library().isBusy() && !search.search().isPreparing();
        };
        if (!QTest::qWaitFor(isReady, 30000)) qWarning("the library was not made");
        search.search().setLine(0.5);
        search.field().edit().setText(QStringLiteral("red circle"));
        search.field().commit();
        const auto isFound = [&] { return search.results().rowCount() > 0 && !search.search().isBusy(); };
        if (!QTest::qWaitFor(isFound, 30000)) qWarning("nothing was found");
        return search;
    }
    QWidget& wizardPage(int page) {
        auto& train = pane<TrainPane>("train");
        train.newRun();
        train.wizard()->begin(QStringLiteral("scenes:count=200,seed=1"));
        settled(train);
        train.wizard()->goTo(page);
        return train;
    }

    /// The page by its name; what it returns is dumped.
    QWidget& open(const QString& page) {
        if (page == QLatin1String("label")) return labelled("picture");
        if (page == QLatin1String("label-table")) return labelled("table");
        if (page == QLatin1String("label-sort")) {
            LabelPane& label = labelled("picture");
            settled(label);
            SortDialog* dialog = label.sortIntoFolders();
            dialog->setDestination(m_folder.filePath("sorted"));
            return *dialog;
        }
        if (page == QLatin1String("label-compare")) {
            LabelPane& label = labelled("compare");
            label.compareView().source().chooseTemplate(QStringLiteral("a drawing of a {}"));
            return label;
        }
        if (page == QLatin1String("matrix")) {
            auto& matrix = pane<MatrixPane>("matrix");
            matrix.showSampleScenes();
            return matrix;
        }
        if (page == QLatin1String("train")) {
            auto& train = pane<TrainPane>("train");
            train.openRun(m_folder.filePath("run"));
            return train;
        }
        if (page.startsWith(QLatin1String("wizard-"))) return wizardPage(page.right(1).toInt() - 1);
        if (page == QLatin1String("search")) return searched();
        if (page == QLatin1String("search-video")) {
            SearchPane& search = searched();
            const auto& paths = search.library().snapshot()->paths;
            for (size_t i = 0; i < search.library().snapshot()->files.size(); ++i)
                if (paths[i].extension() == ".avi") search.openVideo(fromPath(paths[i]));
            if (!QTest::qWaitFor([&] { return search.video().frames().hasQuery; }, 20000))
                qWarning("the video was not read");
            return search;
        }
        if (page == QLatin1String("embeddings")) {
            auto& embeddings = pane<Pane>("embeddings");
            embeddings.openPaths(m_pictures);
            return embeddings;
        }
        return pane<ModelsPane>("models");
    }

    static void speak(const QString& language) {
        for (auto* translator : qApp->findChildren<QTranslator*>())
            delete translator;
        installTranslations(*qApp, language);
    }
    /// Of this computer, and of fonts that are not everywhere.
    QString portable(const QStringList& lines) const {
        QString text = lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
        text.replace(m_folder.path(), QStringLiteral("FOLDER"));
        text.replace(QString::fromStdString(resourceFolder().string()), QStringLiteral("RESOURCES"));
        return text;
    }
    static QString withoutPlace(const QString& line) { return line.section(QStringLiteral(" @ "), 0, 0); }
    /// The y of its place.
    static int rowOf(const QString& line) {
        return line.section(QStringLiteral(" @ "), 1)
            .section(QLatin1Char(','), 1)
            .section(QLatin1Char(' '), 0, 0)
            .toInt();
    }

  private Q_SLOTS:
    void initTestCase() {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath("settings"));
        QCoreApplication::setOrganizationName("DiagonalTest");
        qputenv("HOME", m_folder.path().toUtf8());
        for (const char* name :
             {"DIAGONAL_CACHE", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
            qunsetenv(name);
        Theme::instance().setScheme(ColourScheme::Light);
        Theme::instance().install(*qApp);
        for (const auto& [name, colour] : {std::pair("red", Qt::red), {"green", Qt::green}, {"blue", Qt::blue}}) {
            QImage image(40, 30, QImage::Format_RGB32);
            image.fill(colour);
            m_pictures << m_folder.filePath(QLatin1String(name) + QLatin1String(".png"));
            QVERIFY(image.save(m_pictures.last()));
        }
        writeRun(m_folder.filePath("run"), 8);
    }
    void cleanup() {
        m_window.reset();
        m_services.reset();
        QSettings().clear();
        // What a window keeps of its pictures and texts.
        for (const auto place : {QStandardPaths::AppDataLocation, QStandardPaths::AppLocalDataLocation})
            QDir(QStandardPaths::writableLocation(place)).removeRecursively();
    }

    void aPageIsAsExpected_data() {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("language");
        for (const char* page :
             {"label", "label-table", "label-sort", "label-compare", "matrix", "train", "wizard-1", "wizard-2",
              "wizard-3", "wizard-4", "wizard-5", "search", "search-video", "embeddings", "models"})
            for (const char* language : {"en", "zh_CN"})
                QTest::addRow("%s %s", page, language) << QString(page) << QString(language);
    }
    // DIAGONAL_WRITE_EXPECTED=1 takes the present state as the expected one.
    void aPageIsAsExpected() {
        QFETCH(QString, page);
        QFETCH(QString, language);
        speak(language);
        m_services = std::make_unique<Services>();
        m_window = std::make_unique<MainWindow>(*m_services);
        m_window->resize(1440, 900);
        m_window->show();
        QSignalSpy loaded(&m_services->engine(), &EngineService::modelChanged);
        m_services->openModel(QStringLiteral("demo"));
        QVERIFY(loaded.wait(20000));
        QWidget& shown = open(page);
        const QString light = portable(settled(shown));
        Theme::instance().setScheme(ColourScheme::Dark);
        const QString dark = portable(settled(shown));
        Theme::instance().setScheme(ColourScheme::Light);
        QCOMPARE(dark.split(QLatin1Char('\n')), light.split(QLatin1Char('\n')));

        QFile file(QString::fromStdString(paths::source("tests/ui/expected/")) + page + QLatin1Char('-') + language +
                   QLatin1String(".txt"));
        if (qEnvironmentVariableIsSet("DIAGONAL_WRITE_EXPECTED")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            // Places are those of one font: in other languages nobody compares them.
            QStringList lines = light.split(QLatin1Char('\n'));
            if (language != QLatin1String("en")) std::ranges::transform(lines, lines.begin(), withoutPlace);
            file.write(lines.join(QLatin1Char('\n')).toUtf8());
            return;
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), "no text was taken yet: DIAGONAL_WRITE_EXPECTED=1 takes it");
        QStringList expected = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
        QStringList found = light.split(QLatin1Char('\n'));
        const bool hasPlaces =
            language == QLatin1String("en") && Theme::instance().font(13).family() == QLatin1String("Inter");
        // Whether all has room depends on the font, too.
        for (QStringList* lines : {&expected, &found})
            if (!hasPlaces)
                lines->removeIf([](const QString& line) { return line.contains(QLatin1String("ScrollBar ")); });
        int pathRow = -100;
        for (int i = 0; i < std::max(expected.size(), found.size()); ++i) {
            const QString line = found.value(i), wanted = expected.value(i);
            // How wide a path is, and where things beside it stand, depends on where this computer keeps its folders.
            if (wanted.contains(QLatin1String("FOLDER")) || wanted.contains(QLatin1String("RESOURCES")))
                pathRow = rowOf(wanted);
            const bool compared = hasPlaces && std::abs(rowOf(wanted) - pathRow) > 16;
            QCOMPARE(compared ? line : withoutPlace(line), compared ? wanted : withoutPlace(wanted));
        }
    }
};

DIAGONAL_TEST(TestDumps);
#include "test_dumps.moc"
