// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/trainer.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/file_lock.h"
#include "training/run/checkpoint.h"
#include "training/run/log.h"
#include "training/run/option_info.h"
#include "training/run/run_folder.h"
#include "training/trainer/memory_facts.h"
#include "training/trainer/setup.h"
#include "training/trainer/training_run.h"
#include "training/trainer/tuning.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

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
    const uint64_t needed = checkpointBytes(*setup.bundle.model, options, setup.data.train->size()) * kept;
    if (space.available >= needed) return;
    throw Error(displayName(options.output),
                "the disk has " + std::to_string(space.available >> 20) + " MiB left, the run needs about " +
                    std::to_string((needed >> 20) + 1),
                "Free space, choose another --out, or give a smaller --keep-checkpoints.");
}

constexpr const char* kLock = ".lock";

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

/// What only one process may do; where it fails, all do.
template <typename Work>
void onFirst(World& world, Work&& work) {
    std::exception_ptr failure;
    try {
        if (world.isFirst()) work();
    } catch (...) {
        failure = std::current_exception();
    }
    const bool failed = world.any(failure != nullptr);
    if (failure) std::rethrow_exception(failure);
    if (failed)
        throw Error("process 1 of " + std::to_string(world.size()), "cannot begin", "Its own message says why.");
}

/// Processes on one computer share its cores.
void setThreads(const TrainOptions& options, const World& world) {
    diagonal::setThreads(options.threads > 0     ? options.threads
                         : world.localSize() > 1 ? std::max(1, threads() / world.localSize())
                                                 : 0);
}

/// The newest checkpoint that can be read; those that cannot are left out for good. -1: there is none.
int64_t newestCheckpoint(const fs::path& run, RunLog& log) {
    auto steps = finishedCheckpoints(run);
    for (; !steps.empty(); steps.pop_back()) {
        const std::string problem = problemOf(checkpointFolder(run, steps.back()));
        if (problem.empty()) return steps.back();
        log.say("the checkpoint of step " + std::to_string(steps.back()) + " is left out: " + problem);
        if (steps.size() == 1) throw Error(displayName(run), "none of its checkpoints can be read: " + problem);
        std::error_code ignored;  // a roll-back would meet it again
        fs::remove(checkpointFolder(run, steps.back()) / "DONE", ignored);
    }
    return -1;
}

}  // namespace

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

TrainingResult train(const TrainOptions& options, TrainingObserver& observer, const std::stop_token& stop,
                     const std::shared_ptr<World>& world) {
    checkOptions(options);
    onFirst(*world, [&] { requireFreshFolder(options.output); });
    setThreads(options, *world);
    RunLog log(observer);
    const auto say = [&](const std::string& text) { log.say(text); };
    auto setup = setUp(options, std::nullopt, say, stop, world);
    std::unique_ptr<FileLock> lock;
    onFirst(*world, [&] {
        requireSpace(setup);
        std::error_code error;
        fs::create_directories(options.output, error);
        if (error) throw Error(displayName(options.output), "cannot be created: " + error.message());
        lock = lockRun(options.output);
        requireFreshFolder(options.output);  // another process may have trained into it meanwhile
        writeFile(configFile(options.output), toJson(options).dump(2) + "\n");
        log.open(options.output / "log.txt");
        keepBase(setup);
    });
    sayMemory(setup, say);
    return TrainingRun(std::move(setup), log, observer, stop).go();
}

TrainingResult resume(const fs::path& run, TrainingObserver& observer, const std::stop_token& stop,
                      const std::function<void(TrainOptions&)>& setOptions, const std::shared_ptr<World>& world) {
    const auto before = readRunOptions(run);
    auto options = before;
    if (setOptions) setOptions(options);
    options.output = run;
    checkOptions(options);
    RunLog log(observer);
    std::unique_ptr<FileLock> lock;
    int64_t newest = -1;
    bool hasModel = false;
    const auto changes = changesOf(before, options);
    onFirst(*world, [&] {
        lock = lockRun(run);
        log.open(run / "log.txt");
        newest = newestCheckpoint(run, log);
        hasModel = fs::exists(run / "model" / "open_clip_config.json");
    });
    setThreads(options, *world);
    newest = world->ofFirst(newest);
    hasModel = world->ofFirst(hasModel ? 1 : 0) != 0;
    const auto checkpoint = newest < 0 ? std::nullopt : std::optional(checkpointFolder(run, newest));
    const auto finished = [&](int64_t totalSteps) { return checkpoint && newest >= totalSteps && hasModel; };
    const auto finishedResult = [&]() -> TrainingResult {
        log.say("the run is finished at step " + std::to_string(newest) + "; --steps or --epochs make it longer");
        return {run / "model", newest, true, 0};
    };
    if (options.steps > 0 && finished(options.steps)) return finishedResult();
    const auto say = [&](const std::string& text) { log.say(text); };
    auto setup = setUp(options, checkpoint, say, stop, world);
    if (finished(setup.totalSteps)) return finishedResult();
    for (const OptionChange& change : changes)
        log.say(change.info.flag() + " is " + change.now + " from here on; it was " + change.before);
    if (!checkpoint) {
        log.say("there is no finished checkpoint: the run begins again");
        onFirst(*world, [&] { keepBase(setup); });
    }
    sayMemory(setup, say);
    TrainingRun resumed(std::move(setup), log, observer, stop);
    if (checkpoint) resumed.resumeFrom(*checkpoint);
    onFirst(*world, [&] {
        if (!changes.empty()) writeFile(configFile(run), toJson(options).dump(2) + "\n");
        // That of an earlier, shorter end; its weights are those of a checkpoint.
        fs::remove_all(run / "model");
    });
    return resumed.go();
}

}  // namespace diagonal
