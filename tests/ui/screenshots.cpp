// SPDX-License-Identifier: GPL-3.0-or-later
// Drives the real window through its panes and saves a picture of each, light and dark. By default on scenes that it
// draws itself; --images and --pairs show other pictures, --run a run folder in the monitor.
#include <QApplication>
#include <QCommandLineParser>
#include <QDeadlineTimer>
#include <QDir>
#include <QImage>
#include <QLineEdit>
#include <QRadioButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <cstdio>

#include "engine/base/resources.h"
#include "tests/engine/avi_bytes.h"
#include "training/data/scenes.h"
#include "ui/base/settings.h"
#include "ui/embeddings/embeddings_pane.h"
#include "ui/evaluate/calibration_view.h"
#include "ui/evaluate/class_page.h"
#include "ui/evaluate/evaluate_pane.h"
#include "ui/evaluate/setup_panel.h"
#include "ui/label/compare_source.h"
#include "ui/label/compare_view.h"
#include "ui/label/grid_column.h"
#include "ui/label/image_filter_chips.h"
#include "ui/label/label_pane.h"
#include "ui/label/label_strip.h"
#include "ui/label/named_sets.h"
#include "ui/label/picture_column.h"
#include "ui/label/prompt_editor.h"
#include "ui/label/relevance_bar.h"
#include "ui/label/side_panel.h"
#include "ui/label/sort_dialog.h"
#include "ui/label/table_column.h"
#include "ui/label/table_strip.h"
#include "ui/matrix/matrix_pane.h"
#include "ui/model_pane/chooser_view.h"
#include "ui/model_pane/models_pane.h"
#include "ui/search/filter_bar.h"
#include "ui/search/line_slider.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"
#include "ui/train/train_pane.h"
#include "ui/train/wizard.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/segmented_control.h"
#include "ui/window/main_window.h"
#include "ui/window/translations.h"

using namespace diagonal;

namespace {

constexpr int kSettle = 400;  // milliseconds that queued replots and animations need at most

/// Scenes of the demo model's first labels in class folders, and an empty file among them.
QStringList drawScenes(const QDir& folder, int count, bool withEmpty = true) {
    static const QStringList kShown = {"red circle",  "blue square",    "green triangle",
                                       "yellow star", "orange hexagon", "purple cross"};
    ScenesOptions options;
    options.count = 10 * sceneLabels().size();
    options.seed = 11;
    options.imageSize = 256;
    options.split = Split::Test;
    const auto scenes = makeScenes(options);
    QStringList files;
    for (size_t i = 0; i < scenes->size() && files.size() < count; ++i) {
        // Colours change slowest in a data set of scenes; a stride mixes them.
        const size_t index = i * 37 % scenes->size();
        const QString shown = QString::fromStdString(scenes->captions(index).front());
        if (!kShown.contains(shown)) continue;
        // Class folders, as the table's confusion matrix takes them.
        folder.mkpath(shown);
        const Image image = scenes->image(index);
        files.append(
            folder.filePath(QStringLiteral("%1/drawing-%2.png").arg(shown).arg(files.size(), 3, 10, QLatin1Char('0'))));
        QImage(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888).save(files.last());
    }
    if (!withEmpty) return files;
    QFile broken(folder.filePath(QStringLiteral("drawing-007b.png")));
    if (broken.open(QIODevice::WriteOnly)) files.insert(qMin<qsizetype>(8, files.size()), broken.fileName());
    return files;
}

/// Two drawings of each folder go to the next one, as labels are wrong in anybody's data.
void misplaceSome(const QDir& folder) {
    const QStringList classes = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    QList<QStringList> moved;
    for (const QString& one : classes)
        moved << QDir(folder.filePath(one)).entryList(QDir::Files, QDir::Name).mid(0, 2);
    for (qsizetype i = 0; i < classes.size(); ++i)
        for (const QString& name : moved[i])
            QFile::rename(folder.filePath(classes[i] + '/' + name),
                          folder.filePath(classes[(i + 1) % classes.size()] + '/' + name));
}

/// A video of scenes, two seconds each.
QString drawVideo(const QDir& folder) {
    constexpr int kSize = 256, kRate = 10;
    AviBytes video(kSize, kSize, kRate);
    for (int i = 0; i < 14; ++i)
        video.add(drawScene({i * 5 % 6, i * 3 % 8, i % 5, 2, 4, 1, 40 + static_cast<uint64_t>(i)}, kSize), 2 * kRate);
    const QString path = folder.filePath(QStringLiteral("videos/park walk.avi"));
    folder.mkpath(QStringLiteral("videos"));
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) file.write(QByteArray::fromStdString(video.bytes()));
    return path;
}

