// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_log.h"
#include "app/cli/label_options.h"
#include "app/cli/label_texts.h"
#include "app/cli/label_writer.h"
#include "app/cli/signals.h"
#include "engine/inference/zero_shot.h"

namespace diagonal::cli {

namespace {

struct LabelOptions : ModelOptions {
    TextOptions texts;
    std::vector<std::string> images;
    std::string out;
    size_t top = 5;
    Score score = Score::Softmax;
    Format format = Format::Table;
    CLI::Option* formatOption = nullptr;
    bool resume = false, showPrompts = false, byTemplate = false, calibrated = false;
};

/// What must be the same for lines to stand in one file.
Json settingsOf(const LabelOptions& options, Session& session, const LabelTexts& texts) {
    static const char* const kScores[] = {"softmax", "sigmoid", "cosine"};
    Json settings = {{"model_identity", session.identity()},
                     {"labels", texts.lines},
                     {"templates", texts.templates},
                     {"threshold", options.texts.threshold ? Json(*options.texts.threshold) : Json()},
                     {"by_template", options.byTemplate},
                     {"top", options.top},
                     {"score", kScores[static_cast<int>(options.score)]}};
    if (options.calibrated) settings["temperature"] = session.info().fittedTemperature;
    return settings;
}

/// Of the model, or the one that an evaluation has fitted.
double temperatureFor(const LabelOptions& options, const ModelInfo& model) {
    if (!options.calibrated) return model.temperature;
    if (model.fittedTemperature == 0)
        throw Error(model.name, "no temperature is kept with it",
                    "Fit one on labelled pictures with “diagonal-cli eval --save-temperature”");
    console().note("Note: probabilities by the fitted temperature " + fixed(model.fittedTemperature, 4) +
                   ", not by the model's " + fixed(model.temperature, 4) + ".");
    return model.fittedTemperature;
}

/// The texts of all labels with each template alone; none where they are not asked for.
std::vector<Embeddings> embedByTemplate(Session& session, const LabelTexts& texts, const JobContext& job) {
    std::vector<Embeddings> all;
    for (const std::string& one : texts.templates)
        all.push_back(embedLabels(session, textsOf(texts.labels), {one}, job));
    return all;
}

/// The embeddings of those images of a batch that have one.
Embeddings rowsOfBatch(const std::vector<ImageEmbedding>& batch, int64_t dim) {
    Embeddings rows{dim, {}};
    rows.values.reserve(batch.size() * static_cast<size_t>(dim));
    for (const ImageEmbedding& image : batch)
        if (image.error.empty()) rows.values.insert(rows.values.end(), image.values.begin(), image.values.end());
    return rows;
}

/// labelCosines of a batch.
class BatchCosines {
  public:
    BatchCosines(const Embeddings& images, const Embeddings& texts, const std::vector<Label>& labels)
        : m_cosines(labelCosines(images, texts, labels)), m_labels(labels.size()) {}

    std::span<const double> row(size_t image) const { return std::span(m_cosines).subspan(image * m_labels, m_labels); }

