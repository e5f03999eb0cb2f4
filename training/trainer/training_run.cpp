// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/training_run.h"

#include <bit>
#include <cmath>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/job.h"
#include "engine/base/libtorch.h"
#include "training/data/random.h"
#include "training/optimizers/fast_math.h"
#include "training/run/run_folder.h"
#include "training/trainer/image_features.h"
#include "training/trainer/part_options.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

TrainBatch firstPairs(TrainBatch batch, int64_t pairs) {
    for (torch::Tensor* tensor : {&batch.pixels, &batch.ids, &batch.lengths, &batch.imageIds, &batch.captionIds,
                                  &batch.samples, &batch.teachers})
        if (tensor->defined()) *tensor = tensor->narrow(0, 0, pairs);
    return batch;
}

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TrainingRun::TrainingRun(TrainingSetup setup, RunLog& log, TrainingObserver& observer, const std::stop_token& stop)
    : m_setup(std::move(setup)),
      m_options(m_setup.options),
      m_log(log),
      m_observer(observer),
      m_stop(stop),
      m_world(m_setup.world),
      m_step(std::in_place, m_setup.bundle.model, stepOptions(m_setup)),
      m_schedule{m_options.learningRate, m_options.warmup, m_setup.totalSteps, m_options.schedule} {
    if (m_setup.device.is_cuda()) m_gpu = std::make_unique<GpuMonitor>(std::max<int>(0, m_setup.device.index()));
}

void TrainingRun::resumeFrom(const fs::path& checkpoint) {
    m_state = loadCheckpoint(checkpoint, *m_setup.bundle.model, *m_step);
    if (!m_state.data.empty() && m_state.data != m_setup.fingerprint)
        throw Error("--train-data " + m_options.trainData,
                    "is not what this run learned from: it was " + m_state.data + ", and is " + m_setup.fingerprint,
                    "Give the same data by --train-data, or start a run with --model " + displayName(checkpoint) + ".");
    if (m_state.microBatch > 0 && !canDivideBatches(*m_setup.bundle.model)) {
        m_log.say("the whole batch at a time from here on: parts of it are not exact for this model");
        m_state.microBatch = 0;
    }
    if (m_state.microBatch > 0) m_step->setMicroBatch(m_state.microBatch);
    if (!m_state.validation.empty() && m_state.validation != m_setup.validationFingerprint) {
        m_log.say("the validation data is another: what was best on the old counts no more");
        m_state.bestStep = -1;
        m_state.plateau.forgetLosses();
    }
    beInStage();
    m_savedStep = m_state.step;
    m_log.say("resumed at step " + std::to_string(m_state.step) + " of " + std::to_string(m_setup.totalSteps));
}

TrainingResult TrainingRun::go() {
    m_start = Clock::now();
    m_secondsBefore = m_state.seconds;
    m_state.data = m_setup.fingerprint;
    m_state.validation = m_setup.validationFingerprint;
    m_observer.onStarted(m_options, m_state.step, m_setup.totalSteps);
    RunRecords records(m_world->isFirst() ? m_options.output : fs::path(), m_state.step, m_log);
    std::exception_ptr failure;
    try {
        steps(records);
    } catch (const Cancelled&) {  // while validation pictures are decoded, before the first step
    } catch (...) {               // thrown again when the state is saved
        failure = std::current_exception();
    }
    // What a GPU was given when another process was lost, it computed without that one's part.
    const bool isLost = failure && !m_world->isAlone() && !m_setup.device.is_cpu();
    if (isLost) m_begun.clear();
    try {
        while (!m_begun.empty())
            endStep(records);
    } catch (...) {
        if (!failure) failure = std::current_exception();
    }
    m_state.seconds = m_secondsBefore + secondsSince(m_start);
    if (!isLost) saveAtEnd(failure != nullptr);
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
    m_world->any(false);  // nobody leaves before all are done
    return result;
}