/// A home without this computer's models, and the demo model as one of a person's own.
QString makeHome(const QDir& folder) {
    qputenv("HOME", folder.path().toUtf8());
    for (const char* name : {"DIAGONAL_CACHE", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
        qunsetenv(name);
    const QDir shipped(QString::fromStdString((resourceFolder() / "demo-model").string()));
    const QDir own(folder.filePath("models/shapes"));
    own.mkpath(".");
    for (const QString& name : shipped.entryList(QDir::Files))
        QFile::copy(shipped.filePath(name), own.filePath(name));
    settings().setValue("models/recent", QStringList{own.path()});
    return own.path();
}

class Camera {
  public:
    Camera(MainWindow& window, Services& services, QDir folder)
        : m_window(window), m_services(services), m_folder(std::move(folder)) {}

    /// Waits until no job runs and everything is painted.
    void settle() const {
        const QDeadlineTimer deadline(180'000);
        QTest::qWait(kSettle);
        while ((!m_services.engine().jobs().isEmpty() || m_services.engine().isLoadingModel()) &&
               !deadline.hasExpired())
            QTest::qWait(50);
        QTest::qWait(kSettle);
    }

    void take(const QString& name) const { take(name, m_window); }
    void take(const QString& name, QWidget& shown) const {
        for (const auto& [scheme, suffix] : {std::pair(ColourScheme::Light, "light"), {ColourScheme::Dark, "dark"}}) {
            Theme::instance().setScheme(scheme);
            settle();
            const QString file = m_folder.filePath(name + QLatin1Char('-') + QLatin1String(suffix) + ".png");
            if (!shown.grab().save(file)) std::fprintf(stderr, "%s: cannot be written\n", qPrintable(file));
        }
    }

  private:
    MainWindow& m_window;
    Services& m_services;
    QDir m_folder;
};

template <typename PaneType>
PaneType& pane(MainWindow& window, const char* id) {
    window.showPane(QString::fromLatin1(id));
    return *qobject_cast<PaneType*>(window.currentPane());
}

void takeEvaluation(const Camera& camera, EvaluatePane& evaluate, const QString& labelled, const QString& captioned,
                    const QStringList& models) {
    using enum EvaluationTask;
    camera.take("evaluate-empty");
    SetupPanel& setup = evaluate.setup();
    for (const QString& model : models) {
        setup.compared().addModel(model);
        setup.compared().addPrompts(model, {"drawings", {"a drawing of a {}.", "a picture of a {}.", "one {}"}});
    }
    setup.labelled().setSpec(labelled);
    setup.captioned().setSpec(captioned);
    for (const EvaluationTask task : {LinearProbe, FewShot, NearestNeighbours, Templates})
        setup.setTask(task, true);
    setup.setTask(Retrieval, !captioned.isEmpty());
    camera.settle();
    evaluate.evaluate();
    camera.take("evaluate");
    evaluate.tabs().setCurrentIndex(EvaluatePane::PerClass);
    camera.take("evaluate-classes");
    evaluate.tabs().setCurrentIndex(EvaluatePane::FewShot);
    camera.take("evaluate-few-shot");
    evaluate.tabs().setCurrentIndex(EvaluatePane::Calibrated);
    camera.take("evaluate-calibration");
    evaluate.showRow(1);
    evaluate.tabs().setCurrentIndex(EvaluatePane::Templates);
    camera.take("evaluate-templates");
    evaluate.tabs().setCurrentIndex(EvaluatePane::Suspects);
    camera.take("evaluate-suspects");
}

/// A page with its sections open, scrolled down as far as it goes.
void takeUnfolded(const Camera& camera, TrainWizard& wizard, int step) {
    bool any = false;
    for (auto* section : wizard.findChildren<Disclosure*>()) {
        any = any || section->isVisible();
        section->setOpen(true);
    }
    if (!any) return;
    QTest::qWait(kSettle);
    for (auto* scroll : wizard.findChildren<QScrollArea*>())
        if (scroll->isVisible()) scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
    camera.take(QStringLiteral("wizard-%1-open").arg(step + 1));
    for (auto* section : wizard.findChildren<Disclosure*>())
        section->setOpen(false);
}

/// The model page when the last of its choices is taken, the open model.
void takeFineTuning(const Camera& camera, TrainWizard& wizard) {
    wizard.goTo(1);
    wizard.findChildren<QRadioButton*>().last()->click();
    camera.take(QStringLiteral("wizard-2-fine-tune"));
}

/// The dialog over the window, which does not show in the window's own picture.
void takeSortDialog(const Camera& camera, LabelPane& pane, const QString& folder) {
    ImageList& images = pane.session().images();
    const double temperature = images.temperature();
    images.setTemperature(0.5);  // so that some are unsure
    SortDialog* dialog = pane.sortIntoFolders();
    dialog->setDestination(folder);
    camera.take(QStringLiteral("label-sort"), *dialog);
    dialog->reject();
    images.setTemperature(temperature);
}

void takeGroups(const Camera& camera, LabelPane& pane) {
    pane.gridColumn().shown().setGrouped(true);
    camera.take(QStringLiteral("label-groups"));
    pane.gridColumn().shown().setGrouped(false);
}

/// Files that cannot be read, among the others.
void takeErrors(const Camera& camera, LabelPane& pane, const QDir& folder) {
    const std::pair<const char*, QByteArray> files[] = {{"empty.png", {}},
                                                        {"notes.jpg", "no picture, but words"},
                                                        {"half of it.png", QByteArray("\x89PNG\r\n\x1a\n", 8)}};
    QStringList paths;
    for (const auto& [name, bytes] : files) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly)) file.write(bytes);
        paths << file.fileName();
    }
    pane.pictureColumn().strip().setView(LabelStrip::Counts);
    pane.openPaths(paths);
    camera.settle();
    pane.gridColumn().chips().setCurrentIndex(static_cast<int>(ImageFilter::Failed));
    camera.take(QStringLiteral("label-errors"));
}

