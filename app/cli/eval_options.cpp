// SPDX-License-Identifier: Apache-2.0
#include "app/cli/eval_options.h"

#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "engine/base/file.h"

namespace diagonal::cli {

namespace {

std::string listedTasks() {
    std::string names;
    for (int k = 0; k <= static_cast<int>(EvaluationTask::Robustness); ++k)
        names += (names.empty() ? "" : ", ") + nameOf(static_cast<EvaluationTask>(k));
    return names;
}

std::set<EvaluationTask> givenTasks(const EvalOptions& options) {
    std::vector<std::string> names;
    std::set<EvaluationTask> tasks;
    for (int k = 0; k <= static_cast<int>(EvaluationTask::Robustness); ++k)
        names.push_back(nameOf(static_cast<EvaluationTask>(k)));
    for (const std::string& given : options.tasks) {
        const auto found = std::ranges::find(names, given);
        if (found == names.end()) throw UsageError(notOneOf("--task", given, names));
        tasks.insert(static_cast<EvaluationTask>(found - names.begin()));
    }
    return tasks;
}

void addDataGroup(CLI::App* command, EvalOptions& options) {
    command->add_option("--data", options.data, "Pictures with labels or captions, as for train --train-data")
        ->option_text("SPEC")
        ->required();
    command
        ->add_option("--train-data", options.trainData,
                     "Pictures to learn from, with the same classes (default: the training split of --data, else three "
                     "fifths of it)")
        ->option_text("SPEC");
    addChoice<Split>(
        command, "--split", options.dataset.split,
        {{"all", Split::All}, {"train", Split::Train}, {"validation", Split::Validation}, {"test", Split::Test}},
        "Only these pictures of --data (default: all: its test split is evaluated, its training split learnt from)");
    command->add_option("--image-key", options.dataset.imageKey, "Column of image paths (default: guessed)")
        ->option_text("NAME");
    command
        ->add_option("--caption-key", options.dataset.captionKey, "Column or JSON key of captions (default: guessed)")
        ->option_text("NAME");
    command->add_flag("--captions-are-labels", options.captionsAreLabels,
                      "What the caption column holds are the names of classes");
    command
        ->add_option("--class-names", options.classNames,
                     "What prompts say of classes: lines of a class, a tab and its words")
        ->option_text("FILE");
    command
        ->add_option(
            "--limit", options.limit,
            "At most so many pictures of --data, those to learn from among them, drawn by a hash of their names")
        ->option_text("N")
        ->check(CLI::Range(1, 1000000000));
}

void addTaskGroup(CLI::App* command, EvalOptions& options) {
    EvaluationOptions& evaluation = options.evaluation;
    command
        ->add_option(
            "--task", options.tasks,
            "Once for each or with commas: " + listedTasks() + " (default: zero-shot of labels, retrieval of captions)")
        ->option_text("NAME")
        ->allow_extra_args(false)
        ->delimiter(',');
    command
        ->add_option("--template", options.templates, "What is said of a class, {} stands for it; several are averaged")
        ->option_text("TEXT")
        ->allow_extra_args(false);
    command
        ->add_option("--templates", options.sets,
                     "A file with one template a line or the name of a set (openai-80, …), once for each set to "
                     "compare by zero-shot and templates; other tasks take the first")
        ->option_text("NAME|FILE")
        ->allow_extra_args(false);
    command->add_option("--shots", evaluation.shots, "Labelled pictures a class, with commas (default: 1,2,4,8,16)")
        ->option_text("K")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Range(1, 100000));
    command->add_option("--seeds", evaluation.fewShotSeeds, "Draws of few-shot pictures (default: 10)")
        ->option_text("N")
        ->check(CLI::Range(1, 1000));
    command->add_option("--neighbours", evaluation.neighbours, "Pictures that knn asks (default: 20)")
        ->option_text("K")
        ->check(CLI::Range(1, 100000));
    addChoice<bool>(command, "--probe-start", evaluation.startFromTexts, {{"zero", false}, {"texts", true}},
                    "What probes are pulled to: zero, or the texts of the first prompt set (default: zero)");
    command->add_option("--severity", evaluation.severity, "Of corruptions, 1 to 5 (default: 3)")
        ->option_text("N")
        ->check(CLI::Range(1, 5));
    command->add_option("--draws", evaluation.draws, "Resamples of the intervals (default: 1000)")
        ->option_text("N")
        ->check(CLI::Range(0, 100000));
    command->add_option("--seed", evaluation.seed, "Of resamples and few-shot draws (default: 0)")->option_text("S");
}

void addOutputGroup(CLI::App* command, EvalOptions& options) {
    command
        ->add_option("-o,--out", options.targets.out,
                     "A folder (ends with /) for a file a result in CLIP_benchmark's fields, a table, charts and a "
                     "page; or a file: .json, .csv, .svg, .png, .html")
        ->option_text("PATH");
    addFormat(command, options.targets.format, {Format::Table, Format::Csv, Format::Json});
    command->add_option("--answers", options.targets.answers, "Also write what was said of each picture, as CSV")
        ->option_text("FILE");
    command
        ->add_option("--suspects", options.targets.suspects,
                     "Also write pictures whose label zero-shot and linear probe both contradict, as CSV")
        ->option_text("FILE");
    command->add_flag("--save-temperature", options.saveTemperature,
                      "Keep the fitted temperature beside the model, for “label --calibrated”");
    command->add_option("--name", options.name, "What results call the data (default: its file or folder)")
        ->option_text("TEXT");
    command->add_option("--language", options.language, "Of texts, in results (default: en)")->option_text("CODE");
}

}  // namespace

