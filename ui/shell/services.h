// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QObject>
#include <QStringList>
#include <memory>
#include <optional>

#include "ui/jobs/engine_service.h"
#include "ui/jobs/training_service.h"

namespace diagonal {

/// Something that was told to the person.
struct Notice {
    QDateTime time;
    QString text;
    bool isError = false;
};

/// What panes share. UI thread only.
class Services : public QObject {
    Q_OBJECT

  public:
    explicit Services(QObject* parent = nullptr);
    ~Services() override;

    EngineService& engine() { return *m_engine; }
    TrainingService& training() { return *m_training; }

    /// Newest first, existing ones only; kept in the settings. Known a moment after the start, as disks may be slow.
    QStringList recentModels() const { return m_recent; }
    void addRecentModel(const QString& path);
    /// A path, a name of the hub, or "demo"; remembered once it is loaded. Where none could be opened yet, the demo
    /// model stands in.
    void openModel(const QString& nameOrPath);
    /// The one that was open at the end of the last session.
    void openLastModel();
    /// Where new runs go: ~/Diagonal/runs unless changed.
    QString runsFolder() const;

    /// One line for the person, shown over the status bar for some seconds; errors stay until closed.
    void notify(const QString& text);
    void notifyError(const JobError& error);
    /// All of them so far, oldest first.
    const QList<Notice>& notices() const { return m_notices; }

    /// Lets a worker thread compute, and uses what it found here; an error is told unless `fail` takes it. Not
    /// once the owner is gone.
    template <typename Work, typename Use>
    void compute(QObject* owner, const QString& title, Work work, Use use,
                 std::function<void(const JobError&)> fail = {}) {
        auto found = std::make_shared<std::optional<std::invoke_result_t<Work, const JobContext&>>>();
        if (!fail) fail = [this](const JobError& error) { notifyError(error); };
        m_engine->runTask(owner, title, [work, found](const JobContext& job) { found->emplace(work(job)); },
                          {[use, found] { use(std::move(**found)); }, std::move(fail), {}});
    }

    /// What runs and would be lost or left half done if the window closed now.
    QStringList workToLose() const;
    /// What paths are, all absolute.
    struct Found {
        QStringList models;
        QStringList others, folders;  ///< no models; folders: those of them that are
        bool beginWithRun = false;    ///< the first of the others is a training run
    };
    /// A task looks at the paths.
    void lookAt(const QStringList& paths, std::function<void(const Found&)> then);
    /// One model is open at a time: of several the first is, and the person is told. open: in place of openModel.
    void openOneOf(const QStringList& models, const std::function<void(const QString&)>& open = {});
    /// Shows a folder, or the one a file lies in, in the desktop's file manager.
    void showInFolder(const QString& path);

    /// Another pane has kept a fitted temperature with a model (a path, or "demo"); 0: its own holds again.
    void tellTemperature(const QString& model, double temperature) { Q_EMIT temperatureKept(model, temperature); }

  Q_SIGNALS:
    void temperatureKept(const QString& model, double temperature);
    void notified(const QString& text, bool isError);
    void recentModelsChanged();
    /// Another pane should come to the front ("label", "train", …), with these paths.
    void paneRequested(const QString& id, const QStringList& paths);
    void modelsRequested();

  private:
    void remember();
    void modelFailed(const JobError& error);
    void add(const QString& text, bool isError);

    EngineService* m_engine;
    TrainingService* m_training;
    QObject m_lookOwner;
    quint64 m_looks = 0, m_modelLook = 0;  ///< the latest that found a model
    QStringList m_recent;
    QString m_requested;
    bool m_standsIn = false;  ///< the demo model, for one that could not be opened
    QList<Notice> m_notices;
};

}  // namespace diagonal
