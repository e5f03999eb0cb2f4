// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/trainer.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/job.h"
#include "training/data/loader.h"
#include "training/optimizers/schedule.h"
#include "training/optimizers/train_step.h"
#include "training/run/checkpoint.h"
#include "training/run/log.h"
#include "training/run/probe.h"
#include "training/run/run_folder.h"
#include "training/trainer/setup.h"
#include "training/trainer/validation.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

TrainStepOptions stepOptions(const TrainingSetup& setup) {
    const auto& options = setup.options;
    TrainStepOptions step;
    step.adamW = {options.beta1, options.beta2, options.epsilon, options.weightDecay};
    step.gradientClip = options.gradientClip;
    step.bf16 = setup.bf16;
    step.mean = setup.bundle.preprocess.mean;
    step.std = setup.bundle.preprocess.std;
    return step;
}

LoaderOptions loaderOptions(const TrainingSetup& setup) {
    LoaderOptions loader;
    loader.batchSize = setup.options.batchSize;
    loader.preprocess = setup.bundle.preprocess;
    loader.augment = setup.options.augment;
    loader.seed = setup.options.seed;
    loader.workers = setup.options.workers;
    return loader;
}

/// Throws unless the disk has room for the checkpoints that will stand side by side, and the model.
void requireSpace(const TrainingSetup& setup) {
    fs::path folder = fs::absolute(setup.options.output);
    std::error_code error;
    while (!fs::exists(folder, error) && folder.has_relative_path())
        folder = folder.parent_path();
    const auto space = fs::space(folder, error);
    if (error) return;  // not every file system tells
    const uint64_t needed =
        checkpointBytes(*setup.bundle.model) * static_cast<uint64_t>(setup.options.keepCheckpoints + 2);
    if (space.available >= needed) return;
    throw Error(displayName(setup.options.output),
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
          m_schedule{m_options.learningRate, m_options.warmup, m_setup.totalSteps} {}

    void restore(const fs::path& checkpoint) {
        m_state = loadCheckpoint(checkpoint, m_step.optimizer(), m_setup.device);
        m_savedStep = m_state.step;
        m_log.say("resumed at step " + std::to_string(m_state.step) + " of " + std::to_string(m_setup.totalSteps));
    }

    TrainingResult go() {
        const auto start = Clock::now();
        const double before = m_state.seconds;
        m_observer.onStarted(m_options, m_state.step, m_setup.totalSteps);
        try {
            steps(start, before);
        } catch (const Cancelled&) {  // while waiting for data; the state is that of the last whole step
        }
        m_state.seconds = before + secondsSince(start);
        const bool finished = m_state.step >= m_setup.totalSteps;
        if (m_savedStep != m_state.step) save();
        TrainingResult result{m_options.output / "model", m_state.step, finished, secondsSince(start)};
        if (finished) {
            withRemedy([&] { replaceModelFolder(result.model, m_setup.bundle); });
            m_log.say("finished: " + displayName(result.model));
        } else {
            m_log.say("stopped at step " + std::to_string(m_state.step) + "; `train --resume` goes on from there");
        }
        return result;
    }

  private:
    void steps(Clock::time_point start, double before) {
        if (m_state.step >= m_setup.totalSteps || m_stop.stop_requested()) return;
        const auto say = [this](const std::string& text) { m_log.say(text); };
        LineFile metrics(metricsFile(m_options.output));
        Loader loader(m_setup.data.train, loaderOptions(m_setup), m_state.step);
        const Validation validation(m_setup, say, m_stop);
        while (m_state.step < m_setup.totalSteps && !m_stop.stop_requested()) {
            write(metrics, metricsLine(oneStep(loader)));
            m_state.seconds = before + secondsSince(start);
            const bool last = m_state.step == m_setup.totalSteps;
            if (!validation.isEmpty() && (last || m_state.step % m_options.validateEvery == 0))
                validate(validation, metrics);
            if (last && !validation.isEmpty() && !m_setup.bundle.info.familiarTexts.empty())
                m_setup.bundle.info.familiarCosine = validation.familiarCosine(*m_setup.bundle.model);
            if (!last && m_state.step % m_options.saveEvery == 0) trySave();
        }
    }

    StepMetrics oneStep(Loader& loader) {
        const auto start = Clock::now();
        const auto batch = loader.next(m_stop);
        for (const auto& failure : batch.failures)
            m_log.say("left out: " + failure);
        const auto count = static_cast<int64_t>(batch.indices.size());
        const auto pixels = torch::from_blob(const_cast<uint8_t*>(batch.pixels.data()),
                                             {count, batch.height, batch.width, 3}, torch::kByte);
        const auto text = textTensors(*m_setup.bundle.tokenizer, batch.captions);
        StepMetrics metrics;
        metrics.dataTime = secondsSince(start);
        metrics.learningRate = m_schedule.at(m_state.step);
        const auto values = m_step.run(pixels, text.ids, text.ends, metrics.learningRate);
        if (!values.updated) diverged(values);

        ++m_state.step;
        m_state.samples += count;
        metrics.step = m_state.step;
        metrics.totalSteps = m_setup.totalSteps;
        metrics.samples = m_state.samples;
        metrics.epoch = static_cast<double>(m_state.samples) / static_cast<double>(m_setup.data.train->size());
        metrics.loss = values.loss;
        metrics.lossImage = values.lossImage;
        metrics.lossText = values.lossText;
        metrics.logitScale = values.logitScale;
        metrics.temperature = 1 / values.logitScale;
        metrics.gradientNorm = values.gradientNorm;
        metrics.batchTime = secondsSince(start);
        metrics.samplesPerSecond = static_cast<double>(count) / metrics.batchTime;
        m_observer.onStep(metrics);
        return metrics;
    }

    [[noreturn]] void diverged(const TrainStepValues& values) const {
        const auto kept = finishedCheckpoints(m_options.output);
        throw Error(
            "step " + std::to_string(m_state.step + 1),
            std::string(std::isfinite(values.loss) ? "the gradient" : "the loss") +
                " is not a number any more; training stopped" +
                (kept.empty() ? "" : ", and the checkpoint of step " + std::to_string(kept.back()) + " is kept"),
            "Start a run with a lower --lr, a longer --warmup, --grad-clip 1 or --precision fp32.");
    }

    void validate(const Validation& validation, LineFile& metrics) {
        const auto values = validation.run(*m_setup.bundle.model, m_state.step);
        write(metrics, metricsLine(values));
        try {
            fs::create_directories(m_options.output / "probe");
            writeProbe(probeFile(m_options.output, m_state.step), values);
        } catch (const std::exception& error) {
            m_log.say(std::string("the probe matrix was not kept: ") + error.what());
        }
        m_observer.onValidation(values);
    }

    void write(LineFile& metrics, const std::string& line) {
        const bool written = metrics.append(line);
        if (!written && m_metricsWritten) m_log.say("metrics.jsonl takes no more lines: is the disk full?");
        m_metricsWritten = written;
    }

    void save() {
        withRemedy([this] {
            saveCheckpoint(m_options.output, m_setup.bundle, m_step.optimizer(), m_state);
            m_savedStep = m_state.step;
        });
        pruneCheckpoints(m_options.output, m_options.keepCheckpoints);
        m_observer.onCheckpoint(m_state.step, checkpointFolder(m_options.output, m_state.step));
    }

    /// A checkpoint on the way may fail: the run goes on, and the next one may have room again.
    void trySave() {
        try {
            save();
        } catch (const Error& error) {
            m_log.say(error.what());
        }
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
    CosineSchedule m_schedule;
    TrainingState m_state;
    int64_t m_savedStep = -1;
    bool m_metricsWritten = true;
};

void requireFreshFolder(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder, error)) return;
    if (!fs::is_directory(folder, error)) throw Error(displayName(folder), "is a file", "Choose another --out.");
    if (fs::exists(configFile(folder), error))
        throw Error(displayName(folder), "already holds a run",
                    "Go on with it by `train --resume " + displayName(folder) + "`, or choose another --out.");
    if (!fs::is_empty(folder, error)) throw Error(displayName(folder), "is not empty", "Choose another --out.");
}

}  // namespace

