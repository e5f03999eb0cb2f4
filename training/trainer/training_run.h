// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/gpu_monitor.h"
#include "training/optimizers/schedule.h"
#include "training/optimizers/train_step.h"
#include "training/run/checkpoint.h"
#include "training/run/log.h"
#include "training/run/records.h"
#include "training/trainer/batch_stream.h"
#include "training/trainer/policy.h"
#include "training/trainer/setup.h"
#include "training/trainer/trainer.h"
#include "training/trainer/validation.h"

namespace diagonal {

/// One run from its first step, or from a checkpoint, to its end. On a GPU a step begins while the one before is
/// computed, unless something is to be decided between them: a step has ended when its numbers are known.
class TrainingRun {
  public:
    TrainingRun(TrainingSetup setup, RunLog& log, TrainingObserver& observer, const std::stop_token& stop);

    /// Goes on where the checkpoint stands. Throws Error where the data is not what it was.
    void resumeFrom(const std::filesystem::path& checkpoint);

    /// Trains until the last step or a stop request. A failure saves what there is, and is thrown.
    TrainingResult go();

  private:
    using Clock = std::chrono::steady_clock;

    /// Best: so far, of what --keep-best names. Broken: the loss is no number.
    enum class Verdict { Usual, Best, Broken };

    void steps(RunRecords& records);
    bool wantsToStop() const;
    bool mustEndNow() const;
    bool beginStep(BatchStream& stream, RunRecords& records);
    int64_t agree(const DeviceBatch* batch, RunRecords& records);
    void endStep(RunRecords& records);
    void act(const Validation& validation, RunRecords& records);
    void enterDueStage();
    void enterStage(int64_t number);
    void beInStage();
    bool isEndOfStage(int64_t step) const;
    StepReport report(bool last) const;
    NextAction ofFirst(NextAction mine) const;
    bool hasFiniteWeights() const;
    void tellMicroBatch();
    void tellOutcome(const TrainStepValues& values);
    void recover(Recovery recovery, RunRecords& records);
    void rollBack(std::vector<int64_t> kept, const std::string& problem, RunRecords& records);
    Verdict validate(const Validation& validation, RunRecords& records, bool last);
    void watchPlateau(double loss);

    void beginSaving();
    void endSaving();
    void tryEndSaving();
    template <typename Save>
    void trySave(Save&& save);
    void saveAtEnd(bool failed);
    void finish(const std::filesystem::path& model);
    void sayLeftOut(const RunRecords& records);
    template <typename Write>
    void withRemedy(int64_t step, Write&& writeFiles) const;

    TrainingSetup m_setup;
    const TrainOptions& m_options;
    RunLog& m_log;
    TrainingObserver& m_observer;
    std::stop_token m_stop;
    std::shared_ptr<World> m_world;
    std::optional<TrainStep> m_step;  ///< always there; a stage makes it anew
    Schedule m_schedule;
    TrainingState m_state;                         ///< after the newest step that has ended
    std::deque<StepMetrics> m_begun;               ///< steps that have not; what is known of them
    StepOutcome m_outcome = StepOutcome::Updated;  ///< of the last step
    bool m_isStopping = false;                     ///< at the request of one of the processes
    bool m_tookAStep = false;                      ///< since the last roll-back
    int64_t m_savedStep = -1;
    int64_t m_savingStep = -1, m_savingBest = -1;  ///< of the checkpoint that is written: its step, and its best
    std::future<void> m_saving;                    ///< a checkpoint that is being written
    Clock::time_point m_start, m_lastEnd;
    double m_secondsBefore = 0;
    double m_waited = 0;  ///< seconds for data, since the last end of a step
    std::unique_ptr<GpuMonitor> m_gpu;
};

}  // namespace diagonal
