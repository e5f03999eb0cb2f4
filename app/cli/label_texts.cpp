// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_texts.h"

#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "engine/inference/zero_shot.h"

namespace diagonal::cli {

namespace {

std::vector<Label> parsedLabels(const std::vector<std::string>& lines, const std::optional<double>& threshold) {
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
    addTemplateSet(command, options.templateSet);
    command
        ->add_option("--threshold", options.threshold,
                     "Give no label below this score, 0 to 1; a label of its own “@ 60%” goes before it")
        ->option_text("X")
        ->check(CLI::Range(-1.0, 1.0));
}

LabelTexts givenTexts(const TextOptions& options) {
    LabelTexts texts{options.labels, {}, {}};
    if (!options.labelFile.empty())
        for (auto& line : readSet(TextSets::Labels, "--labels", options.labelFile))
            texts.lines.push_back(std::move(line));
    texts.templates = givenTemplates(options.templates, options.templateSet);
    texts.lines = cleanLabels(texts.lines);
    texts.labels = parsedLabels(texts.lines, options.threshold);
    return texts;
}

void suggestTexts(const ModelInfo& model, const TextOptions& options, LabelTexts& texts) {
    if (model.suggestedLabels.empty())
        throw UsageError("no labels. Give each with --label TEXT, or a file of them with --labels FILE.");
    texts.lines = model.suggestedLabels;
    texts.labels = parsedLabels(texts.lines, options.threshold);
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
