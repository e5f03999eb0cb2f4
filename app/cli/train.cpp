// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/signals.h"
#include "app/cli/train_report.h"
#include "engine/base/device.h"
#include "engine/checkpoint/presets.h"
#include "engine/hub/hub.h"
#include "training/trainer/trainer.h"

namespace diagonal::cli {

namespace {

constexpr const char *kData = "Data", *kSchedule = "How long and how fast", *kRun = "Checkpoints and validation";

struct TrainCommand {
    TrainOptions given;  ///< what the parser fills
    std::vector<std::pair<CLI::Option*, std::function<void(TrainOptions&)>>> setters;
    std::string output, config, resume;
    int64_t logEvery = 50;
    Format format = Format::Table;
};

std::string shown(const std::string& value) {
    return value;
}
template <typename T>
std::string shown(T value) {
    return Json(value).dump();
}

/// An option that is a field of TrainOptions; it overrides --config only where it was given.
template <typename T>
CLI::Option* addField(CLI::App* command, TrainCommand& train, const std::string& name, T TrainOptions::*field,
                      const std::string& text, std::string help) {
    const T initial = TrainOptions{}.*field;
    if constexpr (!std::is_same_v<T, std::string>) {
        help += " (default: " + shown(initial) + ")";
    } else {
        if (!initial.empty()) help += " (default: " + shown(initial) + ")";
    }
    CLI::Option* option = command->add_option(name, train.given.*field, help)->option_text(text);
    train.setters.emplace_back(option, [&train, field](TrainOptions& target) { target.*field = train.given.*field; });
    return option;
}

TrainOptions chosenOptions(const TrainCommand& command) {
    TrainOptions options;
    if (!command.config.empty()) {
        nlohmann::json json;
        try {
            json = nlohmann::json::parse(readText(command.config));
        } catch (const nlohmann::json::exception& error) {
            throw Error(displayName(command.config), std::string("is not JSON: ") + error.what(),
                        "Give the config.json of a run.");
        }
        options = trainOptionsFromJson(json, displayName(command.config));
    }
    for (const auto& [option, set] : command.setters)
        if (option->count() > 0) set(options);
    if (!command.output.empty()) options.output = command.output;
    if (options.trainData.empty())
        throw UsageError("--train-data: is needed, and is missing. For a first try: --train-data scenes:");
    if (options.output.empty()) throw UsageError("--out: is needed, and is missing. It names the new run folder.");
    if (options.epochs > 0 && options.steps > 0)
        throw UsageError("--epochs and --steps both say how long to train: give one of them.");
    return options;
}

int runTrain(const TrainCommand& command) {
    if (!command.resume.empty()) {
        for (const auto& [option, set] : command.setters)
            if (option->count() > 0)
                throw UsageError(option->get_name() + ": --resume goes on with the run's own options; leave it out.");
        if (!command.output.empty() || !command.config.empty())
            throw UsageError("--resume goes on with the run's own options; leave --out and --config out.");
    }
    loadCuda();
    TrainReport report(command.logEvery);
    TrainingResult result;
    if (command.resume.empty()) {
        TrainOptions options = chosenOptions(command);
        // With its progress line, before the run begins; a short name such as ViT-B/32 is an architecture here.
        if (!isArchitecture(options.model) && isHubName(options.model))
            options.model = locateModel(options.model).string();
        setThreads(options.threads);
        result = train(options, report, stopToken());
    } else {
        result = resume(command.resume, report, stopToken());
    }
    report.summarize(result, command.format);
    return result.finished ? kDone : kInterrupted;
}

void addDataFields(CLI::App* app, TrainCommand& train) {
    addField(app, train, "--train-data", &TrainOptions::trainData, "SPEC",
             "What to learn from: scenes: (generated; scenes:count=20000,seed=1), a CSV file, a Flickr8k folder")
        ->group(kData);
    addField(app, train, "--val-data", &TrainOptions::validationData, "SPEC",
             "What to validate on (default: the data's own validation split, else 5 % held back)")
        ->group(kData);
    addField(app, train, "--image-key", &TrainOptions::imageKey, "NAME", "CSV column of image paths (default: guessed)")
        ->group(kData);
    addField(app, train, "--caption-key", &TrainOptions::captionKey, "NAME",
             "CSV column of captions (default: guessed)")
        ->group(kData);
    CLI::Option* augment =
        app->add_flag("--augment,!--no-augment", train.given.augment,
                      "Random crops and flips of photographs; scenes vary by themselves (default: yes)")
            ->group(kData);
    train.setters.emplace_back(augment, [&train](TrainOptions& target) { target.augment = train.given.augment; });
    addField(app, train, "--workers", &TrainOptions::workers, "N", "Threads that decode pictures")
        ->check(CLI::Range(1, 256))
        ->group(kData);
    addField(app, train, "--vocabulary-size", &TrainOptions::vocabularySize, "N",
             "Pieces of the tokenizer that is trained on the captions, at most")
        ->check(CLI::Range(8, 1000000))
        ->group(kData);
}

void addScheduleFields(CLI::App* app, TrainCommand& train) {
    addField(app, train, "--epochs", &TrainOptions::epochs, "N", "Passes over the data; 0: --steps decides")
        ->check(CLI::Range(int64_t{0}, int64_t{1000000}))
        ->group(kSchedule);
    addField(app, train, "--steps", &TrainOptions::steps, "N", "Optimizer steps; 0: --epochs decides")
        ->check(CLI::Range(int64_t{0}, int64_t{1} << 40))
        ->group(kSchedule);
    addField(app, train, "--batch-size", &TrainOptions::batchSize, "N", "Image-caption pairs in a step")
        ->check(CLI::Range(2, 1 << 20))
        ->group(kSchedule);
    addField(app, train, "--lr", &TrainOptions::learningRate, "X", "Highest learning rate; 1e-6 to 1e-5 to fine-tune")
        ->check(CLI::Range(0.0, 100.0))
        ->group(kSchedule);
    addField(app, train, "--warmup", &TrainOptions::warmup, "STEPS",
             "Steps until the highest learning rate; then it falls along a cosine")
        ->check(CLI::Range(int64_t{0}, int64_t{1} << 40))
        ->group(kSchedule);
    addField(app, train, "--wd", &TrainOptions::weightDecay, "X", "Weight decay of AdamW")
        ->check(CLI::Range(0.0, 100.0))
        ->group(kSchedule);
    addField(app, train, "--beta1", &TrainOptions::beta1, "X", "AdamW's first beta")
        ->check(CLI::Range(0.0, 1.0))
        ->group(kSchedule);
    addField(app, train, "--beta2", &TrainOptions::beta2, "X", "AdamW's second beta")
        ->check(CLI::Range(0.0, 1.0))
        ->group(kSchedule);
    addField(app, train, "--eps", &TrainOptions::epsilon, "X", "AdamW's epsilon")
        ->check(CLI::Range(0.0, 1.0))
        ->group(kSchedule);
    addField(app, train, "--grad-clip-norm", &TrainOptions::gradientClip, "X", "Largest norm of the gradient; 0: any")
        ->check(CLI::Range(0.0, 1e9))
        ->group(kSchedule);
    addField(app, train, "--seed", &TrainOptions::seed, "N", "Of everything random; equal seeds, equal runs")
        ->group(kSchedule);
}

void addRunFields(CLI::App* app, TrainCommand& train) {
    const CLI::Range counts(int64_t{1}, int64_t{1} << 40);
    addField(app, train, "--save-every", &TrainOptions::saveEvery, "STEPS", "Steps between checkpoints")
        ->check(counts)
        ->group(kRun);
    addField(app, train, "--val-every", &TrainOptions::validateEvery, "STEPS", "Steps between validations")
        ->check(counts)
        ->group(kRun);
    addField(app, train, "--keep-checkpoints", &TrainOptions::keepCheckpoints, "N", "Newest checkpoints to keep")
        ->check(CLI::Range(1, 1000000))
        ->group(kRun);
    app->add_option("--log-every", train.logEvery,
                    "Steps between printed lines where there is no terminal (default: 50)")
        ->option_text("STEPS")
        ->check(counts)
        ->group(kRun);
}

/// --device, --precision, --threads: as in every command, kept where --config can be overridden.
void addComputeFields(CLI::App* app, TrainCommand& train) {
    addDevice(app, train.given.device);
    addPrecision(app, train.given.precision);
    addThreads(app, train.given.threads);
    const auto keep = [&](const char* name, auto TrainOptions::*field) {
        train.setters.emplace_back(app->get_option(name),
                                   [&train, field](TrainOptions& target) { target.*field = train.given.*field; });
    };
    keep("--device", &TrainOptions::device);
    keep("--precision", &TrainOptions::precision);
    keep("--threads", &TrainOptions::threads);
    addQuiet(app);
}

}  // namespace

void addTrain(CLI::App& app, Program& program) {
    auto train = std::make_shared<TrainCommand>();
    CLI::App* command = app.add_subcommand(
        "train",
        "Train a CLIP model on pairs of pictures and captions, or fine-tune one.\n\nThe run folder holds "
        "config.json, metrics.jsonl, checkpoints and, at the end, model/.\nCtrl-C saves a checkpoint and "
        "stops; --resume goes on at the exact step.");
    addField(command, *train, "-m,--model", &TrainOptions::model, "ARCH|PATH",
             "demo, tiny, small, ViT-B-32 or another architecture, a model_cfg JSON file; or a model to fine-tune: a "
             "folder, a file with weights, or hf:owner/name");
    command->add_option("-o,--out", train->output, "The run folder to make")->option_text("RUN");
    command->add_option("--config", train->config, "Take the options of a config.json; options given here go first")
        ->option_text("FILE");
    command->add_option("--resume", train->resume, "Go on with a run that was stopped")->option_text("RUN");
    addDataFields(command, *train);
    addScheduleFields(command, *train);
    addRunFields(command, *train);
    addFormat(command, train->format, {Format::Table, Format::Json});
    addComputeFields(command, *train);
    command->footer(
        "  diagonal-cli train --train-data scenes: --model tiny --steps 300 --out my-run\n"
        "  diagonal-cli train --train-data captions.csv --model small --epochs 10 --out photos-run\n"
        "  diagonal-cli train --resume photos-run");
    runs(command, program, train, runTrain);
}

}  // namespace diagonal::cli
