// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/trainer.h"

#include <chrono>
#include <cmath>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/gpu_monitor.h"
#include "engine/base/job.h"
#include "engine/base/libtorch.h"
#include "engine/hub/file_lock.h"
#include "training/data/loader.h"
#include "training/optimizers/schedule.h"
#include "training/optimizers/train_step.h"
#include "training/run/checkpoint.h"
#include "training/run/log.h"
#include "training/run/option_info.h"
#include "training/run/records.h"
#include "training/run/run_folder.h"
#include "training/trainer/part_options.h"
#include "training/trainer/policy.h"
#include "training/trainer/setup.h"
#include "training/trainer/validation.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Throws unless the disk has room for the checkpoints that will stand side by side, and the model.
void requireSpace(const TrainingSetup& setup) {
    const auto& options = setup.options;
    fs::path folder = fs::absolute(options.output);
    std::error_code error;
    while (!fs::exists(folder, error) && folder.has_relative_path())
        folder = folder.parent_path();
    const auto space = fs::space(folder, error);
    if (error) return;  // not every file system tells
    const auto kept = static_cast<uint64_t>(options.keepCheckpoints + (options.keepBest.empty() ? 2 : 3));
    const uint64_t needed = checkpointBytes(*setup.bundle.model, options.emaDecay > 0) * kept;
    if (space.available >= needed) return;
    throw Error(displayName(options.output),
                "the disk has " + std::to_string(space.available >> 20) + " MiB left, the run needs about " +
                    std::to_string((needed >> 20) + 1),
                "Free space, choose another --out, or give a smaller --keep-checkpoints.");
}

/// One run from its first step, or from a checkpoint, to its end.
class Run {
  public:
    Run(TrainingSetup setup, RunLog& log, TrainingObserver& observer, const std::stop_token& stop)
        : m_setup(std::move(setup)),
          m_options(m_setup.options),
          m_log(log),
          m_observer(observer),
          m_stop(stop),
          m_step(m_setup.bundle.model, stepOptions(m_setup)),
          m_schedule{m_options.learningRate, m_options.warmup, m_setup.totalSteps, m_options.schedule} {}

    /// Goes on where the checkpoint stands. Throws Error where the data is not what it was.
    void resumeFrom(const fs::path& checkpoint) {
        m_state = loadCheckpoint(checkpoint, *m_setup.bundle.model, m_step);
        if (!m_state.data.empty() && m_state.data != m_setup.fingerprint)
            throw Error(
                "--train-data " + m_options.trainData,
                "is not what this run learned from: it was " + m_state.data + ", and is " + m_setup.fingerprint,
                "Give the same data by --train-data, or start a run with --model " + displayName(checkpoint) + ".");
        if (m_state.microBatch > 0 && !canDivideBatches(*m_setup.bundle.model)) {
            m_log.say("the whole batch at a time from here on: parts of it are not exact for this model");
            m_state.microBatch = 0;
        }
        if (m_state.microBatch > 0) m_step.setMicroBatch(m_state.microBatch);
        if (!m_state.validation.empty() && m_state.validation != m_setup.validationFingerprint) {
            m_log.say("the validation data is another: what was best on the old counts no more");
            m_state.bestStep = -1;
        }
        m_savedStep = m_state.step;
        m_log.say("resumed at step " + std::to_string(m_state.step) + " of " + std::to_string(m_setup.totalSteps));
    }

    TrainingResult go() {
        m_start = Clock::now();
        m_secondsBefore = m_state.seconds;
        m_state.data = m_setup.fingerprint;
        m_state.validation = m_setup.validationFingerprint;
        m_observer.onStarted(m_options, m_state.step, m_setup.totalSteps);
        RunRecords records(m_options.output, m_state.step, m_log);
        std::exception_ptr failure;
        try {
            steps(records);
        } catch (const Cancelled&) {  // while waiting for data; the state is that of the last whole step
        } catch (...) {               // thrown again when the state is saved
            failure = std::current_exception();
        }
        m_state.seconds = m_secondsBefore + secondsSince(m_start);
        saveAtEnd(failure != nullptr);
        sayLeftOut(records);
        if (failure) std::rethrow_exception(failure);
        TrainingResult result{m_options.output / "model", m_state.step, m_state.step >= m_setup.totalSteps,
                              secondsSince(m_start)};
        if (result.finished) {
            finish(result.model);
        } else {
            m_log.say("stopped at step " + std::to_string(m_state.step) + "; `train --resume` goes on from " +
                      (m_savedStep == m_state.step ? "there" : "the newest checkpoint"));
        }
        return result;
    }

