// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

#include "training/run/run_folder.h"
#include "ui/jobs/types.h"

namespace diagonal {

/// The one training thread. All members are called on the UI thread, all signals arrive there, batched to about ten a
/// second; no step is lost.
class TrainingService : public QObject {
    Q_OBJECT

  public:
    explicit TrainingService(QObject* parent = nullptr);
    ~TrainingService() override;  ///< asks a run to stop (it saves) and joins

    bool isRunning() const;
    bool isStopping() const;
    QString runFolder() const;  ///< of the current or last run
    void start(const TrainOptions& options);
    void resume(const QString& folder);
    void stop();  ///< after the step: saves a checkpoint, then finished(…, false)
    JobState job() const;

  Q_SIGNALS:
    void started(const diagonal::TrainOptions& options, qint64 firstStep, qint64 totalSteps);
    void stepsDone(const std::vector<diagonal::StepMetrics>& steps);
    void validated(const diagonal::ValidationMetrics& metrics);
    void checkpointSaved(qint64 step, const QString& path);
    void message(const QString& text);
    void finished(const diagonal::TrainingResult& result);
    void failed(const diagonal::JobError& error);
    void jobChanged();

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace diagonal
