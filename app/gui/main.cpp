// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/socket.h>
#include <unistd.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QMessageBox>
#include <QSocketNotifier>
#include <QStandardPaths>
#include <QTimer>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "app/gui/command_line.h"
#include "engine/base/error.h"
#include "engine/base/resources.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/embeddings/embeddings_pane.h"
#include "ui/embeddings/source_view.h"
#include "ui/label/label_pane.h"
#include "ui/matrix/matrix_pane.h"
#include "ui/pictures/file_threads.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"
#include "ui/window/alt_keys.h"
#include "ui/window/kept_list.h"
#include "ui/window/main_window.h"
#include "ui/window/single_instance.h"
#include "ui/window/translations.h"

namespace {

using namespace diagonal;

constexpr std::chrono::seconds kEndPatience(2);
constexpr int kTypedMilliseconds = 1000;  // what was typed is on the disk after so long

int signalPipe[2] = {-1, -1};

void onSignal(int) {
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(signalPipe[0], &byte, 1);
}

/// Ctrl-C and a session's end close the window as a person would: a run saves first.
void closeOnSignals(QApplication& application, MainWindow& window) {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, signalPipe) != 0) return;
    auto* notifier = new QSocketNotifier(signalPipe[1], QSocketNotifier::Read, &application);
    QObject::connect(notifier, &QSocketNotifier::activated, &application, [notifier, &window] {
        notifier->setEnabled(false);
        std::signal(SIGINT, SIG_DFL);  // a second one ends what does not stop
        std::signal(SIGTERM, SIG_DFL);
        window.quit();
        QApplication::quit();
    });
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

ColourScheme schemeOf(const QString& name) {
    if (name == QLatin1String("light")) return ColourScheme::Light;
    if (name == QLatin1String("dark")) return ColourScheme::Dark;
    return ColourScheme::System;
}

/// Runs action once the window has been painted for the first time.
class FirstPaint : public QObject {
  public:
    FirstPaint(QWidget* window, std::function<void()> action) : QObject(window), m_action(std::move(action)) {
        window->installEventFilter(this);
    }

    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) {
            watched->removeEventFilter(this);
            QTimer::singleShot(0, this, [this] { m_action(); });
        }
        return false;
    }

  private:
    std::function<void()> m_action;
};

void open(MainWindow& window, Services& services, const OpenRequest& request) {
    if (!request.model.isEmpty()) services.openModel(request.model);
    window.showPane(request.pane);
    window.openPaths(request.paths, request.pane.isEmpty());
}

void bringToFront(QWidget& window, const QString& activation) {
    if (!activation.isEmpty()) qputenv("XDG_ACTIVATION_TOKEN", activation.toUtf8());
    window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
    window.show();
    window.raise();
    window.activateWindow();
}

/// Reads what an earlier process left, on another thread; then, whatever came of it, goes on.
void openLeft(Services& services, KeptList& list, const std::function<void(const QStringList&)>& open,
              const std::function<void()>& then) {
    if (list.leftFile().isEmpty()) return then();
    auto entries = std::make_shared<QStringList>();
    services.engine().runTask(
        &list, QString(),
        [entries, file = list.leftFile()](const JobContext&) { *entries = KeptList::entriesOf(file); },
        {[entries, open, then] {
             open(*entries);
             then();
         },
         [then](const JobError&) { then(); }, then});
}