  private:
    void steps(RunRecords& records) {
        if (m_state.step >= m_setup.totalSteps || m_stop.stop_requested()) return;
        const auto say = [this](const std::string& text) { m_log.say(text); };
        Loader loader(m_setup.data.train, loaderOptions(m_setup), m_state.step + m_state.dataOffset);
        const Validation validation(m_setup, say, m_stop);
        while (m_state.step < m_setup.totalSteps && mayGoOn()) {
            oneStep(loader, records);
            m_state.seconds = m_secondsBefore + secondsSince(m_start);
            m_state.validationIsDue |= m_state.step % m_options.validateEvery == 0;
            m_state.saveIsDue |= m_state.step % m_options.saveEvery == 0;
            const bool last = m_state.step == m_setup.totalSteps;
            NextAction next = nextAction(report(last));
            Verdict verdict = Verdict::Usual;
            if (next.validate && !validation.isEmpty()) verdict = validate(validation, records, last);
            if ((next.save || last || verdict == Verdict::Best) && !hasFiniteWeights()) verdict = Verdict::Broken;
            if (verdict == Verdict::Broken) {  // by the last update, which no batch has met yet
                m_outcome = StepOutcome::NotFinite;
                m_state.skippedInARow = kPatience;
                next = nextAction(report(last));
            }
            if (next.validate) m_state.validationIsDue = false;
            recover(next.recovery, records);
            if (next.save || verdict == Verdict::Best) {
                m_state.saveIsDue = false;
                trySave();
            }
        }
    }

    /// On request the run ends with a state that can be saved: while it gives no numbers, a few more batches tell
    /// whether it ever will.
    bool mayGoOn() const { return !m_stop.stop_requested() || m_outcome == StepOutcome::NotFinite; }

    StepReport report(bool last) const {
        const bool asks = last || m_state.skippedInARow > 0;
        return {m_outcome,
                m_state.skippedInARow,
                m_state.rollBacks,
                asks && !finishedCheckpoints(m_options.output).empty(),
                last,
                m_state.validationIsDue,
                m_state.saveIsDue};
    }

    bool hasFiniteWeights() const {
        const torch::NoGradGuard noGrad;
        std::vector<torch::Tensor> finite;
        for (const auto& [name, tensor] : m_setup.bundle.model->stateDict())
            if (tensor.is_floating_point()) finite.push_back(tensor.isfinite().all());
        return torch::stack(finite).all().item<bool>();
    }

    void oneStep(Loader& loader, RunRecords& records) {
        const auto start = Clock::now();
        Batch batch = loader.next(m_stop.stop_requested() ? std::stop_token() : m_stop);
        for (const auto& failure : batch.failures)
            records.leaveOut(failure);
        const auto count = static_cast<int64_t>(batch.indices.size());
        const auto text = textTensors(batch.tokens);
        const TrainBatch tensors{
            torch::from_blob(batch.pixels.data(), {count, batch.height, batch.width, 3}, torch::kByte), text.ids,
            text.ends, torch::tensor(batch.imageIds), torch::tensor(batch.captionIds)};
        StepMetrics metrics;
        metrics.dataTime = secondsSince(start);
        metrics.learningRate = m_schedule.at(m_state.step);
        const auto values = m_step.run(tensors, metrics.learningRate);
        ++m_state.step;
        m_state.samples += count;
        loader.recycle(std::move(batch));
        tellMicroBatch();
        tellOutcome(values);

        metrics.step = m_state.step;
        metrics.totalSteps = m_setup.totalSteps;
        metrics.samples = m_state.samples;
        metrics.epoch = static_cast<double>(m_state.step) / static_cast<double>(m_setup.stepsPerEpoch);
        metrics.loss = values.loss;
        metrics.lossImage = values.lossImage;
        metrics.lossText = values.lossText;
        metrics.logitScale = values.logitScale;
        metrics.temperature = 1 / values.logitScale;
        metrics.gradientNorm = values.gradientNorm;
        metrics.skipped = m_state.skipped;
        metrics.microBatch = m_step.microBatch() > 0 ? std::min(m_step.microBatch(), count) : count;
        if (m_setup.autocast == torch::kHalf) metrics.lossScale = m_step.lossScale();
        const GpuReading gpu = m_gpu ? m_gpu->read() : GpuReading();
        metrics.gpuUtilization = gpu.utilization;
        metrics.gpuMemoryBytes = gpu.memoryBytes;
        metrics.gpuTemperature = gpu.temperature;
        metrics.gpuPower = gpu.power;
        metrics.batchTime = secondsSince(start);
        metrics.stepTime = metrics.batchTime - metrics.dataTime;
        metrics.samplesPerSecond = static_cast<double>(count) / metrics.batchTime;
        m_observer.onStep(metrics);
        records.add(metrics);
    }