void TrainingRun::steps(RunRecords& records) {
    if (m_state.step >= m_setup.totalSteps || m_world->any(m_stop.stop_requested())) return;
    if (m_state.step == 0) beInStage();
    const auto say = [this](const std::string& text) { m_log.say(text); };
    // Of a stage's size both.
    std::optional<BatchStream> stream;
    std::optional<Validation> validation;
    int64_t stage = m_state.stage;
    const auto features =
        m_options.imageViews > 0 ? imageFeatures(m_setup, say, m_stop) : std::shared_ptr<const FeatureViews>();
    const auto open = [&] {
        stage = m_state.stage;
        LoaderOptions options = loaderOptions(m_setup);
        options.features = features;
        stream.emplace(m_setup.data.train, options, m_setup.device, m_state.step + m_state.dataOffset);
        validation.emplace(m_setup, say, m_stop);
    };
    open();
    const FastMath fastMath(m_setup.device);
    // Was cut short by a stop.
    if (m_state.validationIsDue && m_state.skippedInARow == 0) validate(*validation, records, false);
    m_lastEnd = Clock::now();
    while (true) {
        const int64_t begun = m_begun.empty() ? m_state.step : m_begun.back().step;
        if (m_begun.empty()) enterDueStage();
        if (stage != m_state.stage) open();
        const bool more = begun < m_setup.totalSteps && beginStep(*stream, records);
        if (!more && m_begun.empty()) break;
        while (!m_begun.empty() && (m_begun.size() > 1 || !more || mustEndNow())) {
            endStep(records);
            act(*validation, records);
            m_lastEnd = Clock::now();
        }
    }
}

/// On request the run ends with a state that can be saved: while it gives no numbers, a few more batches tell whether
/// it ever will.
bool TrainingRun::wantsToStop() const {
    return m_stop.stop_requested() && m_outcome != StepOutcome::NotFinite;
}

/// Whether the next step may not begin before the one under way has ended: something is done between them, or depends
/// on how it ends.
bool TrainingRun::mustEndNow() const {
    const int64_t step = m_begun.back().step;
    return m_setup.device.is_cpu() || m_outcome != StepOutcome::Updated || m_state.skippedInARow > 0 || m_isStopping ||
           m_state.validationIsDue || m_state.saveIsDue || step == m_setup.totalSteps ||
           step % m_options.validateEvery == 0 || step % m_options.saveEvery == 0 || isEndOfStage(step);
}

/// False where a process wants to stop.
bool TrainingRun::beginStep(BatchStream& stream, RunRecords& records) {
    constexpr uint64_t kSteps = 0x57E9;  // what is drawn
    const auto start = Clock::now();
    std::optional<DeviceBatch> batch;
    if (!wantsToStop()) {
        try {
            batch = stream.next(m_stop.stop_requested() ? std::stop_token() : m_stop);
        } catch (const Cancelled&) {  // while waiting for data
        }
    }
    const int64_t pairs = agree(batch ? &*batch : nullptr, records);
    if (pairs == 0) return false;
    StepMetrics metrics;
    m_waited += secondsSince(start);
    const StepMetrics* before = m_begun.empty() ? nullptr : &m_begun.back();
    const int64_t done = before != nullptr ? before->step : m_state.step;
    metrics.step = done + 1;
    metrics.totalSteps = m_setup.totalSteps;
    metrics.samples = (before != nullptr ? before->samples : m_state.samples) + pairs * m_world->size();
    metrics.epoch = static_cast<double>(metrics.step) / static_cast<double>(m_setup.stepsPerEpoch);
    metrics.learningRate = m_schedule.at(done) * m_state.plateau.share;
    // Each process draws for itself, whatever their number when the run is resumed.
    if (!m_world->isAlone())
        torch::manual_seed(
            seedOf(m_options.seed, kSteps, done + m_state.dataOffset, static_cast<size_t>(m_world->rank())));
    m_step->begin(firstPairs(batch->tensors, pairs), metrics.learningRate);
    metrics.microBatch = m_step->microBatch() > 0 ? std::min(m_step->microBatch(), pairs) : pairs;
    m_begun.push_back(metrics);
    tellMicroBatch();
    return true;
}

/// How many pairs each process brings to the next step, given its own batch: as many as the one with the fewest, whose
/// pictures could not be read. 0: one of them has none, and stops.
int64_t TrainingRun::agree(const DeviceBatch* batch, RunRecords& records) {
    std::vector<int64_t> numbers = {batch == nullptr ? 0 : -batch->pairs,
                                    batch != nullptr && !batch->failures.empty() ? 1 : 0};
    if (!m_world->isAlone()) numbers = m_world->largest(numbers);
    if (numbers[1] != 0) {
        std::string lines;
        for (const std::string& failure : batch == nullptr ? std::vector<std::string>() : batch->failures)
            lines += failure + '\n';
        for (const std::string& text : m_world->texts(lines)) {
            std::istringstream all(text);
            for (std::string failure; std::getline(all, failure);)
                records.leaveOut(failure);
        }
    }
    m_isStopping = numbers[0] == 0;
    return -numbers[0];
}