/// The map is no listed job: it is waited for here.
void takeRelevance(const Camera& camera, LabelPane& pane) {
    const QDeadlineTimer deadline(60'000);
    while (pane.relevance().map() == nullptr && !deadline.hasExpired())
        QTest::qWait(50);
    camera.take(QStringLiteral("label-relevance"));
}

/// An ensemble with its preview, and how each of its templates moves the answer.
void takeEnsemble(const Camera& camera, LabelPane& pane) {
    pane.pictureColumn().relevance().setOn(false);
    pane.side().prompt().setTemplates(NamedSets(TextSets::Templates).lines("imagenet-7"));
    LabelStrip& strip = pane.pictureColumn().strip();
    strip.setView(LabelStrip::ByTemplate);
    const QDeadlineTimer deadline(60'000);
    do
        QTest::qWait(100);
    while ((strip.isReading() || !pane.session().images().isScored()) && !deadline.hasExpired());
    camera.take(QStringLiteral("label-ensemble"));
    strip.setView(LabelStrip::NearestWords);
    do
        QTest::qWait(100);
    while (strip.isReading() && !deadline.hasExpired());
    camera.take(QStringLiteral("label-words"));
}

/// Without a second model: another prompt.
void takeComparison(const Camera& camera, CompareView& view, const QString& secondModel) {
    if (secondModel.isEmpty())
        view.source().chooseTemplate(QStringLiteral("large purple {}"));
    else
        view.source().chooseModel(secondModel);
    const QDeadlineTimer deadline(180'000);
    while (view.session().pictures().counts().waiting > 0 && !deadline.hasExpired())
        QTest::qWait(50);
    camera.take(QStringLiteral("label-compare"));
}

/// A library made of the pictures, searched; and its first video.
void takeSearch(const Camera& camera, SearchPane& search, const QStringList& paths, const QString& query,
                const QString& folder) {
    camera.take(QStringLiteral("search-empty"));
    search.createLibrary(folder);
    search.addToLibrary(paths);
    const QDeadlineTimer deadline(1'800'000);
    do
        QTest::qWait(200);
    while ((search.library().state().counts.rows == 0 || search.library().isBusy()) && !deadline.hasExpired());
    camera.take(QStringLiteral("search-ready"));
    const auto ask = [&](const QString& text) {
        search.field().clear();
        search.field().edit().setText(text);
        search.field().commit();
        do
            QTest::qWait(200);
        while ((search.search().isBusy() || search.search().isPreparing() || search.search().answer() == nullptr) &&
               !deadline.hasExpired());
    };
    ask(query);
    camera.take(QStringLiteral("search"));
    search.filters().setShowsTable(true);
    camera.take(QStringLiteral("search-table"));
    search.filters().setShowsTable(false);
    search.findSimilar(true);
    camera.take(QStringLiteral("search-similar"));
    ask(query);
    for (int i = 0; i < search.results().rowCount(); ++i) {
        const ResultRow& row = search.results().row(i);
        if (!row.isVideo) continue;
        search.openVideo(row.file);
        camera.take(QStringLiteral("search-video"));
        search.closeVideo();
        break;
    }
    search.filters().line().setChosen(8);
    Q_EMIT search.filters().line().chosenChanged();
    camera.take(QStringLiteral("search-nothing"));
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("Diagonal"));
    QCoreApplication::setApplicationName(QStringLiteral("DiagonalScreenshots"));
    const QTemporaryDir work;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, work.path());

    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{"out", "Folder for the pictures.", "folder", "docs/screenshots"},
                       {"images", "Folder of pictures instead of scenes.", "folder"},
                       {"pairs", "Caption file or Flickr8k folder for the matrix.", "path"},
                       {"run", "Run folder for the monitor.", "folder"},
                       {"data", "Data for the wizard.", "path"},
                       {"only", "Stop behind this pane: label; or show this one alone: search, evaluate.", "pane"},
                       {"labelled", "Class folders for evaluations.", "path"},
                       {"captioned", "Pictures with captions for evaluations.", "path"},
                       {"evaluated", "Models to evaluate, separated by commas.", "paths", "demo"},
                       {"unfold", "The wizard's pages also with all their sections open, and fine-tuning."},
                       {"library", "Pictures and videos for the search, instead of the images.", "path"},
                       {"query", "What is searched.", "words", "red circle"},
                       {"model", "Model.", "path", "demo"},
                       {"second", "Model to compare with, in place of another prompt.", "path"},
                       {"labels", "Labels, separated by commas.", "list"},
                       {"lang", "Language, as in zh_CN.", "locale", "en"},
                       {"size", "Size of the window.", "WxH", "1440x900"}});
    parser.process(application);
    const QDir out(parser.value("out"));
    if (!out.mkpath(".")) return 1;

    installTranslations(application, parser.value("lang"));
    Theme::instance().setScheme(ColourScheme::Light);
    Theme::instance().install(application);
    const QString ownModel = makeHome(QDir(work.path()));
    Services services;
    MainWindow window(services);
    const QStringList size = parser.value("size").split('x');
    window.resize(size.value(0).toInt(), size.value(1).toInt());
    window.show();
    services.openModel(parser.value("model"));
    const Camera camera(window, services, out);
    camera.settle();

    const auto search = [&](const QStringList& paths) {
        // Of files the folders that they lie in, but for this program's own.
        QStringList sources;
        for (const QString& path : paths) {
            const QString source = QFileInfo(path).isDir() ? path : QFileInfo(path).path();
            if (source != work.path() && !sources.contains(source)) sources << source;
        }
        takeSearch(camera, pane<SearchPane>(window, "search"), sources, parser.value("query"),
                   QDir(work.path()).filePath("My pictures"));
    };
    if (parser.value("only") == "search") {
        const QDir folder(work.path());
        search(parser.isSet("library") ? parser.values("library") : drawScenes(folder, 240) << drawVideo(folder));
        return 0;
    }

    const QString labelled = parser.value("labelled");
    const auto takeEvaluate = [&] {
        const QString drawn = QDir(work.path()).filePath("evaluated");
        if (labelled.isEmpty()) {
            drawScenes(QDir(drawn), 160, false);
            misplaceSome(QDir(drawn));
        }
        takeEvaluation(camera, pane<EvaluatePane>(window, "evaluate"), labelled.isEmpty() ? drawn : labelled,
                       parser.value("captioned"), parser.value("evaluated").split(','));
    };
    if (parser.value("only") == "evaluate") {
        takeEvaluate();
        return 0;
    }
    auto& models = pane<ModelsPane>(window, "models");
    models.inspect(ownModel);
    camera.take("models");
    models.compare();
    models.chooser().setData("scenes:count=200,seed=5");
    models.chooser().setLimit(100);
    models.chooser().start();
    camera.take("models-compare");

    const QString given = parser.value("images");
    const QStringList images = given.isEmpty() ? drawScenes(QDir(work.path()), 48) : QStringList{given};
    auto& label = pane<LabelPane>(window, "label");
    camera.take("label-empty");
    if (parser.isSet("labels")) label.side().replaceLabels(parser.value("labels").split(','));
    if (given.isEmpty()) {
        label.openPaths({images.first()});
        camera.take("label-one");
    }
    label.openPaths(images);
    camera.take("label");
    takeGroups(camera, label);
    takeSortDialog(camera, label, QDir(work.path()).filePath("Pictures/sorted"));
    label.gridColumn().chooseRow(2);
    label.pictureColumn().relevance().setOn(true);
    label.pictureColumn().relevance().setShowsGrid(true);
    takeRelevance(camera, label);
    label.showView("table");
    label.tableColumn().strip().showConfusion(true);
    camera.take("label-table");
    label.tableColumn().search().setText("square");
    label.tableColumn().strip().showConfusion(false);
    camera.take("label-table-search");
    label.tableColumn().clearFilters();
    label.showView("picture");
    label.showView("compare");
    camera.take("label-compare-empty");
    // Two of these hold for many drawings: there prompts disagree.
    label.side().replaceLabels({"red", "purple", "yellow", "circle", "star", "cross", "square"});
    camera.settle();
    takeComparison(camera, label.compareView(), parser.value("second"));
    label.undoStack().undo();
    label.showView("picture");
    takeEnsemble(camera, label);
    takeErrors(camera, label, QDir(work.path()));
    if (parser.value("only") == "label") return 0;

    auto& matrix = pane<MatrixPane>(window, "matrix");
    camera.take("matrix-empty");
    if (parser.isSet("pairs")) {
        matrix.openPairs(parser.value("pairs"));
    } else {
        matrix.showSampleScenes();
    }
    camera.take("matrix");

    if (parser.isSet("library"))
        search(parser.values("library"));
    else
        search(given.isEmpty() ? QStringList(images) << drawVideo(QDir(work.path())) : images);

    auto& train = pane<TrainPane>(window, "train");
    camera.take("train-empty");
    train.newRun();
    if (parser.isSet("data")) train.wizard()->setData(parser.value("data"));
    for (int step = 0; step < train.wizard()->stepCount(); ++step) {
        train.wizard()->goTo(step);
        camera.take(QStringLiteral("wizard-%1").arg(step + 1));
        if (parser.isSet("unfold")) takeUnfolded(camera, *train.wizard(), step);
    }
    if (parser.isSet("unfold")) takeFineTuning(camera, *train.wizard());
    if (parser.isSet("run")) {
        train.openRun(parser.value("run"));
        camera.take("monitor");
    }

    takeEvaluate();

    auto& embeddings = pane<EmbeddingsPane>(window, "embeddings");
    camera.take("embeddings-empty");
    embeddings.openPaths(images);
    camera.settle();
    embeddings.exportTo(QDir(work.path()).filePath("embeddings.csv"));
    camera.take("embeddings");
    return 0;
}
