// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <new>
#include <numeric>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_identity.h"
#include "engine/evaluation/evaluation_tasks.h"
#include "engine/evaluation/picture_features.h"
#include "engine/inference/zero_shot.h"

namespace diagonal {

namespace {

constexpr size_t kValidationShare = 5;  // one of so many that are learnt from, where the data names none

bool wants(const EvaluationOptions& options, std::initializer_list<EvaluationTask> tasks) {
    return std::ranges::any_of(tasks, [&](EvaluationTask task) { return options.tasks.contains(task); });
}

bool learns(const EvaluationOptions& options) {
    return wants(options, {EvaluationTask::LinearProbe, EvaluationTask::FewShot, EvaluationTask::NearestNeighbours});
}

/// Why nothing can come of a task on this data.
std::optional<Error> obstacle(EvaluationTask task, const EvaluationData& data) {
    if (task == EvaluationTask::Retrieval || task == EvaluationTask::WordOrder) {
        if (!data.pictures.captions.empty()) return {};
        return Error(data.name, "its pictures have no captions", "Give data with captions, or leave these tasks out");
    }
    if (!data.hasLabels())
        return Error(data.name, "its pictures have no labels",
                     "Give class folders or a table with a label column; of captions retrieval and word-order can be "
                     "evaluated");
    if (data.classes.size() == 1)
        return Error(data.name, "all pictures are of one class, “" + data.classes.front() + "”",
                     "Give pictures of two classes or more");
    return {};
}

/// Rows without those that are, number by number, one of the tested: [rows, d]. same: how far apart one picture comes
/// out of two batches.
std::vector<size_t> withoutTested(const torch::Tensor& features, const std::vector<size_t>& rows,
                                  std::vector<size_t> tested, float same) {
    const int64_t dim = features.size(1);
    const float* values = features.const_data_ptr<float>();
    const auto at = [&](size_t row) { return values + static_cast<int64_t>(row) * dim; };
    std::erase_if(tested, [&](size_t row) { return std::isnan(*at(row)); });
    std::ranges::sort(tested, {}, [&](size_t row) { return *at(row); });
    const auto isTested = [&](size_t row) {
        auto other = std::ranges::lower_bound(tested, *at(row) - same, {}, [&](size_t one) { return *at(one); });
        for (; other != tested.end() && *at(*other) <= *at(row) + same; ++other)
            if (std::equal(at(row), at(row) + dim, at(*other),
                           [&](float a, float b) { return std::abs(a - b) <= same; }))
                return true;
        return false;
    };
    std::vector<size_t> left;
    std::ranges::remove_copy_if(rows, std::back_inserter(left), isTested);
    return left;
}

/// Sorts the rows into those that are evaluated, learnt and chosen on.
void setParts(TaskContext& context) {
    const auto isFinite = context.features.isfinite().all(1);
    const auto rowsOf = [&](const std::vector<size_t>& pictures, bool finiteAlone) {
        std::vector<size_t> rows;
        for (const size_t picture : pictures)
            if (const int64_t row = context.rowOf[picture]; row >= 0 && (!finiteAlone || isFinite[row].item<bool>()))
                rows.push_back(static_cast<size_t>(row));
        return rows;
    };
    context.test = rowsOf(context.data.labelled(EvaluationPart::Test), false);
    const float same = context.session.options().precision == "fp32" ? 1e-6F : 2e-3F;
    const auto learnt = [&](EvaluationPart part) {
        const std::vector<size_t> rows = rowsOf(context.data.labelled(part), true);
        std::vector<size_t> left = withoutTested(context.features, rows, context.test, same);
        context.alsoTested += rows.size() - left.size();
        return left;
    };
    context.train = learnt(EvaluationPart::Train);
    context.validation = learnt(EvaluationPart::Validation);
    context.trainedOn = context.train.empty() ? "the validation split" : "the training split";
    if (context.train.empty()) context.train.swap(context.validation);
    if (!context.validation.empty()) return;
    std::vector<size_t> pictures = context.picturesOf(context.train);
    context.validation = rowsOf(drawShare(context.data, pictures, kValidationShare), true);
    context.train = rowsOf(pictures, true);
}

/// Those that are evaluated, and as many others as a temperature and templates are chosen on; captions need none.
std::vector<size_t> picturesToKeep(const EvaluationOptions& options, const EvaluationData& data) {
    std::vector<size_t> kept, others;
    std::vector<std::string> names;
    for (size_t i = 0; i < data.size(); ++i) {
        if (data.parts[i] == EvaluationPart::Test) {
            kept.push_back(i);
        } else if (!data.labels.empty() && data.labels[i] >= 0) {
            others.push_back(i);
            names.push_back(data.pictures.names[i]);
        }
    }
    if (wants(options, {EvaluationTask::ZeroShot, EvaluationTask::Templates}))
        for (const size_t i : drawByHash(names, kToChooseOn))
            kept.push_back(others[i]);
    std::ranges::sort(kept);
    return kept;
}

/// Runs one task; what it throws is recorded.
void attempt(const TaskContext& context, EvaluationTask task, const std::string& prompts,
             const std::function<std::vector<TaskResult>()>& run) {
    if (!context.options.tasks.contains(task)) return;
    context.job.context().throwIfStopped();
    context.job.begin(nameOf(task) + (prompts.empty() ? "" : ", " + prompts));
    try {
        if (const auto error = obstacle(task, context.data)) throw Error(*error);
        for (TaskResult& result : run())
            context.evaluation.results.push_back(std::move(result));
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& exception) {
        context.evaluation.failed.push_back(failureOf(task, prompts, exception));
    }
}

void runTasks(const TaskContext& context) {
    const auto one = [](TaskResult result) {
        std::vector<TaskResult> results;
        results.push_back(std::move(result));
        return results;
    };
    const auto& prompts = context.options.prompts;
    for (const PromptSet& set : prompts)
        attempt(context, EvaluationTask::ZeroShot, set.name, [&] { return one(runZeroShot(context, set)); });
    attempt(context, EvaluationTask::Retrieval, "", [&] { return one(runRetrieval(context)); });
    attempt(context, EvaluationTask::LinearProbe, "", [&] { return one(runLinearProbe(context)); });
    attempt(context, EvaluationTask::FewShot, "", [&] { return one(runFewShot(context)); });
    attempt(context, EvaluationTask::NearestNeighbours, "", [&] { return one(runNearestNeighbours(context)); });
    attempt(context, EvaluationTask::WordOrder, "", [&] { return one(runWordOrder(context)); });
    for (const PromptSet& set : prompts)
        if (set.templates.size() > 1 || prompts.size() == 1)
            attempt(context, EvaluationTask::Templates, set.name, [&] { return one(runTemplates(context, set)); });
    attempt(context, EvaluationTask::Robustness, "", [&] { return runRobustness(context); });
}

}  // namespace

FailedTask failureOf(EvaluationTask task, const std::string& prompts, const std::exception& exception) {
    if (const auto* error = dynamic_cast<const Error*>(&exception))
        return {task, prompts, error->what(), error->subject(), error->problem(), error->remedy()};
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr)
        return {task, prompts, "there is not enough memory for it"};
    const std::string text = exception.what();
    return {task, prompts, text.substr(0, text.find('\n'))};  // LibTorch puts a stack trace below
}

