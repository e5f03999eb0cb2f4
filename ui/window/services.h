// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/jobs/engine_service.h"
#include "ui/jobs/training_service.h"

namespace diagonal {

/// What panes share. UI thread only.
class Services : public QObject {
    Q_OBJECT

  public:
    explicit Services(QObject* parent = nullptr);

    EngineService& engine() { return *m_engine; }
    TrainingService& training() { return *m_training; }

    /// Newest first, existing ones only; kept in the settings.
    QStringList recentModels() const;
    void openModel(const QString& nameOrPath);
    /// Where new runs go: ~/Diagonal/runs unless changed.
    QString runsFolder() const;

    /// One line for the person, shown over the status bar for some seconds; errors stay until closed.
    void notify(const QString& text);
    void notifyError(const JobError& error);

  Q_SIGNALS:
    void notified(const QString& text, bool isError);
    void recentModelsChanged();
    /// Another pane should come to the front ("label", "train", …), with these paths.
    void paneRequested(const QString& id, const QStringList& paths);
    void modelsRequested();

  private:
    EngineService* m_engine;
    TrainingService* m_training;
};

}  // namespace diagonal