    void tellMicroBatch() {
        if (m_step.microBatch() == m_state.microBatch) return;
        if (m_step.microBatch() != m_options.microBatch)
            m_log.say("memory ran out: " + std::to_string(m_step.microBatch()) +
                      " pairs at a time from here on; the batch is the same");
        m_state.microBatch = m_step.microBatch();
    }

    void tellOutcome(const TrainStepValues& values) {
        m_outcome = values.outcome;
        if (values.outcome == StepOutcome::Updated) {
            m_tookAStep = true;
            m_state.skippedInARow = 0;
            return;
        }
        ++m_state.skipped;
        std::string reason = "fp16 overflowed; the loss scale is halved";
        if (values.outcome != StepOutcome::Overflow) {
            ++m_state.skippedInARow;
            reason =
                values.outcome == StepOutcome::Spike
                    ? "the norm of its gradient, " + std::to_string(values.gradientNorm) + ", is far above the others"
                    : (std::isfinite(values.loss) ? "the gradient" : "the loss") + std::string(" is not a number");
        }
        m_log.say("step " + std::to_string(m_state.step) + ": the batch is left out: " + reason);
    }

    void recover(Recovery recovery, RunRecords& records) {
        if (recovery == Recovery::None) return;
        const auto kept = finishedCheckpoints(m_options.output);
        const std::string problem = std::to_string(m_state.skippedInARow) + " batches in a row gave no usable gradient";
        if (recovery == Recovery::ForgetNorms) {
            m_step.forgetNorms();
            m_state.skippedInARow = 0;
            m_log.say(problem + " and there is no checkpoint to go back to: from here on such norms are usual");
        } else if (recovery == Recovery::RollBack) {
            rollBack(kept, problem, records);
        } else {
            throw Error("step " + std::to_string(m_state.step),
                        problem + (kept.empty() ? ", and there is no checkpoint to go back to"
                                                : " after going back " + std::to_string(m_state.rollBacks) +
                                                      " times; the checkpoint of step " + std::to_string(kept.back()) +
                                                      " is kept"),
                        "Start a run with a lower --lr, a longer --warmup, --grad-clip 1, --precision fp32 or "
                        "--spike-factor 0.");
        }
    }

    /// To a checkpoint, but on with the data: other batches may do no harm.
    void rollBack(std::vector<int64_t> kept, const std::string& problem, RunRecords& records) {
        if (kept.size() > 1 && m_state.rollBacks > 0 && !m_tookAStep) {
            // Other batches were refused at once, too: it is the checkpoint.
            std::error_code ignored;
            fs::remove(checkpointFolder(m_options.output, kept.back()) / "DONE", ignored);
            m_log.say("the checkpoint of step " + std::to_string(kept.back()) +
                      " gives no usable gradient: it is left out");
            kept.pop_back();
        }
        const int64_t step = kept.back();
        m_tookAStep = false;
        TrainingState state = loadCheckpoint(checkpointFolder(m_options.output, step), *m_setup.bundle.model, m_step);
        state.dataOffset = m_state.step + m_state.dataOffset - state.step;
        state.skipped = m_state.skipped;
        state.skippedInARow = 0;
        state.rollBacks = m_state.rollBacks + 1;
        state.microBatch = m_state.microBatch;
        state.seconds = m_state.seconds;
        m_state = state;
        m_savedStep = step;
        m_outcome = StepOutcome::Updated;
        records.goBackTo(m_state.step);
        m_log.say(problem + ": back to the checkpoint of step " + std::to_string(m_state.step) +
                  ", with other batches");
        m_observer.onStarted(m_options, m_state.step, m_setup.totalSteps);
    }