  private:
    std::vector<double> m_cosines;
    size_t m_labels;
};

int showPrompts(const LabelOptions& options, LabelTexts& texts) {
    if (texts.labels.empty()) suggestTexts(openSession(options)->info(), options.texts, texts);
    Output output(options.out);
    writePrompts(texts, output);
    return kDone;
}

void checkOptions(const LabelOptions& options, Format format, const LabelTexts& texts) {
    if (options.images.empty()) throw UsageError("no images. Give files, folders, or - for a list on stdin.");
    if (options.resume && (format != Format::JsonLines || options.out.empty()))
        throw UsageError("--resume: needs --out FILE and the format jsonl.");
    if (!options.byTemplate) return;
    if (texts.templates.size() < 2) throw UsageError("--by-template: needs two templates or more.");
    if (format == Format::Csv)
        throw UsageError("--by-template: has no CSV form. Choose --format table, json or jsonl.");
}

int runLabel(const LabelOptions& options) {
    const Format format =
        options.formatOption->count() > 0 ? options.format : formatOfFile(options.out, options.format);
    LabelTexts texts = givenTexts(options.texts);
    if (options.showPrompts) return showPrompts(options, texts);
    checkOptions(options, format, texts);
    const auto session = openSession(options);
    const double temperature = temperatureFor(options, session->info());
    if (texts.labels.empty()) suggestTexts(session->info(), options.texts, texts);
    ImageFiles images = gatherImages(options.images);
    noteLongPrompts(*session, texts);
    ProgressLine textProgress("labels");
    const Embeddings prompts = embedLabels(*session, textsOf(texts.labels), texts.templates, textProgress.job());
    std::vector<Embeddings> byTemplate;
    if (options.byTemplate) byTemplate = embedByTemplate(*session, texts, textProgress.job());

    const bool isLog = format == Format::JsonLines && !options.out.empty();
    std::optional<LabelLog> log;
    if (isLog) {
        log.emplace(options.out, settingsOf(options, *session, texts), options.resume);
        log->takeOut(images);
    }
    const size_t top = options.top == 0 ? texts.labels.size() : options.top;
    const size_t listed = std::max(top, size_t{2});  // who is sure follows from two
    LabelWriter writer({options.out, isLog ? log->descriptor() : -1, format, options.model, temperature, texts.labels,
                        top, options.score},
                       images);
    ProgressLine progress("images");
    size_t failures = images.failures.size() + (log ? log->errors() : 0), unfamiliar = 0, known = 0;
    const auto scores = [&](std::span<const double> cosines, size_t most) {
        return scoreCosines(cosines, temperature, options.score, session->info().logitBias, most);
    };
    session->embedImages(
        images.files, true,
        [&](const std::vector<ImageEmbedding>& batch) {
            const Embeddings rows = rowsOfBatch(batch, prompts.dim);
            const BatchCosines cosines(rows, prompts, texts.labels);
            std::vector<BatchCosines> ofTemplates;
            for (const Embeddings& one : byTemplate)
                ofTemplates.emplace_back(rows, one, texts.labels);
            size_t row = 0;
            for (const auto& image : batch) {
                const auto& file = images.files[image.index];
                if (!image.familiar) ++unfamiliar;
                if (image.isKnown) ++known;
                reportNote(file, image.note);
                if (!image.error.empty()) {
                    ++failures;
                    reportUnreadable(file, image.error);
                    writer.addError(file, image.error);
                    continue;
                }
                std::vector<TemplateScore> best;
                for (size_t i = 0; i < ofTemplates.size(); ++i)
                    best.push_back({texts.templates[i], scores(ofTemplates[i].row(row), 1).front()});
                writer.add(file, scores(cosines.row(row++), listed), best);
            }
            writer.flush();
        },
        progress.job());
    reportCache(*session);
    writer.finish();
    if (log) log->finish();
    if (unfamiliar > 0)
        console().note(grouped(unfamiliar) + " of " + counted(images.files.size(), "image") +
                       (unfamiliar == 1 ? " looks" : " look") + " like nothing " + session->info().name +
                       " knows. For " + (unfamiliar == 1 ? "it" : "these") + " open another model with --model.");
    if (!options.out.empty())
        console().note("Labels of " + counted(images.files.size() + images.failures.size() - failures, "image") +
                       " in " + displayName(options.out) + "." + toldOfCache(known) +
                       (failures == 0 ? "" : " " + grouped(failures) + " could not be read."));
    return failures == 0 ? kDone : kSomeUnreadable;
}

}  // namespace

void addLabel(CLI::App& app, Program& program) {
    auto options = std::make_shared<LabelOptions>();
    CLI::App* command = app.add_subcommand(
        "label",
        "Label pictures with your own words (zero-shot).\n\nEach picture is compared with every label; the "
        "probabilities of one picture add up to 100 %.\n“cat | kitten” is one label with two texts, “cat @ 60%” one "
        "given from 60 % on,\n“! something else” one that pictures may fit but are not given.\nA result is sure when "
        "the best label leads the next by at least 30 percentage points.");
    addImages(command, options->images)->required(false);
    addTexts(command, options->texts);
    command->add_flag("--show-prompts", options->showPrompts,
                      "Print the sentences that stand for the labels, and label nothing");
    command->add_flag("--by-template", options->byTemplate,
                      "Also tell for each picture the best label with each template alone");
    command->add_option("--top", options->top, "Labels to print for each picture, 0 for all (default: 5)")
        ->option_text("K")
        ->check(CLI::Range(0, 1000000));
    addChoice<Score>(command, "--score", options->score,
                     {{"softmax", Score::Softmax}, {"cosine", Score::Cosine}, {"sigmoid", Score::Sigmoid}},
                     "softmax: labels compete; sigmoid: each on its own; cosine: plain similarity (default: softmax)");
    command->add_flag("--calibrated", options->calibrated,
                      "Probabilities, and who is sure, by the temperature that “eval --save-temperature” has fitted");
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
        "  diagonal-cli label pictures/ --label \"cat | kitten @ 60%\" --label dog --label \"! something else\"\n"
        "  diagonal-cli label --show-prompts --label \"a cat\" --templates imagenet-7\n"
        "  diagonal-cli label archive/ --labels labels.txt --out labels.jsonl --resume\n"
        "  find . -name '*.png' | diagonal-cli label - --label \"red circle\" --label \"blue square\" --format jsonl");
    runs(command, program, options, runLabel);
}

}  // namespace diagonal::cli
