// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_texts.h"

#include <algorithm>
#include <filesystem>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "engine/inference/zero_shot.h"
#include "engine/text/text_sets.h"

namespace diagonal::cli {

namespace {

/// Lines of a file, of standard input ("-") or of a set that comes with Diagonal.
std::vector<std::string> readSet(TextSets kind, const std::string& option, const std::string& given) {
    const std::string things = kind == TextSets::Templates ? "prompt templates" : "labels";
    const bool isPath = given.find_first_of("/.") != std::string::npos;
    if (given == "-" || isPath || std::filesystem::exists(given)) return readLines(given, things);
    const auto file = textSetFile(kind, given);
    if (!file) throw UsageError("no such file, and " + notOneOf(option, given, textSetNames(kind)));
    return readLines(file->string(), things);
}

std::vector<Label> parsed(const std::vector<std::string>& lines, const std::optional<double>& threshold) {
    std::vector<Label> labels = parseLabels(lines);
    for (Label& label : labels)
        if (!label.threshold) label.threshold = threshold;
    return labels;
}

}  // namespace

void addTexts(CLI::App* command, TextOptions& options) {
    addLabels(command, options.labels);
    command
        ->add_option(
            "--labels", options.labelFile,
            "A text file with one label a line, - for stdin, or the name of a set (imagenet, cifar10, cifar100)")
        ->option_text("NAME|FILE");
    addTemplates(command, options.templates);
    command
        ->add_option("--templates", options.templateSet,
                     "A file with one template a line, or the name of a set (photos, openai-80, imagenet-7, pets, …; "
                     "an unknown name lists all)")
        ->option_text("NAME|FILE");
    command
        ->add_option("--threshold", options.threshold,
                     "Give no label below this score, 0 to 1; a label of its own “@ 60%” goes before it")
        ->option_text("X")
        ->check(CLI::Range(-1.0, 1.0));
}

LabelTexts givenTexts(const TextOptions& options) {
    LabelTexts texts{options.labels, {}, options.templates};
    if (!options.labelFile.empty())
        for (auto& line : readSet(TextSets::Labels, "--labels", options.labelFile))
            texts.lines.push_back(std::move(line));
    if (!options.templateSet.empty())
        for (auto& line : readSet(TextSets::Templates, "--templates", options.templateSet))
            texts.templates.push_back(std::move(line));
    checkTemplates(texts.templates);
    texts.lines = cleanLabels(texts.lines);
    texts.labels = parsed(texts.lines, options.threshold);
    return texts;
}

void suggestTexts(const ModelInfo& model, const TextOptions& options, LabelTexts& texts) {
    if (model.suggestedLabels.empty())
        throw UsageError("no labels. Give each with --label TEXT, or a file of them with --labels FILE.");
    texts.lines = model.suggestedLabels;
    texts.labels = parsed(texts.lines, options.threshold);
    if (texts.templates.empty() && !model.suggestedTemplate.empty()) texts.templates = {model.suggestedTemplate};
    console().note("Note: no --label given; using the " + std::to_string(texts.labels.size()) +
                   " labels that the model suggests.");
}

void noteLongPrompts(Session& session, const LabelTexts& texts) {
    const std::vector<std::string> all = textsOf(texts.labels);
    std::string prompt = *std::ranges::max_element(all, {}, &std::string::size);
    if (!texts.templates.empty())
        prompt = fillTemplate(*std::ranges::max_element(texts.templates, {}, &std::string::size), prompt);
    if (session.isTruncated(prompt))
        console().note("Note: longer than the model's " + std::to_string(session.info().contextLength) +
                       " tokens, so cut at the end: “" + shorten(prompt, 60) + "”.");
}

void writePrompts(const LabelTexts& texts, Output& output) {
    for (const std::string& text : textsOf(texts.labels)) {
        if (texts.templates.empty()) output.write(text + "\n");
        for (const std::string& one : texts.templates)
            output.write(fillTemplate(one, text) + "\n");
    }
    output.finish();
}

}  // namespace diagonal::cli
