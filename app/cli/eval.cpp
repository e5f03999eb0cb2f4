// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>
#include <optional>

#include "app/cli/console.h"
#include "app/cli/dataset_commands.h"
#include "app/cli/eval_options.h"
#include "app/cli/eval_writer.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "engine/checkpoint/model_notes.h"
#include "engine/evaluation/evaluate.h"
#include "training/data/labelled_dataset.h"

namespace diagonal::cli {

namespace {

std::shared_ptr<const Dataset> open(const std::string& spec, const DatasetOptions& options) {
    ProgressLine opening("shards indexed");
    DatasetOptions data = options;
    data.opening = opening.job();
    auto dataset = openDataset(spec, data);
    for (const auto& warning : dataset->warnings())
        console().note("Note: " + warning);
    return dataset;
}

/// The data's name without its kind and folders.
std::string shortName(const std::string& spec) {
    if (spec.starts_with("scenes:")) return "scenes";
    std::filesystem::path path = spec.substr(spec.find(':') == std::string::npos ? 0 : spec.find(':') + 1);
    if (!path.has_filename()) path = path.parent_path();
    const std::string name = displayName(path.filename());
    return name.empty() ? displayName(spec) : name;
}

EvaluationData dataOf(const EvalOptions& options, std::vector<PromptSet>& prompts) {
    const auto dataset = open(options.data, options.dataset);
    prompts = promptsOf(options, dataset->promptTemplate());
    EvaluationData data = evaluationData(dataset, options.name.empty() ? shortName(options.data) : options.name,
                                         options.captionsAreLabels);
    data = drawData(std::move(data), options.limit);
    if (!options.trainData.empty()) {
        DatasetOptions training = options.dataset;
        training.split = Split::All;
        addTraining(data, evaluationData(open(options.trainData, training), shortName(options.trainData),
                                         options.captionsAreLabels));
    }
    if (!options.classNames.empty())
        renameClasses(data, readLines(options.classNames, "class names"), displayName(options.classNames));
    return data;
}

/// One live line, whose words follow the stage.
class StageLine {
  public:
    explicit StageLine(std::string model) : m_model(std::move(model)) { m_line.emplace("pictures, " + m_model); }

    EvaluationJob job() {
        return {m_line->job().stop, [this](const std::string& stage) { m_line.emplace(stage + ", " + m_model); },
                [this](const Progress& progress) { m_line->show(progress); }};
    }

