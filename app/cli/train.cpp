// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/signals.h"
#include "app/cli/train_fields.h"
#include "app/cli/train_report.h"
#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/base/text.h"
#include "engine/checkpoint/presets.h"
#include "engine/hub/hub.h"
#include "training/distributed/c10d_world.h"
#include "training/distributed/launch.h"
#include "training/run/run_folder.h"
#include "training/trainer/memory_facts.h"
#include "training/trainer/trainer.h"

namespace diagonal::cli {

namespace {

struct TrainCommand {
    TrainFields fields;
    std::string config, resume, pretrained;
    std::string logs, name;  ///< open_clip's way to say --out
    bool siglip = false, dryRun = false;
    int accumulate = 1;
    int64_t logEvery = 50;
    Format format = Format::Table;
};

TrainOptions readConfig(const std::string& file) {
    try {
        return trainOptionsFromJson(nlohmann::json::parse(readText(file)), displayName(file));
    } catch (const nlohmann::json::exception& error) {
        throw Error(displayName(file), "is not JSON: " + wordsOf(error), "Give the config.json of a run.");
    }
}

TrainOptions chosenOptions(const TrainCommand& command) {
    TrainOptions options;
    if (!command.config.empty()) options = readConfig(command.config);
    command.fields.apply(options);
    if (command.siglip && command.fields.isGiven("loss") && options.loss != "sigmoid")
        throw UsageError("--siglip: --loss " + options.loss + " says otherwise. Give one of them.");
    if (command.siglip) options.loss = "sigmoid";
    if (!command.name.empty()) {
        if (command.fields.isGiven("out")) throw UsageError("--name: --out names the run folder already.");
        options.output = std::filesystem::path(command.logs) / command.name;
    } else if (!command.logs.empty()) {
        throw UsageError("--logs: --name is missing: the run folder is DIR/NAME.");
    }
    if (command.dryRun && options.output.empty()) options.output = "run";  // is not made
    // open_clip's batch size is that of a part.
    if (command.accumulate > 1) {
        options.microBatch = options.batchSize;
        options.batchSize *= command.accumulate;
    }
    try {
        checkOptions(options);
    } catch (const Error& error) {
        throw UsageError(error.what());
    }
    return options;
}

/// Of a process that leaves the talking to the first one.
class Follower : public TrainingObserver {
  public:
    void onStarted(const TrainOptions&, int64_t, int64_t) override { setNothingToSave(false); }
};

/// The options of a run that begins, its model found.
TrainOptions optionsToStart(const TrainCommand& command) {
    TrainOptions options = chosenOptions(command);
    // With its progress line, before the run begins; a short name such as ViT-B/32 is an architecture here.
    if (!command.pretrained.empty()) {
        if (command.pretrained == "openai" && !isHubName(options.model))
            throw UsageError("--pretrained openai: OpenAI published no weights of “" + options.model +
                             "”. `diagonal-cli models list` shows what there is.");
        if (command.pretrained != "openai" && command.fields.isGiven("model"))
            console().note("--pretrained " + command.pretrained + " says which model it is; --model does not count.");
        options.model = locateModel(command.pretrained == "openai" ? options.model : command.pretrained).string();
    } else if (isArchitecture(options.model) && isHubName(options.model)) {
        console().note(options.model + " is trained from scratch; --pretrained openai starts from OpenAI's weights.");
    } else if (options.model == "demo" && command.fields.isGiven("model")) {
        console().note(
            "demo is trained from scratch; --pretrained demo starts from the model that comes with Diagonal.");
    }
    if (std::error_code error;
        !isArchitecture(options.model) && !isHubName(options.model) && !std::filesystem::exists(options.model, error)) {
        const std::string best = nearest(options.model, architectureNames());
        throw Error("--model " + options.model, "there is no such architecture, model, file or folder",
                    best.empty() ? "`diagonal-cli models list` shows models" : "Did you mean “" + best + "”?");
    }
    if (!isArchitecture(options.model) && isHubName(options.model)) options.model = locateModel(options.model).string();
    loadCuda();
    return options;
}

TrainingResult startRun(const TrainCommand& command, TrainingObserver& report, const std::shared_ptr<World>& world) {
    const TrainOptions options = optionsToStart(command);
    setThreads(options.threads);
    setNothingToSave(true);  // until the run begins: data that takes minutes to open, say
    return train(options, report, stopToken(), world);
}

/// "--train-data, --workers, … and --threads"
std::string changeableFlags() {
    std::vector<std::string> flags;
    for (const OptionInfo& info : optionInfos())
        if (info.mayChange) flags.push_back(info.flag());
    return joined(flags, " and ");
}

/// The run that --resume names; "latest": the newest below this folder, runs/ or logs/.
std::filesystem::path runToResume(const std::string& given) {
    if (given != "latest" || std::filesystem::exists(given)) return given;
    std::vector<std::filesystem::path> runs = listRuns(".");
    for (const char* folder : {"runs", "logs"})
        std::ranges::copy(listRuns(folder), std::back_inserter(runs));
    if (runs.empty())
        throw Error("--resume latest", "there is no run in this folder, in runs/ or in logs/", "Name its folder.");
    return std::ranges::max(runs, {}, [](const auto& run) {
        std::error_code none;  // of a run without a step yet
        const auto begun = std::filesystem::last_write_time(configFile(run));
        return std::max(begun, std::filesystem::last_write_time(metricsFile(run), none));
    });
}

TrainingResult resumeRun(const TrainCommand& command, TrainingObserver& report, const std::shared_ptr<World>& world) {
    std::string given = command.fields.anyFixed();
    if (!command.config.empty()) given = "--config";
    if (!command.pretrained.empty()) given = "--pretrained";
    if (command.siglip) given = "--siglip";
    if (!command.name.empty() || !command.logs.empty()) given = "--name";
    if (command.accumulate > 1) given = "--accum-freq";
    if (!given.empty())
        throw UsageError(given + ": --resume goes on with the run's own options; only " + changeableFlags() +
                         " may change.");
    loadCuda();
    setNothingToSave(true);
    const std::filesystem::path run = runToResume(command.resume);
    if (run != command.resume) console().note("Resuming " + displayName(run) + ".");
    return resume(
        run, report, stopToken(), [&command](TrainOptions& options) { command.fields.apply(options); }, world);
}

int printMemory(const TrainCommand& command, const std::shared_ptr<World>& world) {
    if (!world->isFirst()) return kDone;
    setNothingToSave(true);
    const TrainOptions options = optionsToStart(command);
    if (command.fields.isGiven("out") || !command.name.empty()) requireFreshFolder(options.output);
    const MemoryEstimate estimate = planMemory(
        options, [](const std::string& text) { console().note(text); }, stopToken(), world);
    Output output;
    if (command.format == Format::Json) {
        Json parts;
        for (const MemoryPart& part : estimate.parts)
            parts[part.key] = part.bytes;
        output.write(dump({{"device_bytes", estimate.onDevice()},
                           {"computer_bytes", estimate.onComputer()},
                           {"available_bytes", availableMemory()},
                           {"parts", parts}},
                          2) +
                     "\n");
    } else {
        for (const MemoryPart& part : estimate.parts) {
            const std::string amount = memoryText(part.bytes);
            output.write(std::string(amount.size() < 9 ? 9 - amount.size() : 0, ' ') + amount + "   " + part.text +
                         (estimate.onGpu && !part.onDevice ? " (in the computer's memory)" : "") + "\n");
        }
        const std::string sum = memoryText(estimate.onDevice());
        output.write(std::string(sum.size() < 9 ? 9 - sum.size() : 0, ' ') + sum +
                     (estimate.onGpu ? "   in all on the GPU\n" : "   in all\n"));
    }
    output.finish();
    return kDone;
}

int runTrain(const TrainCommand& command) {
    if (command.dryRun && !command.resume.empty())
        throw UsageError("--dry-run: --resume goes on with a run; give one of them.");
    const auto launch = launchOfThisProcess();
    if (command.dryRun) return printMemory(command, launch ? worldToPlan(*launch) : oneProcess());
    const auto world =
        launch ? joinWorld(*launch, [](const std::string& text) { console().note(text + "."); }) : oneProcess();
    const auto run = [&](TrainingObserver& observer) {
        return command.resume.empty() ? startRun(command, observer, world) : resumeRun(command, observer, world);
    };
    if (!world->isFirst()) {
        Follower follower;
        console().setQuiet(true);
        return run(follower).finished ? kDone : kInterrupted;
    }
    TrainReport report(command.logEvery);
    const TrainingResult result = run(report);
    report.summarize(result, command.format);
    return result.finished ? kDone : kInterrupted;
}

}  // namespace

void addTrain(CLI::App& app, Program& program) {
    auto train = std::make_shared<TrainCommand>();
    CLI::App* command = app.add_subcommand(
        "train",
        "Train a CLIP model on pairs of pictures and captions, or fine-tune one.\n\nThe run folder holds "
        "config.json, metrics.jsonl, checkpoints and, at the end, model/.\nCtrl-C or SIGTERM finishes the step, saves "
        "a checkpoint and stops; --resume goes on at the exact step.\nA second Ctrl-C ends at once.");
    constexpr const char* kRun = "Run";
    command->add_option("--config", train->config, "Take the options of a config.json; options given here go first")
        ->option_text("FILE")
        ->group(kRun);
    command
        ->add_option("--resume", train->resume,
                     "Go on with a run that was stopped; where its data lies, the device, threads, intervals and the "
                     "length may change")
        ->option_text("RUN|latest")
        ->group(kRun);
    command->add_option("--name", train->name, "With --logs: the same as --out DIR/NAME")
        ->option_text("NAME")
        ->group(kRun);
    command->add_option("--logs", train->logs, "The folder of --name's run (default: this one)")
        ->option_text("DIR")
        ->group(kRun);
    command
        ->add_option("--pretrained", train->pretrained,
                     "Fine-tune published weights: openai for those of --model, or a name of `models list`")
        ->option_text("NAME")
        ->group("Model");
    command
        ->add_flag("--dry-run", train->dryRun,
                   "Print what the run would need of the memory, part by part, and train nothing")
        ->group(kRun);
    command->add_flag("--siglip", train->siglip, "The same as --loss sigmoid")->group("Objective");
    command
        ->add_option("--accum-freq", train->accumulate,
                     "So many parts of --batch-size pairs make a step's batch: --batch-size times N, and --micro-batch")
        ->option_text("N")
        ->check(CLI::Range(1, 1 << 20))
        ->group("Computing");
    train->fields.addTo(command);
    command
        ->add_option("--log-every,--log-every-n-steps", train->logEvery,
                     "Steps between printed lines where there is no terminal (default: 50)")
        ->option_text("STEPS")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 40))
        ->group("Checkpoints and validation");
    addFormat(command, train->format, {Format::Table, Format::Json});
    addQuiet(command);
    command->footer(
        "  diagonal-cli train --train-data scenes: --model tiny --steps 300 --out my-run\n"
        "  diagonal-cli train --train-data captions.csv --model small --epochs 10 --out photos-run\n"
        "  diagonal-cli train --resume photos-run\n"
        "  diagonal-cli train --resume photos-run --train-data /new/place/captions.csv --epochs 20\n"
        "Fine-tune a model on class folders, its image tower locked, and keep the best checkpoint:\n"
        "  diagonal-cli train --train-data flowers/ --model hf:openai/clip-vit-base-patch32 --lock-image \\\n"
        "      --lr 1e-5 --epochs 5 --keep-best val/zero_shot_top1 --out flowers-run\n"
        "Sigmoid loss and a batch that does not fit into memory at once:\n"
        "  diagonal-cli train --train-data \"shards/{0000..0099}.tar\" --model ViT-B-16 --loss sigmoid \\\n"
        "      --batch-size 4096 --micro-batch 512 --epochs 20 --out big-run\n"
        "Pictures that are decoded once, ahead of training:\n"
        "  diagonal-cli dataset pack photos/ photos.pack\n"
        "  diagonal-cli train --train-data pack:photos.pack --model small --epochs 10 --out packed-run");
    runs(command, program, train, runTrain);
}

}  // namespace diagonal::cli
