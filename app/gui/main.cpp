// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/socket.h>
#include <unistd.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QMessageBox>
#include <QSocketNotifier>
#include <QStandardPaths>
#include <QTimer>
#include <csignal>
#include <cstdio>

#include "engine/base/error.h"
#include "engine/base/resources.h"
#include "ui/base/settings.h"
#include "ui/style/theme.h"
#include "ui/widgets/thumbnail_cache.h"
#include "ui/window/main_window.h"
#include "ui/window/services.h"
#include "ui/window/translations.h"

namespace {

using namespace diagonal;

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

}  // namespace

int main(int argc, char** argv) {
    QElapsedTimer sinceStart;
    sinceStart.start();
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Diagonal"));
    QApplication::setApplicationName(QStringLiteral("Diagonal"));
    QApplication::setApplicationVersion(QStringLiteral(DIAGONAL_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("diagonal"));

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("A workbench for CLIP models."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {QStringLiteral("model"), QStringLiteral("Model folder, run folder, or \"demo\"."), QStringLiteral("path")},
        {QStringLiteral("theme"), QStringLiteral("light, dark or system."), QStringLiteral("scheme")},
        {QStringLiteral("pane"), QStringLiteral("Pane to show: label, matrix, train, embeddings."),
         QStringLiteral("id")},
        {QStringLiteral("lang"), QStringLiteral("Language, as in \"zh_CN\"."), QStringLiteral("locale")},
    });
    parser.addPositionalArgument(QStringLiteral("paths"), QStringLiteral("Images, folders, models or runs to open."),
                                 QStringLiteral("[PATH…]"));
    parser.process(application);

    installTranslations(application, parser.value(QStringLiteral("lang")));
    Theme& theme = Theme::instance();
    const QString scheme = parser.isSet(QStringLiteral("theme"))
                               ? parser.value(QStringLiteral("theme"))
                               : settings().value(QStringLiteral("window/appearance")).toString();
    theme.setScheme(schemeOf(scheme));
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
    window.showPane(parser.value(QStringLiteral("pane")));
    const QString model = parser.value(QStringLiteral("model"));
    const QStringList paths = parser.positionalArguments();
    new FirstPaint(&window, [&services, &window, &sinceStart, model, paths] {
        if (qEnvironmentVariableIsSet("DIAGONAL_TIMING")) {
            std::fprintf(stderr, "first paint after %lld ms\n", static_cast<long long>(sinceStart.elapsed()));
        }
        if (model.isEmpty())
            services.openLastModel();
        else
            services.openModel(model);
        if (!paths.isEmpty()) window.openPaths(paths);
    });
    closeOnSignals(application, window);
    window.show();
    return QApplication::exec();
}