    /// Best: so far, of what --keep-best names. Broken: the loss is no number.
    enum class Verdict { Usual, Best, Broken };
    Verdict validate(const Validation& validation, RunRecords& records, bool last) {
        const AveragedScope averaged(m_step.average());
        ValidationMetrics values;
        try {
            values = validation.run(*m_setup.bundle.model, m_state.step);
            if (last && !m_setup.bundle.info.familiarTexts.empty())
                m_setup.bundle.info.familiarCosine = validation.familiarCosine(*m_setup.bundle.model);
        } catch (const Error& error) {
            m_setup.bundle.model->train();
            m_log.say(error.what());
            return Verdict::Usual;
        }
        records.add(values);
        m_observer.onValidation(values);
        if (!std::isfinite(values.loss)) return Verdict::Broken;
        if (m_options.keepBest.empty()) return Verdict::Usual;
        for (const auto& [key, value] : metricValues(values)) {
            if (key != m_options.keepBest) continue;
            const bool isLoss = key == "val/loss";
            const bool better = isLoss ? value < m_state.bestValue : value > m_state.bestValue;
            if (m_state.bestStep >= 0 && !better) return Verdict::Usual;
            m_state.bestStep = m_state.step;
            m_state.bestValue = value;
            return Verdict::Best;
        }
        return Verdict::Usual;
    }

    void save() {
        TrainingState state = m_state;
        state.rollBacks = 0;
        withRemedy([&] { saveCheckpoint(m_options.output, m_setup.bundle, m_step, state); });
        m_state = state;
        m_savedStep = m_state.step;
        pruneCheckpoints(m_options.output, m_options.keepCheckpoints, m_state.bestStep);
        m_observer.onCheckpoint(m_state.step, checkpointFolder(m_options.output, m_state.step));
    }

    /// A checkpoint on the way may fail: the run goes on, and the next one may have room again.
    void trySave() {
        try {
            save();
        } catch (const std::exception& error) {
            m_log.say(error.what());
        }
    }

    /// The state of a run that ends, by itself, on request or by a failure; after a failure what is saved cannot fail
    /// it again.
    void saveAtEnd(bool failed) {
        if (m_savedStep == m_state.step || (m_state.step == 0 && failed)) return;
        if (!maySave(m_outcome, m_state.skippedInARow)) {
            m_log.say("the state of step " + std::to_string(m_state.step) +
                      " is not saved: its batches give no usable gradient");
        } else if (failed) {
            trySave();
        } else {
            save();
        }
    }

    void finish(const fs::path& model) {
        const auto best = checkpointFolder(m_options.output, m_state.bestStep);
        std::error_code error;
        if (m_state.bestStep >= 0 && m_state.bestStep != m_state.step && fs::exists(best / "DONE", error)) {
            auto bundle = loadModel(best);
            bundle.info = m_setup.bundle.info;
            withRemedy([&] { replaceModelFolder(model, bundle); });
            m_log.say("the model is that of step " + std::to_string(m_state.bestStep) + ", the best by " +
                      m_options.keepBest);
        } else {
            const AveragedScope averaged(m_step.average());
            withRemedy([&] { replaceModelFolder(model, m_setup.bundle); });
        }
        m_log.say("finished: " + displayName(model));
    }

    void sayLeftOut(const RunRecords& records) {
        if (records.leftOut() == 0) return;
        m_log.say(std::to_string(records.leftOut()) + " samples could not be read and were left out; see " +
                  displayName(leftOutFile(m_options.output)));
    }

    template <typename Write>
    void withRemedy(Write&& writeFiles) const {
        try {
            writeFiles();
        } catch (const Error& error) {
            const auto kept = finishedCheckpoints(m_options.output);
            throw Error(error.subject(),
                        "the state of step " + std::to_string(m_state.step) + " was not saved: " + error.problem(),
                        kept.empty() ? "Free space and start again."
                                     : "Free space; the checkpoint of step " + std::to_string(kept.back()) +
                                           " is whole, and `train --resume` goes on from it.");
        }
    }

    TrainingSetup m_setup;
    const TrainOptions& m_options;
    RunLog& m_log;
    TrainingObserver& m_observer;
    std::stop_token m_stop;
    TrainStep m_step;
    Schedule m_schedule;
    TrainingState m_state;
    StepOutcome m_outcome = StepOutcome::Updated;  ///< of the last step
    bool m_tookAStep = false;                      ///< since the last roll-back
    int64_t m_savedStep = -1;
    Clock::time_point m_start;
    double m_secondsBefore = 0;
    std::unique_ptr<GpuMonitor> m_gpu =
        m_setup.device.is_cuda() ? std::make_unique<GpuMonitor>(std::max<int>(0, m_setup.device.index())) : nullptr;
};

constexpr const char* kLock = ".lock";