std::vector<size_t> TaskContext::picturesOf(const std::vector<size_t>& wanted) const {
    std::vector<size_t> found;
    for (const size_t row : wanted)
        found.push_back(pictures[row]);
    return found;
}

std::vector<int> TaskContext::labels(const std::vector<size_t>& wanted) const {
    std::vector<int> found;
    for (const size_t row : wanted)
        found.push_back(data.labels[pictures[row]]);
    return found;
}

torch::Tensor TaskContext::rows(const std::vector<size_t>& wanted) const {
    const std::vector<int64_t> numbers(wanted.begin(), wanted.end());
    return features.index_select(0, torch::tensor(numbers, torch::kLong));
}

torch::Tensor TaskContext::prompts(const PromptSet& set) const {
    std::vector<size_t> cut;
    const Embeddings rows = embedLabels(session, data.classes, set.templates, job.quiet(), &cut);
    for (const size_t label : cut)
        truncated.insert(data.classes[label]);
    return torch::tensor(rows.values).view({std::ssize(data.classes), rows.dim});
}

TaskResult TaskContext::result(EvaluationTask task) const {
    TaskResult made;
    made.task = task;
    made.items = test.size();
    made.pictures = picturesOf(test);
    return made;
}

EvaluationData dataFor(const EvaluationOptions& options, EvaluationData data) {
    EvaluationOptions possible = options;
    std::erase_if(possible.tasks, [&](EvaluationTask task) { return obstacle(task, data).has_value(); });
    if (possible.tasks.empty() && !options.tasks.empty()) throw Error(*obstacle(*options.tasks.begin(), data));
    const auto isFirst = [&](EvaluationPart part) { return part == data.parts.front(); };
    const bool isOnePart = std::ranges::all_of(data.parts, isFirst);
    if (!learns(possible) || !isOnePart) settleTested(data);
    if (learns(possible) && isOnePart) {
        data.parts.clear();
        drawParts(data);
        data.notes.emplace_back(
            "The data names no training pictures: of each class two fifths, drawn by a hash of their names, are "
            "evaluated, and the others are learnt from");
    }
    if (learns(possible) || data.parts.empty()) return data;
    const std::vector<size_t> kept = picturesToKeep(possible, data);
    return only(std::move(data), kept);
}

