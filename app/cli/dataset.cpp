// SPDX-License-Identifier: Apache-2.0
#include "training/data/dataset.h"

#include <algorithm>

#include "app/cli/console.h"
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

struct InfoOptions {
    std::string spec;
    DatasetOptions data;
    bool check = false;
    Format format = Format::Table;
};

std::string count(size_t number) {
    return grouped(static_cast<int64_t>(number));
}

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
    console().note(count(options.count) + (options.count == 1 ? " scene of " : " scenes of ") +
                   std::to_string(options.size) + " pixels in " + displayName(out) +
                   ": images/, captions.csv, labels.txt.\nTry:  diagonal-cli label " + displayName(out / "images") +
                   " --labels " + displayName(out / "labels.txt"));
    return kDone;
}

Json toJson(const DatasetSummary& summary, const InfoOptions& options) {
    Json json = {{"data", options.spec},
                 {"kind", summary.kind},
                 {"images", summary.images},
                 {"captions", summary.captions},
                 {"words", summary.words},
                 {"train", summary.train},
                 {"validation", summary.validation},
                 {"test", summary.test},
                 {"unassigned", summary.unassigned},
                 {"missing", summary.missing},
                 {"duplicate_captions", summary.duplicateCaptions},
                 {"duplicate_images", summary.duplicateImages},
                 {"caption_lengths", summary.captionLengths},
                 {"warnings", summary.warnings}};
    if (options.check) json["unreadable"] = summary.unreadable;
    return json;
}

/// A bar for each number of words, the long tail in one.
std::string lengthBars(const std::vector<size_t>& histogram) {
    constexpr size_t kRows = 20;
    std::vector<size_t> bars(histogram.begin(), histogram.begin() + std::min(histogram.size(), kRows + 1));
    for (size_t i = kRows + 1; i < histogram.size(); ++i)
        bars[kRows] += histogram[i];
    const size_t most = bars.empty() ? 0 : *std::max_element(bars.begin(), bars.end());
    if (most == 0) return {};
    std::string text = "\nWords in a caption\n";
    for (size_t i = 0; i < bars.size(); ++i) {
        if (bars[i] == 0) continue;
        std::string bar;
        for (size_t n = 0; n < std::max<size_t>(1, bars[i] * 40 / most); ++n)
            bar += "▇";
        const bool tail = i == kRows && histogram.size() > kRows + 1;
        text += padded(std::to_string(i) + (tail ? "+" : ""), 5, true) + "  " + bar + " " + count(bars[i]) + "\n";
    }
    return text;
}

std::string toText(const DatasetSummary& summary, const InfoOptions& options) {
    std::vector<std::pair<std::string, std::string>> facts = {{"Data", options.spec}, {"Kind", summary.kind}};
    facts.emplace_back("Images", count(summary.images));
    facts.emplace_back("Captions", count(summary.captions) + ", " + count(summary.words) + " different words");
    if (summary.train + summary.validation + summary.test > 0) {
        std::string splits = count(summary.train) + " train, " + count(summary.validation) + " validation, " +
                             count(summary.test) + " test";
        if (summary.unassigned > 0) splits += ", " + count(summary.unassigned) + " in none";
        facts.emplace_back("Splits", splits);
    }
    if (summary.missing > 0) facts.emplace_back("Missing files", count(summary.missing));
    if (summary.duplicateCaptions > 0)
        facts.emplace_back("Shared captions", count(summary.duplicateCaptions) + " stand at more than one image");
    if (summary.duplicateImages > 0) facts.emplace_back("Equal files", count(summary.duplicateImages));
    if (options.check)
        facts.emplace_back("Unreadable", summary.unreadable.empty() ? "none" : count(summary.unreadable.size()));
    return renderFacts(facts) + lengthBars(summary.captionLengths);
}

int runInfo(const InfoOptions& options) {
    ProgressLine progress("images");
    const DatasetSummary summary = summarize(options.spec, options.data, options.check, progress.job());
    console().clearLive();
    for (const auto& warning : summary.warnings)
        console().note("Note: " + warning);
    for (const auto& one : summary.unreadable)
        console().problem(one);
    Output output;
    output.write(options.format == Format::Json ? dump(toJson(summary, options), 2) + "\n" : toText(summary, options));
    output.finish();
    return summary.unreadable.empty() && summary.missing == 0 ? kDone : kSomeUnreadable;
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

void addInfo(CLI::App* dataset, Program& program) {
    auto options = std::make_shared<InfoOptions>();
    CLI::App* command = dataset->add_subcommand(
        "info",
        "Count what a data set holds, and say what looks wrong.\n\nSPEC is a path whose kind is detected, or "
        "kind:PATH: scenes:count=20000,seed=1, csv:FILE, flickr8k:FOLDER.");
    command->add_option("spec", options->spec, "The data, as for train --train-data")->required();
    addChoice<Split>(
        command, "--split", options->data.split,
        {{"all", Split::All}, {"train", Split::Train}, {"validation", Split::Validation}, {"test", Split::Test}},
        "all, train, validation or test (default: all)");
    command->add_flag("--check", options->check, "Also read every picture: does it open, is it there twice");
    command->add_option("--image-key", options->data.imageKey, "CSV column of image paths (default: guessed)")
        ->option_text("NAME");
    command->add_option("--caption-key", options->data.captionKey, "CSV column of captions (default: guessed)")
        ->option_text("NAME");
    addFormat(command, options->format, {Format::Table, Format::Json});
    addQuiet(command);
    command->footer(
        "  diagonal-cli dataset info captions.csv --check\n"
        "  diagonal-cli dataset info flickr8k:photos/flickr8k --split test --format json");
    runs(command, program, options, runInfo);
}

}  // namespace

void addDataset(CLI::App& app, Program& program) {
    CLI::App* command = app.add_subcommand("dataset", "Generate a data set, or look at one.");
    command->require_subcommand(0, 1);
    addMake(command, program);
    addInfo(command, program);
    command->footer(
        "  diagonal-cli dataset make scenes pictures --count 100 --split test\n"
        "  diagonal-cli dataset info pictures/captions.csv");
}

}  // namespace diagonal::cli