  private:
    std::string m_model;
    std::optional<ProgressLine> m_line;
};

std::string reasonOfFailure(const std::exception& exception) {
    if (const auto* error = dynamic_cast<const Error*>(&exception)) return error->what();
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) return "there is not enough memory for it";
    const std::string text = exception.what();
    return text.substr(0, text.find('\n'));  // LibTorch puts a stack trace below
}

/// False where a file cannot be written; that is told, and no reason to lose what was found.
bool keepTemperature(const ModelEvaluation& evaluation) {
    for (const TaskResult& result : evaluation.results) {
        if (result.task != EvaluationTask::ZeroShot || !result.calibration) continue;  // probes have others
        const Calibration& one = *result.calibration;
        const std::string temperature = displayName(evaluation.model) + ": temperature " +
                                        fixed(one.fittedTemperature, 4) + ", fitted with “" + result.prompts + "” on " +
                                        one.fittedOn;
        if (!one.isBetter()) {
            console().problem(temperature + " (ECE " + fixed(100 * one.ece, 1) + ", then " +
                              fixed(100 * one.fittedEce, 1) + " %) is not better than the model's own: not kept");
            return true;
        }
        try {
            ModelInfo before;
            readNotes(evaluation.path, before);
            const auto file = saveFittedTemperature(evaluation.path, one.fittedTemperature);
            console().note(temperature + ", is kept in " + displayName(file) +
                           (before.fittedTemperature > 0 ? " in place of " + fixed(before.fittedTemperature, 4) : "") +
                           "; “label --calibrated” uses it.");
        } catch (const Error& error) {
            console().problem(temperature + ", is not kept: " + error.what());
            return false;
        }
        return true;
    }
    console().problem(displayName(evaluation.model) + ": no temperature was fitted, so that none is kept");
    return true;
}

ModelEvaluation evaluateOne(const std::string& name, const EvalOptions& options, const SessionOptions& settings,
                            const EvaluationData& data, const EvaluationOptions& evaluation, const std::string& place) {
    ModelEvaluation result;
    try {
        const std::string model = locateModel(name).string();
        if (options.saveTemperature) refuseShippedModel(model);
        const auto session = Session::open(model, settings);
        for (const std::string& note : session->info().notes)
            console().note("Note: " + session->info().name + ": " + note + ".");
        StageLine line(place);
        result = evaluateModel(*session, data, evaluation, line.job());
        result.model = name;
        std::error_code none;
        if (!std::filesystem::exists(name, none))
            result.name = displayName(name);  // "ViT-B/32", not a folder of a cache
        console().clearLive();
        reportCache(*session);
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& exception) {
        result = {};
        result.model = name;
        result.name = displayName(name);
        result.error = reasonOfFailure(exception);
        console().problem(result.error.starts_with(result.name) ? result.error : result.name + ": " + result.error);
    }
    return result;
}

void reportProblems(const EvaluationReport& report) {
    for (const ModelEvaluation& model : report.models) {
        const std::string name = displayName(model.model);
        for (const FailedTask& failed : model.failed)
            console().problem(name + ", " + nameOf(failed.task) + ": " + failed.reason);
        if (model.notFinite > 0)
            console().problem(name + ": " +
                              counted(model.notFinite, "embedding is no number", "embeddings are no numbers") +
                              " in precision " + model.precision +
                              (model.notFinite == 1 ? "; it counts as a miss" : "; they count as misses"));
        if (model.truncated > 0)
            console().note("Note: " + name + ": " +
                           counted(model.truncated, "text is longer than its context and was cut",
                                   "texts are longer than its context and were cut") +
                           " at the end.");
        for (const TaskResult& result : model.results)
            for (const std::string& note : result.notes)
                console().note("Note: " + name + ", " + nameOf(result.task) + ": " + note + ".");
    }
    const auto done = std::ranges::find_if(report.models, [](const auto& model) { return model.error.empty(); });
    if (done == report.models.end()) return;
    for (const FileFailure& failure : done->unreadable)
        reportUnreadable(failure.path, failure.reason);
}

/// Those that are asked for, each once.
std::vector<std::string> modelsOf(const EvalOptions& options) {
    if (options.models.empty()) return {"demo"};
    std::vector<std::string> models;
    for (const std::string& model : options.models) {
        if (std::ranges::find(models, model) == models.end())
            models.push_back(model);
        else
            console().note("Note: --model " + displayName(model) + " is given twice, and is evaluated once.");
    }
    return models;
}

int codeOf(const EvaluationReport& report) {
    const auto works = [](const ModelEvaluation& model) { return !model.results.empty(); };
    const auto isWhole = [](const ModelEvaluation& model) {
        return model.error.empty() && model.failed.empty() && model.unreadable.empty();
    };
    if (std::ranges::all_of(report.models, isWhole)) return kDone;
    return std::ranges::any_of(report.models, works) ? kSomeUnreadable : kFailed;
}

int runEval(const EvalOptions& options) {
    checkEvalOptions(options);
    EvaluationOptions evaluation = options.evaluation;
    std::ranges::sort(evaluation.shots);
    evaluation.shots.erase(std::unique(evaluation.shots.begin(), evaluation.shots.end()), evaluation.shots.end());
    EvaluationData data = dataOf(options, evaluation.prompts);
    evaluation.tasks = tasksOf(options, data);
    data = dataFor(evaluation, std::move(data));
    for (const std::string& note : data.notes)
        console().note("Note: " + note + ".");
    prepareDevice(options);
    const SessionOptions settings = sessionOptions(options);
    EvaluationReport report{.dataset = data.name,
                            .language = options.language,
                            .classes = data.classes,
                            .pictures = data.pictures.names,
                            .draws = evaluation.draws,
                            .seed = evaluation.seed,
                            .notes = data.notes,
                            .models = {}};
    const std::vector<std::string> models = modelsOf(options);
    bool isStopped = false, areKept = true;
    for (size_t i = 0; i < models.size() && !isStopped; ++i) {
        const std::string place = "model " + std::to_string(i + 1) + " of " + std::to_string(models.size());
        try {
            report.models.push_back(evaluateOne(models[i], options, settings, data, evaluation, place));
            if (options.saveTemperature && report.models.back().error.empty())
                areKept = keepTemperature(report.models.back()) && areKept;
        } catch (const Cancelled&) {
            if (i == 0) throw;
            isStopped = true;
        }
    }
    console().clearLive();
    reportProblems(report);
    if (isStopped)
        console().problem("interrupted: these are the results of " + grouped(report.models.size()) + " of " +
                          counted(models.size(), "model"));
    const bool isWritten = writeReport(report, options.targets);
    if (isStopped) return kInterrupted;
    if (!isWritten) return kFailed;
    const int code = codeOf(report);
    return code == kDone && !areKept ? kSomeUnreadable : code;
}

}  // namespace

void addEval(CLI::App& app, Program& program) {
    auto options = std::make_shared<EvalOptions>();
    CLI::App* command = app.add_subcommand(
        "eval",
        std::string("Find out how good models are on your data, in the field's own terms.\n\nZero-shot accuracy and "
                    "calibration, retrieval, linear probe, few-shot, nearest neighbours, word order,\nprompt templates "
                    "and robustness, each with 95 % intervals; what differs within noise is said.\n\n") +
            kSpecHelp);
    command
        ->add_option("-m,--model", options->models,
                     "A model, once for each: a folder, a file, a run, a name of “models list” (default: demo)")
        ->option_text("PATH|NAME")
        ->allow_extra_args(false);
    addEvalOptions(command, *options);
    command->add_option("--image-size", options->imageSize, "Feed models pictures of N x N pixels")
        ->option_text("N")
        ->check(CLI::Range(1, 4096))
        ->group("Common options");
    addHints(command, options->hints);
    addCompute(command, *options);
    addCacheOption(command, *options);
    addQuiet(command);
    command->footer(
        "  diagonal-cli eval --model ViT-B/32 --model my-clip --data classes:photos/sports --templates openai-80\n"
        "  diagonal-cli eval --model RUN --data flickr8k:photos/flickr8k --split test --task retrieval --out eval/\n"
        "  diagonal-cli eval --data photos/sports --task zero-shot,linear-probe,few-shot --out report.html\n"
        "  diagonal-cli eval --data captions.csv --task word-order\n"
        "  diagonal-cli eval --model my-clip --data photos/sports --save-temperature");
    runs(command, program, options, runEval);
}

}  // namespace diagonal::cli