void addEvalOptions(CLI::App* command, EvalOptions& options) {
    addDataGroup(command, options);
    addTaskGroup(command, options);
    addOutputGroup(command, options);
}

void checkEvalOptions(const EvalOptions& options) {
    givenTasks(options);
    checkTemplates(options.templates);
    requireUtf8("--name", options.name);
    requireUtf8("--language", options.language);
    checkTargets(options.targets);
}

std::set<EvaluationTask> tasksOf(const EvalOptions& options, const EvaluationData& data) {
    std::set<EvaluationTask> tasks = givenTasks(options);
    const auto has = [&](EvaluationTask task) { return tasks.contains(task); };
    if (tasks.empty()) {
        if (data.hasLabels()) tasks.insert(EvaluationTask::ZeroShot);
        if (!data.pictures.captions.empty()) tasks.insert(EvaluationTask::Retrieval);
        if (tasks.empty())
            throw Error(data.name, "its pictures have neither labels nor captions",
                        "Give class folders, or a table with labels or captions");
    }
    if (options.saveTemperature && !has(EvaluationTask::ZeroShot))
        throw UsageError("--save-temperature: a temperature is fitted by --task zero-shot, which is not asked for.");
    if (!options.targets.suspects.empty() && !has(EvaluationTask::LinearProbe))
        throw UsageError("--suspects: wrong labels are found by --task linear-probe, which is not asked for.");
    constexpr EvaluationTask kWithoutAnswers[] = {EvaluationTask::Retrieval, EvaluationTask::WordOrder,
                                                  EvaluationTask::FewShot};
    const auto isWithout = [&](EvaluationTask task) { return std::ranges::count(kWithoutAnswers, task) > 0; };
    if (!options.targets.answers.empty() && std::ranges::all_of(tasks, isWithout))
        throw UsageError("--answers: none of the tasks gives each picture one class. Add --task zero-shot.");
    return tasks;
}

std::vector<PromptSet> promptsOf(const EvalOptions& options, const std::string& dataTemplate) {
    std::vector<PromptSet> prompts;
    const auto add = [&](PromptSet set) {
        const auto same = std::ranges::find(prompts, set.templates, &PromptSet::templates);
        if (same == prompts.end())
            prompts.push_back(std::move(set));
        else
            console().note("Note: “" + set.name + "” says what “" + same->name + "” says, and is tried once.");
    };
    if (!options.templates.empty())
        add({options.templates.size() == 1 ? options.templates.front() : "--template", options.templates});
    for (const std::string& set : options.sets)
        add({displayName(set), givenTemplates({}, set)});
    if (prompts.empty() && dataTemplate == "{}") prompts.push_back({"names alone", {}});
    if (prompts.empty()) prompts.push_back({dataTemplate, {dataTemplate}});
    return prompts;
}

}  // namespace diagonal::cli