/// Takes the numbers of the oldest step under way.
void TrainingRun::endStep(RunRecords& records) {
    StepMetrics metrics = m_begun.front();
    m_begun.pop_front();
    const auto values = m_step->finish();
    const int64_t pairs = metrics.samples - m_state.samples;  // of all processes
    m_state.step = metrics.step;
    m_state.samples = metrics.samples;
    m_state.seconds = m_secondsBefore + secondsSince(m_start);
    m_state.validationIsDue |= m_state.step % m_options.validateEvery == 0;
    m_state.saveIsDue |= m_state.step % m_options.saveEvery == 0;
    tellOutcome(values);

    metrics.loss = values.loss;
    metrics.lossImage = values.lossImage;
    metrics.lossText = values.lossText;
    metrics.lossDistillation = values.lossDistillation;
    metrics.logitScale = values.logitScale;
    metrics.temperature = 1 / values.logitScale;
    metrics.gradientNorm = values.gradientNorm;
    metrics.skipped = m_state.skipped;
    if (m_setup.autocast == torch::kHalf) metrics.lossScale = m_step->lossScale();
    const GpuReading gpu = m_gpu ? m_gpu->read() : GpuReading();
    metrics.gpuUtilization = gpu.utilization;
    metrics.gpuMemoryBytes = gpu.memoryBytes;
    metrics.gpuTemperature = gpu.temperature;
    metrics.gpuPower = gpu.power;
    metrics.batchTime = secondsSince(m_lastEnd);
    metrics.dataTime = std::exchange(m_waited, 0);
    metrics.stepTime = std::max(0.0, metrics.batchTime - metrics.dataTime);
    metrics.samplesPerSecond = static_cast<double>(pairs) / metrics.batchTime;
    m_observer.onStep(metrics);
    records.add(metrics);
}

/// What the policy says after a step.
void TrainingRun::act(const Validation& validation, RunRecords& records) {
    const bool last = m_state.step == m_setup.totalSteps;
    // What there is to go back to counts, not how quick the disk is.
    if (m_state.skippedInARow > 0 || last) tryEndSaving();
    NextAction next = ofFirst(nextAction(report(last)));
    Verdict verdict = Verdict::Usual;
    if (next.validate)
        verdict = static_cast<Verdict>(m_world->ofFirst(static_cast<int64_t>(validate(validation, records, last))));
    if (next.validate && m_options.schedule == "plateau")  // one rate, whatever the last bits of their losses
        m_state.plateau.share = std::bit_cast<double>(m_world->ofFirst(std::bit_cast<int64_t>(m_state.plateau.share)));
    if ((next.save || last || verdict == Verdict::Best) && !hasFiniteWeights()) verdict = Verdict::Broken;
    if (verdict == Verdict::Broken) {  // by the last update, which no batch has met yet
        m_outcome = StepOutcome::NotFinite;
        m_state.skippedInARow = kPatience;
        tryEndSaving();
        next = ofFirst(nextAction(report(last)));
    }
    recover(next.recovery, records);
    if (next.save || verdict == Verdict::Best) {
        m_state.saveIsDue = false;
        trySave([this] { beginSaving(); });
    }
    constexpr std::chrono::seconds kNow(0);
    if (m_saving.valid() && m_saving.wait_for(kNow) == std::future_status::ready) tryEndSaving();
}

/// What rank 0 will do, where its files decide; all else is the same everywhere.
NextAction TrainingRun::ofFirst(NextAction mine) const {
    if (m_state.skippedInARow == 0 && m_state.step != m_setup.totalSteps) return mine;
    const int64_t recovery = m_world->ofFirst(static_cast<int64_t>(mine.recovery));
    return {static_cast<Recovery>(recovery), m_world->ofFirst(mine.validate ? 1 : 0) != 0,
            m_world->ofFirst(mine.save ? 1 : 0) != 0};
}

StepReport TrainingRun::report(bool last) const {
    const bool asks = last || m_state.skippedInARow > 0;
    return {
        m_outcome, m_state.skippedInARow,   m_state.rollBacks, asks && !finishedCheckpoints(m_options.output).empty(),
        last,      m_state.validationIsDue, m_state.saveIsDue};
}

bool TrainingRun::hasFiniteWeights() const {
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> finite;
    for (const auto& [name, tensor] : m_setup.bundle.model->stateDict())
        if (tensor.is_floating_point()) finite.push_back(tensor.isfinite().all());
    return torch::stack(finite).all().item<bool>();
}

