// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/dataset_commands.h"
#include "app/cli/options.h"
#include "training/data/scenes_folder.h"

namespace diagonal::cli {

namespace {

struct MakeOptions {
    std::string kind, out;
    size_t count = 1000;
    uint64_t seed = 1;
    int size = 64;
    std::string split = "train";
};

/// The name of one split, or shares of several, as makeScenesFolder takes it.
std::string sharesOf(const std::string& split) {
    if (split == "held-out") return "test=1";
    return split.find('=') == std::string::npos ? split + "=1" : split;
}

std::string checkSplit(const std::string& split) {
    const std::vector<std::string> names = {"train", "validation", "test", "held-out"};
    if (split.find('=') != std::string::npos || std::find(names.begin(), names.end(), split) != names.end()) return {};
    return notOneOf({}, split, names);
}

int runMake(const MakeOptions& options) {
    ProgressLine progress("scenes");
    makeScenesFolder(options.out,
                     {.count = options.count,
                      .seed = options.seed,
                      .imageSize = options.size,
                      .splits = sharesOf(options.split),
                      .heldOutOnly = options.split == "held-out"},
                     progress.job());
    const std::filesystem::path out = options.out;
    console().note(grouped(options.count) + (options.count == 1 ? " scene of " : " scenes of ") +
                   std::to_string(options.size) + " pixels in " + displayName(out) +
                   ": images/, captions.csv, labels.txt.\nTry:  diagonal-cli label " + displayName(out / "images") +
                   " --labels " + displayName(out / "labels.txt"));
    return kDone;
}

void addMake(CLI::App* dataset, Program& program) {
    auto options = std::make_shared<MakeOptions>();
    CLI::App* command = dataset->add_subcommand(
        "make",
        "Generate pictures of coloured shapes with captions.\n\nOUT gets images/, captions.csv "
        "(image,caption,label) and labels.txt. Equal seeds give equal pictures.\nA fifth of the combinations "
        "of shape and colour is never in the train split.");
    command->add_option("kind", options->kind, "What to make: scenes")->required()->check([](const std::string& kind) {
        return kind == "scenes" ? std::string() : "“" + kind + "” is not one of scenes.";
    });
    command->add_option("out", options->out, "The folder to make")->required();
    command->add_option("--count", options->count, "How many (default: 1000)")
        ->option_text("N")
        ->check(CLI::Range(1, 10000000));
    command->add_option("--seed", options->seed, "Other seeds, other pictures (default: 1)")->option_text("S");
    command->add_option("--size", options->size, "Pixels of a side (default: 64)")
        ->option_text("PX")
        ->check(CLI::Range(16, 4096));
    command
        ->add_option("--split", options->split,
                     "train, validation, test, or held-out: only combinations that train never shows; or shares of "
                     "several: train=0.8,test=0.2 (default: train)")
        ->option_text("NAME|SHARES")
        ->check(checkSplit);
    addQuiet(command);
    command->footer(
        "  diagonal-cli dataset make scenes pictures --count 100 --split test\n"
        "  diagonal-cli dataset make scenes hard --count 200 --split held-out --size 224 --seed 7");
    runs(command, program, options, runMake);
}

}  // namespace

void addDataset(CLI::App& app, Program& program) {
    CLI::App* command = app.add_subcommand("dataset", "Generate a data set, look at one, or pack one.");
    command->require_subcommand(0, 1);
    addMake(command, program);
    addDatasetInfo(command, program);
    addDatasetPack(command, program);
    command->footer(
        "  diagonal-cli dataset make scenes pictures --count 100 --split test\n"
        "  diagonal-cli dataset info pictures/captions.csv\n"
        "  diagonal-cli dataset pack photos/coco coco-pack --size 256");
}

}  // namespace diagonal::cli
