// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "app/cli/console.h"
#include "app/cli/dataset_commands.h"
#include "app/cli/options.h"
#include "engine/inference/image_names.h"

namespace diagonal::cli {

namespace {

constexpr int kPercentiles[] = {5, 50, 95, 100};

struct DatasetInfoOptions {
    std::string spec;
    DatasetOptions data;
    bool check = false;
    Format format = Format::Table;
};

/// The split's name, nothing where the data does not say.
std::string partOf(Split split) {
    return split == Split::All ? std::string() : nameOf(split);
}

/// The smallest number of words that so many per cent of the captions do not go beyond.
size_t percentile(const std::vector<size_t>& histogram, int percent) {
    const size_t all = std::accumulate(histogram.begin(), histogram.end(), size_t{0});
    size_t words = 0, sum = 0;
    for (; words < histogram.size(); ++words) {
        sum += histogram[words];
        if (sum * 100 >= all * static_cast<size_t>(percent)) break;
    }
    return words;
}

Json toJson(const DatasetSummary& summary, const DatasetInfoOptions& options) {
    Json percentiles = Json::object(), samples = Json::array(), teachers = Json::array();
    for (const Teacher& teacher : summary.teachers)
        teachers.push_back({{"name", teacher.name},
                            {"identity", teacher.identity},
                            {"dim", teacher.dim},
                            {"logit_scale", teacher.logitScale}});
    for (const int percent : kPercentiles)
        percentiles[std::to_string(percent)] = percentile(summary.captionLengths, percent);
    for (const auto& [split, name, caption] : summary.samples) {
        const std::string part = partOf(split);
        samples.push_back({{"split", part.empty() ? Json() : Json(part)}, {"image", name}, {"caption", caption}});
    }
    Json json = {{"data", options.spec},
                 {"kind", summary.kind},
                 {"images", summary.images},
                 {"captions", summary.captions},
                 {"words", summary.words},
                 {"train", summary.train},
                 {"validation", summary.validation},
                 {"test", summary.test},
                 {"unassigned", summary.unassigned},
                 {"labels", summary.labels},
                 {"tokenizer", summary.tokenizer.empty() ? Json() : Json(summary.tokenizer)},
                 {"teachers", teachers},
                 {"missing", summary.missing},
                 {"duplicate_captions", summary.duplicateCaptions},
                 {"duplicate_images", summary.duplicateImages},
                 {"caption_lengths", summary.captionLengths},
                 {"caption_length_percentiles", percentiles},
                 {"samples", samples},
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
        text += padded(std::to_string(i) + (tail ? "+" : ""), 5, true) + "  " + bar + " " + grouped(bars[i]) + "\n";
    }
    return text;
}

std::string sampleRows(const std::vector<SampleRow>& samples) {
    constexpr size_t kName = 40, kCaption = 70;
    std::vector<std::vector<std::string>> rows = {{"Split", "Image", "Caption"}};
    for (const auto& [split, name, caption] : samples)
        rows.push_back({partOf(split), shorten(displayName(name), kName), shorten(printable(caption), kCaption)});
    return "\n" + renderTable(rows, {});
}

std::string labelList(const std::vector<std::string>& labels) {
    constexpr size_t kShown = 8;
    std::string text = grouped(labels.size()) + ":";
    for (size_t i = 0; i < std::min(kShown, labels.size()); ++i)
        text += (i == 0 ? " " : ", ") + labels[i];
    return labels.size() > kShown ? text + ", …" : text;
}

std::string toText(const DatasetSummary& summary, const DatasetInfoOptions& options) {
    std::vector<std::pair<std::string, std::string>> facts = {{"Data", options.spec}, {"Kind", summary.kind}};
    facts.emplace_back("Images", grouped(summary.images));
    facts.emplace_back("Captions", grouped(summary.captions) + ", " + grouped(summary.words) + " different words");
    const auto words = [&](int percent) { return std::to_string(percentile(summary.captionLengths, percent)); };
    facts.emplace_back("Caption length", "half have up to " + words(50) + " words; 5 % up to " + words(5) +
                                             ", 95 % up to " + words(95) + ", the longest " + words(100));
    if (summary.train + summary.validation + summary.test > 0) {
        std::string splits = grouped(summary.train) + " train, " + grouped(summary.validation) + " validation, " +
                             grouped(summary.test) + " test";
        if (summary.unassigned > 0) splits += ", " + grouped(summary.unassigned) + " in none";
        facts.emplace_back("Splits", splits);
    }
    if (!summary.labels.empty()) facts.emplace_back("Labels", printable(labelList(summary.labels)));
    if (!summary.tokenizer.empty()) facts.emplace_back("Token ids", summary.tokenizer);
    for (const Teacher& teacher : summary.teachers)
        facts.emplace_back("Teacher", printable(teacher.name) + ", embeddings of " + grouped(teacher.dim) +
                                          " numbers, temperature " + fixed(1 / teacher.logitScale, 4));
    if (summary.missing > 0) facts.emplace_back("Missing files", grouped(summary.missing));
    if (summary.duplicateCaptions > 0)
        facts.emplace_back("Shared captions", grouped(summary.duplicateCaptions) + " stand at more than one image");
    if (options.check) {
        facts.emplace_back("Equal files", summary.duplicateImages == 0 ? "none" : grouped(summary.duplicateImages));
        facts.emplace_back("Unreadable", summary.unreadable.empty() ? "none" : grouped(summary.unreadable.size()));
    }
    return renderFacts(facts) + sampleRows(summary.samples) + lengthBars(summary.captionLengths);
}

/// Every image with its captions, a JSON object a line.
int writeAll(const DatasetInfoOptions& options, const DatasetOptions& data) {
    const auto dataset = openDataset(options.spec, data);
    console().clearLive();
    for (const auto& warning : dataset->warnings())
        console().note("Note: " + warning);
    Output output;
    for (size_t i = 0; i < dataset->size(); ++i) {
        Json line = namedImage(dataset->name(i));
        line["captions"] = dataset->captions(i);
        if (const std::string part = partOf(dataset->split(i)); !part.empty()) line["split"] = part;
        if (const int label = dataset->label(i); label >= 0)
            line["label"] = dataset->labels()[static_cast<size_t>(label)];
        output.write(dump(line) + "\n");
    }
    output.finish();
    return dataset->missing() == 0 ? kDone : kSomeUnreadable;
}

int runDatasetInfo(const DatasetInfoOptions& options) {
    ProgressLine opening("shards indexed"), progress("images");
    DatasetOptions data = options.data;
    data.opening = opening.job();
    if (options.format == Format::JsonLines) {
        if (options.check) throw UsageError("--check: has no jsonl form. Choose --format table or json.");
        return writeAll(options, data);
    }
    const DatasetSummary summary = summarize(options.spec, data, options.check, progress.job());
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

}  // namespace

void addDataColumns(CLI::App* command, DatasetOptions& options) {
    addChoice<Split>(
        command, "--split", options.split,
        {{"all", Split::All}, {"train", Split::Train}, {"validation", Split::Validation}, {"test", Split::Test}},
        "all, train, validation or test (default: all)");
    command
        ->add_option(
            "--image-key", options.imageKey,
            "Column of image paths, by name or number from 1; of shards the field, such as image.jpg (default: "
            "guessed)")
        ->option_text("NAME");
    command
        ->add_option("--caption-key", options.captionKey,
                     "Column (by name or number from 1) or JSON key of captions; several: caption,alt_text (default: "
                     "guessed)")
        ->option_text("NAME");
}

void addDataOptions(CLI::App* command, DatasetOptions& options) {
    addDataColumns(command, options);
    command
        ->add_option("--templates", options.templates,
                     "What captions say of a class: a text with {}, or a set that comes with Diagonal (photos) "
                     "(default: a photo of a {}.)")
        ->option_text("TEXT|NAME");
}

void addDatasetInfo(CLI::App* dataset, Program& program) {
    auto options = std::make_shared<DatasetInfoOptions>();
    CLI::App* command = dataset->add_subcommand(
        "info",
        std::string("Count what a data set holds, show some of it, and say what looks wrong.\n--format jsonl prints "
                    "every image with its captions.\n\n") +
            kSpecHelp);
    command->add_option("spec", options->spec, "The data, as for train --train-data")->required();
    addDataOptions(command, options->data);
    command->add_flag("--check", options->check, "Also read every picture: does it open, is it there twice");
    addFormat(command, options->format, {Format::Table, Format::Json, Format::JsonLines});
    addQuiet(command);
    command->footer(
        "  diagonal-cli dataset info captions.csv --check\n"
        "  diagonal-cli dataset info flickr8k:photos/flickr8k --split test --format json\n"
        "  diagonal-cli dataset info 'shards/cc3m-{0000..0331}.tar'");
    runs(command, program, options, runDatasetInfo);
}

}  // namespace diagonal::cli