void TrainingRun::tellMicroBatch() {
    if (m_step->microBatch() == m_state.microBatch) return;
    if (m_step->microBatch() != m_options.microBatch)
        m_log.say("memory ran out: " + std::to_string(m_step->microBatch()) +
                  " pairs at a time from here on; the batch is the same");
    m_state.microBatch = m_step->microBatch();
}

void TrainingRun::tellOutcome(const TrainStepValues& values) {
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
        reason = values.outcome == StepOutcome::Spike
                     ? "the norm of its gradient, " + std::to_string(values.gradientNorm) + ", is far above the others"
                     : (std::isfinite(values.loss) ? "the gradient" : "the loss") + std::string(" is not a number");
    }
    m_log.say("step " + std::to_string(m_state.step) + ": the batch is left out: " + reason);
}

void TrainingRun::recover(Recovery recovery, RunRecords& records) {
    if (recovery == Recovery::None) return;
    const auto kept = finishedCheckpoints(m_options.output);
    const std::string problem = std::to_string(m_state.skippedInARow) + " batches in a row gave no usable gradient";
    if (recovery == Recovery::ForgetNorms) {
        m_step->forgetNorms();
        m_state.skippedInARow = 0;
        m_log.say(problem + " and there is no checkpoint to go back to: from here on such norms are usual");
    } else if (recovery == Recovery::RollBack) {
        rollBack(kept, problem, records);
    } else {
        throw Error(
            "step " + std::to_string(m_state.step),
            problem + (kept.empty() ? ", and there is no checkpoint to go back to"
                                    : " after going back " + std::to_string(m_state.rollBacks) +
                                          " times; the checkpoint of step " + std::to_string(kept.back()) + " is kept"),
            "Start a run with a lower --lr, a longer --warmup, --grad-clip 1, --precision fp32 or "
            "--spike-factor 0.");
    }
}

/// To a checkpoint, but on with the data: other batches may do no harm.
void TrainingRun::rollBack(std::vector<int64_t> kept, const std::string& problem, RunRecords& records) {
    TORCH_CHECK(m_begun.empty(), "a step is under way");
    if (m_world->isFirst() && kept.size() > 1 && m_state.rollBacks > 0 && !m_tookAStep) {
        // Other batches were refused at once, too: it is the checkpoint.
        std::error_code ignored;
        fs::remove(checkpointFolder(m_options.output, kept.back()) / "DONE", ignored);
        m_log.say("the checkpoint of step " + std::to_string(kept.back()) +
                  " gives no usable gradient: it is left out");
        kept.pop_back();
    }
    const int64_t step = m_world->ofFirst(kept.empty() ? 0 : kept.back());
    m_tookAStep = false;
    if (const int64_t stage = readTrainingState(checkpointFolder(m_options.output, step)).stage; stage != m_state.stage)
        enterStage(stage);
    TrainingState state = loadCheckpoint(checkpointFolder(m_options.output, step), *m_setup.bundle.model, *m_step);
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
    m_log.say(problem + ": back to the checkpoint of step " + std::to_string(m_state.step) + ", with other batches");
    m_observer.onStarted(m_options, m_state.step, m_setup.totalSteps);
}