ModelEvaluation evaluateModel(Session& session, const EvaluationData& data, const EvaluationOptions& options,
                              const EvaluationJob& job) {
    const torch::NoGradGuard noGrad;
    const auto start = std::chrono::steady_clock::now();
    ModelEvaluation evaluation;
    const ModelInfo& info = session.info();
    evaluation.model = evaluation.name = info.name;
    evaluation.architecture = info.architecture;
    evaluation.path = info.path;
    evaluation.identity = modelIdentity(info);
    evaluation.device = session.options().device;
    evaluation.precision = session.options().precision;
    evaluation.temperature = info.temperature;
    job.begin("pictures");
    const auto count = static_cast<int64_t>(data.size());
    const JobContext ofPictures{job.stop, [&](const Progress& progress) {
                                    if (job.report) job.report({progress.done, count});
                                }};
    PictureFeatures made = embedCaptioned(session, data.pictures, ofPictures);
    evaluation.unreadable = std::move(made.unreadable);
    if (made.numbers.empty())
        throw Error(data.name, count == 1 ? "its picture could not be read"
                                          : "none of its " + std::to_string(count) + " pictures could be read");
    evaluation.pictures = made.numbers.size();
    evaluation.known = made.known;
    std::unordered_set<std::string> truncated;
    TaskContext context{.session = session,
                        .data = data,
                        .options = options,
                        .job = job,
                        .evaluation = evaluation,
                        .truncated = truncated};
    context.features = torch::tensor(made.rows).view({std::ssize(made.numbers), info.embedDim});
    made.rows = {};
    context.pictures = std::move(made.numbers);
    context.rowOf.assign(data.size(), -1);
    for (size_t row = 0; row < context.pictures.size(); ++row)
        context.rowOf[context.pictures[row]] = static_cast<int64_t>(row);
    evaluation.notFinite = static_cast<size_t>((~context.features.isfinite().all(1)).sum().item<int64_t>());
    if (data.hasLabels()) setParts(context);
    runTasks(context);
    evaluation.truncated = truncated.size();
    evaluation.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return evaluation;
}

}  // namespace diagonal