int run(int argc, char** argv, const CommandLine& given, SingleInstance& instance, bool isFirst,
        const QElapsedTimer& sinceStart, bool& leavesThreads) {
    QApplication application(argc, argv);
    installTranslations(application, given.language);
    AltKeys altKeys;
    application.installEventFilter(&altKeys);
    Theme& theme = Theme::instance();
    theme.setScheme(schemeOf(given.theme.isEmpty() ? settings().value(QStringLiteral("window/appearance")).toString()
                                                   : given.theme));
    theme.install(application);
    const QString cache = QStandardPaths::writableLocation(QStandardPaths::CacheLocation);
    if (!cache.isEmpty()) ThumbnailCache::instance().keepOnDisk(cache + QStringLiteral("/thumbnails"));

    try {
        resourceFolder();
    } catch (const Error& error) {
        QMessageBox::critical(nullptr, QStringLiteral("Diagonal"), QString::fromStdString(error.what()));
        return 1;
    }
    Services services;
    MainWindow window(services);
    auto* label = window.findChild<LabelPane*>();
    const ImageList& images = label->session().images();
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation);
    KeptList kept(
        QStringLiteral("pictures"), [&images] { return images.rowCount(); },
        [&images](int row) { return images.item(row).path; }, folder);
    QObject::connect(&images, &ImageList::appended, &kept, &KeptList::grow);
    QObject::connect(&images, &ImageList::changed, &kept, &KeptList::grow);
    QObject::connect(&images, &ImageList::rearranged, &kept, &KeptList::change);
    MatrixSession& matrix = window.findChild<MatrixPane*>()->session();
    KeptList captions(
        QStringLiteral("captions"), [&matrix] { return static_cast<int>(matrix.typedCaptions().size()); },
        [&matrix](int row) { return matrix.typedCaptions()[row]; }, folder, kTypedMilliseconds);
    QObject::connect(&matrix, &MatrixSession::itemsChanged, &captions, &KeptList::change);
    SourceView& source = window.findChild<EmbeddingsPane*>()->source();
    KeptList texts(
        QStringLiteral("texts"), [&source] { return static_cast<int>(source.texts().size()); },
        [&source](int row) { return source.texts()[row]; }, folder, kTypedMilliseconds);
    QObject::connect(&source, &SourceView::changed, &texts, &KeptList::change);
    window.showPane(given.request.pane);
    new FirstPaint(&window, [&, request = given.request] {
        if (qEnvironmentVariableIsSet("DIAGONAL_TIMING")) {
            std::fprintf(stderr, "first paint after %lld ms\n", static_cast<long long>(sinceStart.elapsed()));
        }
        if (!kept.leftFile().isEmpty()) label->openPaths({kept.leftFile()});
        if (!(kept.leftFile() + captions.leftFile() + texts.leftFile()).isEmpty())
            services.notify(QCoreApplication::translate(
                "diagonal::main",
                "Diagonal ended without being closed. The pictures of the list, and texts that were typed in "
                "Matrix and Embeddings, are opened again as they were some seconds before."));
        if (request.model.isEmpty()) services.openLastModel();
        // What was asked for comes last: it may take the place of what was left.
        const auto openTexts = [&source](const QStringList& lines) { source.showTexts(lines); };
        openLeft(
            services, captions, [&matrix](const QStringList& lines) { matrix.setCaptions(lines); },
            [&, request, openTexts] {
                openLeft(services, texts, openTexts, [&, request] { open(window, services, request); });
            });
    });
    if (isFirst) instance.listen();
    QObject::connect(&instance, &SingleInstance::requested, &window, [&](const OpenRequest& later) {
        bringToFront(window, later.activation);
        open(window, services, later);
    });
    closeOnSignals(application, window);
    window.show();
    const int code = QApplication::exec();
    leavesThreads = !services.engine().end(kEndPatience) || !FileThreads::instance().finish();
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    QElapsedTimer sinceStart;
    sinceStart.start();
    QCoreApplication::setOrganizationName(QStringLiteral("Diagonal"));
    QCoreApplication::setApplicationName(QStringLiteral("Diagonal"));
    QCoreApplication::setApplicationVersion(QStringLiteral(DIAGONAL_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral(DIAGONAL_ID));

    QStringList arguments;  // Qt would lose names that are not UTF-8
    for (int i = 0; i < argc; ++i)
        arguments << fromPath(argv[i]);
    // What needs no display comes before there is one.
    std::optional<CommandLine> given;
    std::optional<SingleInstance> instance;
    auto role = SingleInstance::Role::Alone;
    {
        const QCoreApplication early(argc, argv);
        int exitCode = 0;
        given = readCommandLine(arguments, exitCode);
        if (!given) return exitCode;
        instance.emplace(SingleInstance::startName());
        if (!given->ownInstance) role = instance->begin(given->request);
        if (role == SingleInstance::Role::HandedOver) {
            noteWhatIsIgnored(*given);
            return 0;
        }
    }
    bool leavesThreads = false;
    const int code = run(argc, argv, *given, *instance, role == SingleInstance::Role::First, sinceStart, leavesThreads);
    // What hangs may not meet what the program takes apart at its end.
    if (leavesThreads) {
        instance.reset();
        std::_Exit(code);
    }
    return code;
}