void requireFreshFolder(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder, error)) return;
    if (!fs::is_directory(folder, error)) throw Error(displayName(folder), "is a file", "Choose another --out.");
    if (fs::exists(configFile(folder), error))
        throw Error(displayName(folder), "already holds a run",
                    "Go on with it by `train --resume " + displayName(folder) + "`, or choose another --out.");
    for (fs::directory_iterator entries(folder, error), end; !error && entries != end; entries.increment(error))
        if (entries->path().filename() != kLock)
            throw Error(displayName(folder), "is not empty", "Choose another --out.");
}

/// Held by the process that trains into a run folder, for as long as it does.
std::unique_ptr<FileLock> lockRun(const fs::path& run) {
    auto lock = std::make_unique<FileLock>(run / kLock);
    if (!lock->tryLock())
        throw Error(displayName(run), "is being trained by another process", "Stop that one, or wait for its end.");
    return lock;
}

/// An option that a resumed run has otherwise than before.
struct OptionChange {
    const OptionInfo& info;
    std::string before, now;  ///< as JSON
};

/// Throws Error where the run would become another one.
std::vector<OptionChange> changesOf(const TrainOptions& before, const TrainOptions& now) {
    const auto was = toJson(before), is = toJson(now);
    std::vector<OptionChange> changes;
    for (const OptionInfo& info : optionInfos()) {
        if (was.at(info.key) == is.at(info.key)) continue;
        changes.push_back({info, was.at(info.key).dump(), is.at(info.key).dump()});
        if (!info.mayChange)
            throw Error(info.flag(), "cannot change in a run: it was " + changes.back().before,
                        "Leave it out, or start a run with --model " + displayName(now.output / "model") + ".");
    }
    return changes;
}

}  // namespace

TrainingResult train(const TrainOptions& options, TrainingObserver& observer, const std::stop_token& stop) {
    checkOptions(options);
    requireFreshFolder(options.output);
    setThreads(options.threads);
    RunLog log(observer);
    const auto say = [&](const std::string& text) { log.say(text); };
    auto setup = setUp(options, std::nullopt, say, stop);
    requireSpace(setup);
    std::error_code error;
    fs::create_directories(options.output, error);
    if (error) throw Error(displayName(options.output), "cannot be created: " + error.message());
    const auto lock = lockRun(options.output);
    requireFreshFolder(options.output);  // another process may have trained into it meanwhile
    writeFile(configFile(options.output), toJson(options).dump(2) + "\n");
    log.open(options.output / "log.txt");
    return Run(std::move(setup), log, observer, stop).go();
}

TrainingResult resume(const fs::path& run, TrainingObserver& observer, const std::stop_token& stop,
                      const std::function<void(TrainOptions&)>& setOptions) {
    const auto before = readRunOptions(run);
    auto options = before;
    if (setOptions) setOptions(options);
    options.output = run;
    checkOptions(options);
    const auto lock = lockRun(run);
    setThreads(options.threads);
    RunLog log(observer);
    log.open(run / "log.txt");
    const auto changes = changesOf(before, options);
    const auto steps = finishedCheckpoints(run);
    const auto checkpoint = steps.empty() ? std::nullopt : std::optional(checkpointFolder(run, steps.back()));
    const auto finished = [&](int64_t totalSteps) {
        return checkpoint && steps.back() >= totalSteps && fs::exists(run / "model" / "open_clip_config.json");
    };
    const auto finishedResult = [&]() -> TrainingResult {
        log.say("the run is finished at step " + std::to_string(steps.back()) + "; --steps or --epochs make it longer");
        return {run / "model", steps.back(), true, 0};
    };
    if (options.steps > 0 && finished(options.steps)) return finishedResult();
    const auto say = [&](const std::string& text) { log.say(text); };
    auto setup = setUp(options, checkpoint, say, stop);
    if (finished(setup.totalSteps)) return finishedResult();
    for (const OptionChange& change : changes)
        log.say(change.info.flag() + " is " + change.now + " from here on; it was " + change.before);
    if (!checkpoint) log.say("there is no finished checkpoint: the run begins again");
    Run resumed(std::move(setup), log, observer, stop);
    if (checkpoint) resumed.resumeFrom(*checkpoint);
    if (!changes.empty()) writeFile(configFile(run), toJson(options).dump(2) + "\n");
    // That of an earlier, shorter end; its weights are those of a checkpoint.
    fs::remove_all(run / "model");
    return resumed.go();
}

}  // namespace diagonal
