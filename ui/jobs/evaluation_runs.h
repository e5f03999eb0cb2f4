// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "ui/jobs/engine_service.h"
#include "ui/jobs/evaluation_store.h"
#include "ui/jobs/inbox.h"

namespace diagonal {

/// Evaluates models one after the other on a thread of its own; the open model stays. What was done before with the
/// same data, tasks and prompts is not done again. UI thread only.
class EvaluationRuns : public QObject {
    Q_OBJECT

  public:
    explicit EvaluationRuns(EngineService& engine, QObject* parent = nullptr);

    /// again: also what is there already.
    void start(const EvaluationPlan& plan, bool again = false);
    void cancel();
    bool isRunning() const { return m_job != 0; }
    bool isCancelling() const { return m_isCancelling; }
    /// Nothing of it is to be done.
    bool isDone(const EvaluationPlan& plan) const;
    /// The models of a plan that are to be evaluated, all where the data or the tasks are others.
    std::vector<size_t> dueModels(const EvaluationPlan& plan) const;
    void clear();
    /// Whose results are shown, in this order; those of others are kept until something is evaluated.
    void showModels(const QStringList& models);
    /// Takes up what the last start of the program found, unless something is evaluated before it is read.
    void restore();
    /// When what is shown was found, where an earlier start of the program found it.
    const QDateTime& restoredFrom() const { return m_restoredFrom; }

    /// What is found so far of the shown models: pictures of `captioned` stand behind those of `labelled`. Of other
    /// data or tasks it stays until there is a first result.
    const std::shared_ptr<const EvaluationReport>& report() const { return m_report; }
    /// Of each picture of the report; empty: it has no file.
    const QStringList& files() const { return m_files; }
    /// Of the data sets, for splitByData.
    QStringList dataNames() const { return m_dataNames; }
    double seconds() const;    ///< that all of it took
    bool isFromCache() const;  ///< no picture had to be embedded

    /// The fitted temperature that a model of the report has kept with it, as it was last read; 0: none.
    double keptTemperature(const QString& model) const;
    /// Reads it anew: another program may have kept one since.
    void readTemperature(const QString& model);
    /// A temperature to keep with a model, 0: its own again.
    void keepTemperature(const QString& model, double temperature);

  Q_SIGNALS:
    void changed();  ///< the report
    void stageChanged(const QString& sentence);
    void progressed(const diagonal::JobState& state);
    void dataFailed(const diagonal::JobError& error);  ///< nothing could be evaluated
    void ended(bool cancelled);
    void restoreFailed(const diagonal::JobError& error);  ///< what was kept is damaged
    void temperatureKept(const QString& model, double temperature, const QString& file);
    void temperatureFailed(const diagonal::JobError& error);
    void temperatureRead(const QString& model);  ///< it is another than before

  private:
    struct Result;
    using Done = StoredEvaluation::Done;

    void takeResults();
    void take(Result result);
    void end(bool cancelled);
    void setTemperature(const QString& model, double temperature);
    std::filesystem::path pathOf(const QString& model) const;  ///< of its weights; empty: it is not there
    void showAll();
    void store();

    EngineService& m_engine;
    JobId m_job = 0;
    bool m_isCancelling = false;
    std::shared_ptr<Inbox<Result>> m_inbox;
    EvaluationPlan m_plan;                          ///< of the latest start
    std::shared_ptr<Result> m_data;                 ///< of the latest start, where it is new and has no result yet
    std::shared_ptr<const EvaluationReport> m_all;  ///< with the models that are not shown
    std::vector<Done> m_done;                       ///< of each model of m_all
    std::shared_ptr<const EvaluationReport> m_report;
    QStringList m_shown, m_files, m_dataNames;
    uint64_t m_dataKey = 0;
    QDateTime m_restoredFrom;
};

}  // namespace diagonal
