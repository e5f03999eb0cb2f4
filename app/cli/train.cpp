// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/signals.h"
#include "app/cli/train_fields.h"
#include "app/cli/train_report.h"
#include "engine/base/device.h"
#include "engine/checkpoint/presets.h"
#include "engine/hub/hub.h"
#include "training/trainer/trainer.h"

namespace diagonal::cli {

namespace {

struct TrainCommand {
    TrainFields fields;
    std::string config, resume;
    int64_t logEvery = 50;
    Format format = Format::Table;
};

TrainOptions readConfig(const std::string& file) {
    try {
        return trainOptionsFromJson(nlohmann::json::parse(readText(file)), displayName(file));
    } catch (const nlohmann::json::exception& error) {
        throw Error(displayName(file), std::string("is not JSON: ") + error.what(), "Give the config.json of a run.");
    }
}

TrainOptions chosenOptions(const TrainCommand& command) {
    TrainOptions options;
    if (!command.config.empty()) options = readConfig(command.config);
    command.fields.apply(options);
    try {
        checkOptions(options);
    } catch (const Error& error) {
        throw UsageError(error.what());
    }
    return options;
}

TrainingResult startRun(const TrainCommand& command, TrainReport& report) {
    TrainOptions options = chosenOptions(command);
    // With its progress line, before the run begins; a short name such as ViT-B/32 is an architecture here.
    if (!isArchitecture(options.model) && isHubName(options.model)) options.model = locateModel(options.model).string();
    loadCuda();
    setThreads(options.threads);
    return train(options, report, stopToken());
}

TrainingResult resumeRun(const TrainCommand& command, TrainReport& report) {
    const std::string given = command.config.empty() ? command.fields.anyGiven() : "--config";
    if (!given.empty()) throw UsageError(given + ": --resume goes on with the run's own options; leave it out.");
    loadCuda();
    return resume(command.resume, report, stopToken());
}

int runTrain(const TrainCommand& command) {
    TrainReport report(command.logEvery);
    const TrainingResult result = command.resume.empty() ? startRun(command, report) : resumeRun(command, report);
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
    command->add_option("--resume", train->resume, "Go on with a run that was stopped")
        ->option_text("RUN")
        ->group(kRun);
    train->fields.addTo(command);
    command
        ->add_option("--log-every", train->logEvery,
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
