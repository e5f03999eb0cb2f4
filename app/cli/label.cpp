// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_log.h"
#include "app/cli/label_options.h"
#include "app/cli/label_writer.h"
#include "app/cli/signals.h"
#include "engine/inference/zero_shot.h"
#include "engine/text/text_sets.h"

namespace diagonal::cli {

namespace {

struct LabelOptions : ModelOptions {
    std::vector<std::string> labels, templates, images;
    std::string labelFile, templateSet, out;
    size_t top = 5;
    Score score = Score::Softmax;
    Format format = Format::Table;
    CLI::Option* formatOption = nullptr;
    bool resume = false;
};

/// Lines of a file, of standard input ("-") or of a set that comes with Diagonal.
std::vector<std::string> readSet(TextSets kind, const std::string& option, const std::string& given) {
    const std::string things = kind == TextSets::Templates ? "prompt templates" : "labels";
    const bool isPath = given.find_first_of("/.") != std::string::npos;
    if (given == "-" || isPath || std::filesystem::exists(given)) return readLines(given, things);
    const auto file = textSetFile(kind, given);
    if (!file) throw UsageError("no such file, and " + notOneOf(option, given, textSetNames(kind)));
    return readLines(file->string(), things);
}

struct Texts {
    std::vector<std::string> labels, templates;
};

/// What the command line gives; labels may be none.
Texts givenTexts(const LabelOptions& options) {
    Texts texts{options.labels, options.templates};
    if (!options.labelFile.empty())
        for (auto& line : readSet(TextSets::Labels, "--labels", options.labelFile))
            texts.labels.push_back(std::move(line));
    if (!options.templateSet.empty())
        for (auto& line : readSet(TextSets::Templates, "--templates", options.templateSet))
            texts.templates.push_back(std::move(line));
    checkTemplates(texts.templates);
    texts.labels = cleanLabels(texts.labels);
    return texts;
}

void suggestTexts(const ModelInfo& model, Texts& texts) {
    if (model.suggestedLabels.empty())
        throw UsageError("no labels. Give each with --label TEXT, or a file of them with --labels FILE.");
    texts.labels = model.suggestedLabels;
    if (texts.templates.empty() && !model.suggestedTemplate.empty()) texts.templates = {model.suggestedTemplate};
    console().note("Note: no --label given; using the " + std::to_string(texts.labels.size()) +
                   " labels that the model suggests.");
}

void noteLongPrompts(Session& session, const std::vector<std::string>& labels,
                     const std::vector<std::string>& templates) {
    const auto longer = [](const std::string& a, const std::string& b) { return a.size() < b.size(); };
    std::string prompt = *std::max_element(labels.begin(), labels.end(), longer);
    if (!templates.empty())
        prompt = fillTemplate(*std::max_element(templates.begin(), templates.end(), longer), prompt);
    // Too short to be cut, whatever the tokenizer: no need to ask it.
    if (prompt.size() + 2 <= static_cast<size_t>(session.info().contextLength)) return;
    std::vector<size_t> truncated;
    session.embedTexts(std::vector<std::string>{prompt}, true, &truncated);
    if (!truncated.empty())
        console().note("Note: longer than the model's " + std::to_string(session.info().contextLength) +
                       " tokens, so cut at the end: “" + shorten(prompt, 60) + "”.");
}

/// What must be the same for lines to stand in one file.
Json settingsOf(const LabelOptions& options, Session& session, const Texts& texts) {
    static const char* const kScores[] = {"softmax", "sigmoid", "cosine"};
    return {{"model_identity", session.identity()},
            {"labels", texts.labels},
            {"templates", texts.templates},
            {"top", options.top},
            {"score", kScores[static_cast<int>(options.score)]}};
}

int runLabel(const LabelOptions& options) {
    const Format format =
        options.formatOption->count() > 0 ? options.format : formatOfFile(options.out, options.format);
    const bool isLog = format == Format::JsonLines && !options.out.empty();
    if (options.resume && !isLog) throw UsageError("--resume: needs --out FILE and the format jsonl.");
    Texts texts = givenTexts(options);
    const auto session = openSession(options);
    if (texts.labels.empty()) suggestTexts(session->info(), texts);
    const auto& [labels, templates] = texts;
    ImageFiles images = gatherImages(options.images);
    noteLongPrompts(*session, labels, templates);
    const Embeddings prompts = embedLabels(*session, labels, templates, {stopToken(), {}});

    std::optional<LabelLog> log;
    if (isLog) {
        log.emplace(options.out, settingsOf(options, *session, texts), options.resume);
        log->takeOut(images);
    }
    LabelWriter writer({options.out, isLog ? log->descriptor() : -1, format, options.model, session->info().temperature,
                        labels, options.top == 0 ? labels.size() : options.top, options.score},
                       images);
    ProgressLine progress("images");
    size_t failures = images.failures.size() + (log ? log->errors() : 0), unfamiliar = 0;
    session->embedImages(
        images.files, true,
        [&](const std::vector<ImageEmbedding>& batch) {
            for (const auto& image : batch) {
                const auto& file = images.files[image.index];
                if (!image.familiar) ++unfamiliar;
                if (image.error.empty()) {
                    writer.add(file, scoreLabels(image.values, prompts, session->info().temperature, options.score,
                                                 session->info().logitBias));
                    continue;
                }
                ++failures;
                reportUnreadable(file, image.error);
                writer.addError(file, image.error);
            }
            writer.flush();
        },
        progress.job());
    reportCache(*session);
    writer.finish();
    if (log) log->finish();
    if (unfamiliar > 0)
        console().note(grouped(static_cast<int64_t>(unfamiliar)) + " of " +
                       grouped(static_cast<int64_t>(images.files.size())) + " images look like nothing " +
                       session->info().name + " knows. For these open another model with --model.");
    if (!options.out.empty())
        console().note("Labels of " + grouped(static_cast<int64_t>(images.files.size())) + " images in " +
                       displayName(options.out) + ".");
    return failures == 0 ? kDone : kSomeUnreadable;
}

}  // namespace

void addLabel(CLI::App& app, Program& program) {
    auto options = std::make_shared<LabelOptions>();
    CLI::App* command = app.add_subcommand(
        "label",
        "Label pictures with your own words (zero-shot).\n\nEach picture is compared with every label; the "
        "probabilities of one picture add up to 100 %.\nA result is sure when the best label leads the next "
        "by at least 30 percentage points.");
    addImages(command, options->images);
    addLabels(command, options->labels);
    command
        ->add_option(
            "--labels", options->labelFile,
            "A text file with one label a line, - for stdin, or the name of a set (imagenet, cifar10, cifar100)")
        ->option_text("NAME|FILE");
    addTemplates(command, options->templates);
    command
        ->add_option("--templates", options->templateSet,
                     "A file with one template a line, or the name of a set (photos, openai-80, imagenet-7, pets, …; "
                     "an unknown name lists all)")
        ->option_text("NAME|FILE");
    command->add_option("--top", options->top, "Labels to print for each picture, 0 for all (default: 5)")
        ->option_text("K")
        ->check(CLI::Range(0, 1000000));
    addChoice<Score>(command, "--score", options->score,
                     {{"softmax", Score::Softmax}, {"cosine", Score::Cosine}, {"sigmoid", Score::Sigmoid}},
                     "softmax: labels compete; sigmoid: each on its own; cosine: plain similarity (default: softmax)");
    command->add_option("-o,--out", options->out, "Write to a file instead; .csv, .json, .jsonl set the format")
        ->option_text("FILE");
    command->add_flag("--resume", options->resume,
                      "Go on with the jsonl file of --out where a run that was stopped or killed left it");
    addModel(command, *options);
    addCacheOption(command, *options);
    options->formatOption =
        addFormat(command, options->format, {Format::Table, Format::Csv, Format::Json, Format::JsonLines});
    command->footer(
        "  diagonal-cli label photo.jpg --label \"a dog\" --label \"a cat\" --model my-clip\n"
        "  diagonal-cli label pictures/ --labels labels.txt --template \"a photo of a {}.\" --out labels.csv\n"
        "  diagonal-cli label archive/ --labels labels.txt --out labels.jsonl --resume\n"
        "  find . -name '*.png' | diagonal-cli label - --label \"red circle\" --label \"blue square\" --format jsonl");
    runs(command, program, options, runLabel);
}

}  // namespace diagonal::cli
