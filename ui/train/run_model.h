// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <map>
#include <memory>
#include <vector>

#include "training/run/run_folder.h"
#include "ui/jobs/types.h"
#include "ui/train/run_history.h"

namespace diagonal {

enum class RunState { Starting, Running, Stopping, Stopped, Finished, Failed, Died };

/// What stands on the x axis of a monitor.
enum class Across { Step, Samples, Epoch, Time };

/// One run as the monitor shows it: a past one from its folder, or the one that is training. UI thread only.
class RunModel : public QObject {
    Q_OBJECT

  public:
    explicit RunModel(QObject* parent = nullptr);
    RunModel(RunRecord record, const RunHistory& history, QObject* parent);

    QString name() const;
    QString folder() const;
    const TrainOptions& options() const { return m_options; }
    RunState state() const { return m_state; }
    const JobError& error() const { return m_error; }
    /// The last thing the trainer said of itself: "tokenizer of 512 tokens trained on the captions".
    QString message() const { return m_message; }

    int64_t step() const;
    int64_t totalSteps() const { return m_totalSteps; }
    double progress() const;
    /// With validation and saving, up to the last thing the trainer told: the same to all that ask.
    double seconds() const;
    double secondsLeft() const;  ///< -1: not known
    void setSecondsLeft(double seconds);
    /// The model named is a trained one, on this computer or of the hub: no architecture to begin with.
    bool isFineTuned() const { return m_isFineTuned; }
    /// Part of the last steps' time that went by waiting for pictures; -1 where nothing is known.
    double waitingForData() const;
    /// The step of the next checkpoint, or -1 when there is none to come.
    int64_t nextCheckpoint() const;
    bool canResume() const;
    bool hasModel() const { return m_state == RunState::Finished || !m_checkpoints.empty(); }

    const std::vector<StepMetrics>& steps() const { return m_steps; }
    const std::vector<ValidationMetrics>& validations() const { return m_validations; }
    const std::vector<int64_t>& checkpoints() const { return m_checkpoints; }
    const std::vector<int64_t>& resumes() const { return m_resumes; }
    /// Steps whose batches were left out.
    const std::vector<int64_t>& skips() const { return m_skips; }
    struct Best {
        int64_t step = -1;  ///< -1: none yet, or the run does not keep the best
        double value = 0;
    };
    /// The best validation by what the run's keepBest names.
    const Best& best() const { return m_best; }

    double xOf(size_t stepIndex, Across across) const;
    /// Of any step, between the recorded ones too; NaN before the first is there.
    double xOfStep(int64_t step, Across across) const;
    /// Where the axis ends when the run is done; 0 while that is not known.
    double xEnd(Across across) const;
    /// The recorded step next to x.
    int64_t stepAt(double x, Across across) const;
    /// At the time of `step`; 0 where it is not known.
    double temperatureAt(int64_t step) const;

    void begin(const TrainOptions& options, int64_t firstStep, int64_t totalSteps);
    void setFolder(const QString& folder, const TrainOptions& options);
    void add(const std::vector<StepMetrics>& steps);
    void add(const ValidationMetrics& validation);
    void addCheckpoint(int64_t step);
    void setMessage(const QString& message);
    void setState(RunState state);
    void fail(const JobError& error);

  Q_SIGNALS:
    void changed();  ///< state, message, head
    void reset();    ///< all curves are others
    void stepsAdded();
    void validationAdded();
    void checkpointAdded();

  private:
    size_t indexOfStep(int64_t step) const;
    void rememberSteps();
    void takeOptions(const TrainOptions& options);
    void readClock();
    bool isActive() const;
    void rememberBest(const ValidationMetrics& validation);

    TrainOptions m_options;
    RunState m_state = RunState::Starting;
    JobError m_error;
    QString m_message;
    int64_t m_totalSteps = 0;
    std::vector<StepMetrics> m_steps;
    std::vector<double> m_times;  ///< seconds of training at the end of each step
    QElapsedTimer m_clock;        ///< of this session, while it goes on
    double m_session = 0;         ///< seconds of it when the trainer told something last
    double m_secondsBefore = 0;   ///< of earlier sessions, or of all
    double m_secondsLeft = -1;    ///< as the training service knows it
    bool m_isFineTuned = false;
    std::vector<ValidationMetrics> m_validations;
    std::vector<int64_t> m_checkpoints, m_resumes, m_skips;
    Best m_best;
};

/// What the list of runs shows of one.
struct RunSummary {
    QString folder, name;
    RunState state = RunState::Stopped;
    int64_t step = 0, totalSteps = 0, lastCheckpoint = -1;
    double recallAt10 = -1, zeroShot = -1;  ///< of the latest validation; -1: none
    double seconds = 0;
    std::shared_ptr<const TrainOptions> options;  ///< null where it cannot be shown
    QString problem;                              ///< why it failed or cannot be shown
};

/// Summaries by run folder, with what their files looked like: a run that stays as it was is not read again.
struct KnownRuns {
    struct Run {
        std::vector<qint64> stamps;
        RunSummary summary;
    };
    std::map<QString, Run> runs;
};

/// Reads every run below the folder, newest first. Any thread, one at a time with the same `known`.
std::vector<RunSummary> readRunSummaries(const QString& runsFolder, const JobContext& job, KnownRuns* known = nullptr);
RunSummary summaryOf(const RunModel& run);

}  // namespace diagonal