TrainingResult train(const TrainOptions& options, TrainingObserver& observer, const std::stop_token& stop) {
    checkOptions(options);
    requireFreshFolder(options.output);
    setThreads(options.threads);
    RunLog log(observer);
    const auto say = [&](const std::string& text) { log.say(text); };
    auto setup = setUp(options, std::nullopt, say);
    requireSpace(setup);
    std::error_code error;
    fs::create_directories(options.output, error);
    if (error) throw Error(displayName(options.output), "cannot be created: " + error.message());
    writeFile(configFile(options.output), toJson(options).dump(2) + "\n");
    log.open(options.output / "log.txt");
    return Run(std::move(setup), log, observer, stop).go();
}

TrainingResult resume(const fs::path& run, TrainingObserver& observer, const std::stop_token& stop) {
    const auto options = readRunOptions(run);
    checkOptions(options);
    const auto steps = finishedCheckpoints(run);
    if (steps.empty())
        throw Error(displayName(run), "holds no finished checkpoint to go on from",
                    "Remove the folder and start the run anew: `train --config` takes its config.json.");
    setThreads(options.threads);
    RunLog log(observer);
    log.open(run / "log.txt");
    const auto say = [&](const std::string& text) { log.say(text); };
    const auto checkpoint = checkpointFolder(run, steps.back());
    auto setup = setUp(options, checkpoint, say);
    if (steps.back() >= setup.totalSteps && fs::exists(run / "model" / "open_clip_config.json"))
        throw Error(displayName(run), "is finished: all " + std::to_string(setup.totalSteps) + " steps are done",
                    "To train its model further, start a run with --model " + displayName(run / "model") + ".");
    cutMetrics(metricsFile(run), steps.back());
    Run resumed(std::move(setup), log, observer, stop);
    resumed.restore(checkpoint);
    return resumed.go();
}

}  // namespace diagonal
