// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/services.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QUrl>

#include "ui/accessible/factory.h"
#include "ui/base/model_paths.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/shell/save_as.h"

namespace diagonal {

namespace {

constexpr int kMostRecent = 8, kMostNotices = 500;
const QString kDemo = QStringLiteral("demo");
const QString kLastKey = QStringLiteral("models/last"), kRecentKey = QStringLiteral("models/recent");

}  // namespace

Services::Services(QObject* parent)
    : QObject(parent), m_engine(new EngineService(this)), m_training(new TrainingService(this)) {
    installAccessibility();  // before any widget is made: what screen readers are told of one is kept
    connect(m_engine, &EngineService::modelChanged, this, &Services::remember);
    connect(m_engine, &EngineService::modelFailed, this, &Services::modelFailed);
    connect(m_engine, &EngineService::noted, this, &Services::notify);
    saveExports(*this);
    settings().whenUnwritable(this, [this](const QString& file) {
        notifyError({shownPath(file), tr("settings cannot be written"),
                     tr("What you change now is forgotten at the end. Make room there, or allow writing.")});
    });
    auto existing = std::make_shared<QStringList>();
    m_engine->runTask(&m_lookOwner, {},
                      [existing, kept = settings().value(kRecentKey).toStringList()](const JobContext&) {
                          for (const QString& path : kept)
                              if (std::error_code ignored; std::filesystem::exists(toPath(path), ignored))
                                  existing->append(path);
                      },
                      {[this, existing] {
                           for (const QString& path : std::as_const(*existing))
                               if (!m_recent.contains(path)) m_recent.append(path);
                           Q_EMIT recentModelsChanged();
                       },
                       {},
                       {}});
}

Services::~Services() {
    settings().flush();
}

void Services::openModel(const QString& nameOrPath) {
    m_requested = nameOrPath;
    m_standsIn = false;
    m_engine->openModel(nameOrPath);
}

void Services::openLastModel() {
    openModel(settings().value(kLastKey, kDemo).toString());
}

void Services::remember() {
    if (m_standsIn) return;
    const QString source = m_engine->modelSource();
    settings().setValue(kLastKey, source);
    if (source != kDemo) addRecentModel(source);
}

void Services::addRecentModel(const QString& path) {
    const auto withPath = [&path](QStringList paths) {
        paths.removeAll(path);
        paths.prepend(path);
        return QStringList(paths.mid(0, kMostRecent));
    };
    m_recent = withPath(m_recent);
    settings().setValue(kRecentKey, withPath(settings().value(kRecentKey).toStringList()));
    Q_EMIT recentModelsChanged();
}

void Services::modelFailed(const JobError& error) {
    if (m_engine->model() != nullptr || m_requested == kDemo) return notifyError(error);
    JobError told = error;
    if (!told.remedy.isEmpty() && !told.remedy.endsWith(QLatin1Char('.'))) told.remedy += QLatin1Char('.');
    told.remedy += (told.remedy.isEmpty() ? QString() : QStringLiteral(" ")) + tr("The demo model is in use instead.");
    notifyError(told);
    openModel(kDemo);
    m_standsIn = true;
}

QString Services::runsFolder() const {
    const QString usual = QDir::home().filePath(QStringLiteral("Diagonal/runs"));
    return settings().value(QStringLiteral("runs/folder"), usual).toString();
}

void Services::notify(const QString& text) {
    add(text, false);
}

void Services::notifyError(const JobError& error) {
    add(error.text(), true);
}

void Services::add(const QString& text, bool isError) {
    if (m_notices.size() >= kMostNotices) m_notices.removeFirst();
    m_notices.append({QDateTime::currentDateTime(), text, isError});
    Q_EMIT notified(text, isError);
}

QStringList Services::workToLose() const {
    QStringList titles;
    if (m_training->isRunning() && !m_training->isStopping())
        titles << tr("Training %1: it saves a checkpoint and can go on later").arg(m_training->job().title);
    for (const JobState& job : m_engine->jobs())
        if (job.isPrecious) titles << job.title;
    return titles;
}

namespace {

bool isFolder(const QString& path) {
    std::error_code ignored;
    return std::filesystem::is_directory(toPath(path), ignored);
}

}  // namespace

/// A disk may be slow or gone: a task looks, one a call, so that none supersedes another. But a model that was asked
/// for later is not replaced by an earlier one.
void Services::lookAt(const QStringList& paths, std::function<void(const Found&)> then) {
    auto found = std::make_shared<Found>();
    auto* context = new QObject(this);
    const auto done = [this, look = ++m_looks, context, found, then = std::move(then)] {
        context->deleteLater();
        if (look < m_modelLook) found->models.clear();
        if (!found->models.isEmpty()) m_modelLook = look;
        then(*found);
    };
    m_engine->runTask(context, {},
                      [found, paths](const JobContext&) {
                          for (const QString& path : paths) {
                              const QString whole = QFileInfo(path).absoluteFilePath();
                              if (isModelPath(whole)) {
                                  found->models.append(whole);
                                  continue;
                              }
                              if (found->others.isEmpty()) found->beginWithRun = isRunPath(whole);
                              found->others.append(whole);
                              if (isFolder(whole)) found->folders.append(whole);
                          }
                      },
                      {done, {}, {}});
}

void Services::openOneOf(const QStringList& models, const std::function<void(const QString&)>& open) {
    if (models.isEmpty()) return;
    if (models.size() > 1)
        notify(tr("One model is open at a time: %1 is opened, %Ln other(s) not", nullptr,
                  static_cast<int>(models.size()) - 1)
                   .arg(inSentence(modelTitle(models.first()))));
    open ? open(models.first()) : openModel(models.first());
}

void Services::showInFolder(const QString& path) {
    auto folder = std::make_shared<QString>();
    auto* context = new QObject(this);
    m_engine->runTask(
        context, {},
        [folder, path](const JobContext&) { *folder = isFolder(path) ? path : QFileInfo(path).absolutePath(); },
        {[context, folder] {
             context->deleteLater();
             QDesktopServices::openUrl(toUrl(*folder));
         },
         {},
         {}});
}

}  // namespace diagonal
