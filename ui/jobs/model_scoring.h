// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/evaluation/model_score.h"
#include "ui/jobs/engine_service.h"
#include "ui/jobs/inbox.h"

namespace diagonal {

/// Tries models on captioned pictures, one after the other, on a thread of its own; the open model stays. UI thread
/// only.
class ModelScoring : public QObject {
    Q_OBJECT

  public:
    explicit ModelScoring(EngineService& engine, QObject* parent = nullptr);

    /// Nothing while it runs. data: as openDataset takes it, of which `limit` pictures are drawn (0: all are taken).
    /// models: paths.
    void start(const QString& data, size_t limit, const QStringList& models);
    void cancel();
    bool isRunning() const { return m_job != 0; }

  Q_SIGNALS:
    void begun(const QString& model);
    void scored(const QString& model, std::shared_ptr<const diagonal::ModelScore> score);
    void failed(const QString& model, const diagonal::JobError& error);  ///< this one alone: the others go on
    void dataFailed(const diagonal::JobError& error);                    ///< nothing could be measured
    void progressed(const diagonal::JobState& state);
    void ended(bool cancelled);

  private:
    struct Result;
    void takeResults();
    void end(bool cancelled);

    EngineService& m_engine;
    JobId m_job = 0;
    std::shared_ptr<Inbox<Result>> m_inbox;
};

}  // namespace diagonal