TrainingRun::Verdict TrainingRun::validate(const Validation& validation, RunRecords& records, bool last) {
    if (validation.isEmpty()) {
        m_state.validationIsDue = false;
        return Verdict::Usual;
    }
    const AveragedScope averaged(m_step->average());
    ValidationMetrics values;
    try {
        values = validation.run(*m_setup.bundle.model, m_state.step);
        if (last && !m_setup.bundle.info.familiarTexts.empty())
            m_setup.bundle.info.familiarCosine = validation.familiarCosine(*m_setup.bundle.model);
    } catch (const Cancelled&) {  // it stays due
        m_setup.bundle.model->train();
        return Verdict::Usual;
    } catch (const Error& error) {
        m_setup.bundle.model->train();
        m_state.validationIsDue = false;
        m_log.say(error.what());
        return Verdict::Usual;
    }
    m_state.validationIsDue = false;
    records.add(values);
    m_observer.onValidation(values);
    if (!std::isfinite(values.loss)) return Verdict::Broken;
    if (m_options.schedule == "plateau") watchPlateau(values.loss);
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

void TrainingRun::watchPlateau(double loss) {
    const int64_t patience = m_options.plateauPatience;
    if (!m_state.plateau.take(loss, patience, m_options.plateauFactor, m_options.learningRate)) return;
    std::ostringstream rate;
    rate.imbue(std::locale::classic());
    rate << m_options.learningRate * m_state.plateau.share;
    m_log.say("val/loss did not fall in " + std::to_string(patience + 1) +
              (patience == 0 ? " validation" : " validations in a row") + ": the learning rate is " + rate.str() +
              " from here on");
}

/// Of the state as it is. On a GPU it is written while training goes on.
void TrainingRun::beginSaving() {
    if (!m_world->isFirst()) {
        m_savedStep = m_state.step;
        m_state.rollBacks = 0;
        return;
    }
    tryEndSaving();
    TrainingState state = m_state;
    state.rollBacks = 0;
    m_savingStep = state.step;
    m_savingBest = state.bestStep;
    m_saving = m_setup.device.is_cpu()
                   ? std::async(std::launch::deferred,
                                [this, state] { saveCheckpoint(m_options.output, m_setup.bundle, *m_step, state); })
                   : saveCheckpointAside(m_options.output, m_setup.bundle, *m_step, state);
    if (m_setup.device.is_cpu()) endSaving();
}

/// Waits for the checkpoint that is being written.
void TrainingRun::endSaving() {
    if (!m_saving.valid()) return;
    withRemedy(m_savingStep, [this] { m_saving.get(); });
    m_savedStep = m_savingStep;
    m_state.rollBacks = 0;
    pruneCheckpoints(m_options.output, m_options.keepCheckpoints, m_savingBest);
    m_observer.onCheckpoint(m_savedStep, checkpointFolder(m_options.output, m_savedStep));
}

/// A checkpoint on the way may fail: the run goes on, and the next one may have room again.
template <typename Save>
void TrainingRun::trySave(Save&& save) {
    try {
        save();
    } catch (const std::exception& error) {
        m_log.say(error.what());
    }
}

void TrainingRun::tryEndSaving() {
    trySave([this] { endSaving(); });
}

/// The state of a run that ends, by itself, on request or by a failure; after a failure what is saved cannot fail it
/// again.
void TrainingRun::saveAtEnd(bool failed) {
    tryEndSaving();
    if (m_savedStep == m_state.step || m_state.step == 0) return;
    const auto save = [this] {
        beginSaving();
        endSaving();
    };
    if (!maySave(m_outcome, m_state.skippedInARow)) {
        m_log.say("the state of step " + std::to_string(m_state.step) +
                  " is not saved: its batches give no usable gradient");
    } else if (failed) {
        trySave(save);
    } else {
        save();
    }
}

void TrainingRun::finish(const fs::path& model) {
    const auto best = checkpointFolder(m_options.output, m_state.bestStep);
    std::error_code error;
    const bool isThere = m_state.bestStep >= 0 && m_state.bestStep != m_state.step && fs::exists(best / "DONE", error);
    if (m_world->ofFirst(isThere ? 1 : 0) != 0) {
        if (!m_world->isFirst()) return;
        auto bundle = loadModel(best);
        bundle.info = m_setup.bundle.info;
        withRemedy(m_state.step, [&] { replaceModelFolder(model, bundle); });
        m_log.say("the model is that of step " + std::to_string(m_state.bestStep) + ", the best by " +
                  m_options.keepBest);
    } else {
        const AveragedScope averaged(m_step->average());
        auto& info = m_setup.bundle.info;
        if (!info.familiarTexts.empty() && info.familiarCosine == 0) {  // resumed between its last step and here
            const auto say = [this](const std::string& text) { m_log.say(text); };
            info.familiarCosine = Validation(m_setup, say, {}).familiarCosine(*m_setup.bundle.model);
        }
        if (m_world->isFirst()) withRemedy(m_state.step, [&] { replaceModelFolder(model, m_setup.bundle); });
    }
    m_log.say("finished: " + displayName(model));
}

void TrainingRun::sayLeftOut(const RunRecords& records) {
    if (records.leftOut() == 0) return;
    m_log.say(std::to_string(records.leftOut()) + " samples could not be read and were left out; see " +
              displayName(leftOutFile(m_options.output)));
}

template <typename Write>
void TrainingRun::withRemedy(int64_t step, Write&& writeFiles) const {
    try {
        writeFiles();
    } catch (const Error& error) {
        const auto kept = finishedCheckpoints(m_options.output);
        throw Error(error.subject(), "the state of step " + std::to_string(step) + " was not saved: " + error.problem(),
                    kept.empty() ? "Free space and start again."
                                 : "Free space; the checkpoint of step " + std::to_string(kept.back()) +
                                       " is whole, and `train --resume` goes on from it.");
    }
}

}  // namespace diagonal
