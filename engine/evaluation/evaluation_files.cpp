// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_files.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/base/encoding.h"
#include "engine/base/file.h"
#include "engine/inference/export.h"

namespace diagonal {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostListed = 50;
constexpr size_t kMostPart = 48, kMostName = 200;  // bytes: a file system takes 255, with a temporary ending

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json();
}

std::string cell(double value) {
    return std::isfinite(value) ? Json(value).dump() : "";
}

std::string isFlag(bool value) {
    return value ? "true" : "false";
}

/// At most so many bytes, not ending within a character.
std::string cutBytes(std::string text, size_t most) {
    if (text.size() <= most) return text;
    text.resize(most);
    text.resize(utf8Length(text));
    return text;
}

/// A part of a file name: letters, digits, and what separates them.
std::string fileSafe(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80;
        if (!isPlain && c != '-' && c != '.') c = '-';
    }
    while (text.starts_with('.') || text.starts_with('-'))
        text.erase(0, 1);
    return text.empty() ? "x" : cutBytes(std::move(text), kMostPart);
}

Json binsJson(const std::vector<ReliabilityBin>& bins) {
    Json list = Json::array();
    for (const ReliabilityBin& bin : bins)
        if (bin.count > 0)
            list.push_back({{"low", bin.low},
                            {"high", bin.high},
                            {"n", bin.count},
                            {"confidence", bin.confidence},
                            {"accuracy", bin.accuracy},
                            {"ci95", {bin.ci95.low, bin.ci95.high}}});
    return list;
}

Json calibrationJson(const Calibration& calibration) {
    return {{"temperature", calibration.temperature},
            {"fitted_temperature", calibration.fittedTemperature},
            {"fitted_on", calibration.fittedOn},
            {"n", calibration.pictures},
            {"ece", number(calibration.ece)},
            {"fitted_ece", number(calibration.fittedEce)},
            {"log_loss", number(calibration.logLoss)},
            {"fitted_log_loss", number(calibration.fittedLogLoss)},
            {"reliability", binsJson(calibration.bins)},
            {"fitted_reliability", binsJson(calibration.fittedBins)}};
}

Json scoresJson(const std::vector<TemplateScore>& scores, const TemplateChoice& choice) {
    Json list = Json::array();
    for (const TemplateScore& one : scores)
        list.push_back(
            {{"template", choice.templates[one.number]}, {"acc1", one.alone}, {"with_earlier", one.withEarlier}});
    return list;
}

void addAnswers(Json& own, const TaskResult& result, const EvaluationReport& report) {
    if (result.answers.size() == 0) return;
    const double chance = 1.0 / result.answers.classes;
    const double top1 = figuresOf(result.answers).top1;
    own["random_score"] = chance;
    own["above_chance"] = number((top1 - chance) / (1 - chance));
    Json classes = Json::array(), confused = Json::array();
    const std::vector<ClassRow> rows = perClass(result.answers);
    for (size_t c = 0; c < rows.size(); ++c)
        classes.push_back({{"class", report.className(static_cast<int>(c))},
                           {"n", rows[c].pictures},
                           {"recall", number(rows[c].recall())},
                           {"precision", number(rows[c].precision())}});
    for (const ClassConfusion& pair : mostConfused(result.answers, kMostListed))
        confused.push_back({{"class", report.className(pair.truth)},
                            {"answered", report.className(pair.predicted)},
                            {"n", pair.count}});
    own["per_class"] = std::move(classes);
    own["confused"] = std::move(confused);
}

void addDetails(Json& own, const TaskResult& result, const EvaluationReport& report) {
    if (!result.fewShot) addAnswers(own, result, report);
    if (result.calibration) own["calibration"] = calibrationJson(*result.calibration);
    if (result.task == EvaluationTask::LinearProbe) {
        Json tried = Json::array();
        for (const TriedC& one : result.tried)
            tried.push_back({{"c", one.c}, {"acc1", one.accuracy}, {"passes", one.passes}});
        own["c"] = result.c;
        own["tried"] = std::move(tried);
    }
    if (result.templates) {
        own["templates"] = {{"chosen_on", result.templates->chosenOn},
                            {"in_order", scoresJson(result.templates->inOrder, *result.templates)},
                            {"chosen", scoresJson(result.templates->greedy, *result.templates)}};
    }
    if (!result.suspected.empty()) {
        Json list = Json::array();
        for (const SuspectedLabel& one : result.suspected)
            list.push_back({{"image", report.pictures[one.picture]},
                            {"label", report.className(one.label)},
                            {"answer", report.className(one.answer)},
                            {"zero_shot", one.zeroShot},
                            {"probe", one.probe}});
        own["suspected_labels"] = std::move(list);
    }
    if (result.wordOrder) {
        Json examples = Json::array();
        for (const WordOrderExample& one : result.wordOrder->examples)
            examples.push_back({{"image", report.pictures[one.picture]},
                                {"caption", one.caption},
                                {"swapped", one.swapped},
                                {"cosine", one.cosine},
                                {"swapped_cosine", one.swappedCosine}});
        own["nouns"] = result.wordOrder->nounPairs;
        own["adjectives"] = result.wordOrder->adjectivePairs;
        own["swapped_won"] = std::move(examples);
    }
}

/// metrics: in CLIP_benchmark's place; intervals in ours.
Json documentOf(const EvaluationReport& report, size_t place, const TaskResult& result,
                const std::vector<Metric>& metrics) {
    const ModelEvaluation& model = report.models[place];
    Json figures = Json::object(), intervals = Json::object();
    for (const Metric& metric : metrics) {
        figures[metric.name] = number(metric.value);
        if (std::isfinite(metric.ci95.low)) intervals[metric.name] = {metric.ci95.low, metric.ci95.high};
    }
    Json own = {{"given_model", displayName(model.model)},
                {"prompts", result.prompts},
                {"variant", result.variant},
                {"n", result.items},
                {"seed", report.seed},
                {"draws", report.draws},
                {"ci95", std::move(intervals)}};
    if (const Metric* ece = result.metric("ece")) own["ece"] = number(ece->value);
    own["device"] = model.device;
    own["precision"] = model.precision;
    own["temperature"] = model.temperature;
    own["unreadable"] = model.unreadable.size();
    own["not_finite"] = model.notFinite;
    own["notes"] = result.notes;
    addDetails(own, result, report);
    return {
        {"dataset", report.dataset},          {"model", model.architecture},   {"pretrained", report.modelName(place)},
        {"task", benchmarkName(result.task)}, {"metrics", std::move(figures)}, {"language", report.language},
        {"diagonal", std::move(own)}};
}

/// Each number of shots is a document; its `file` tells what to add to the name of the file.
void addFewShot(std::vector<BenchmarkDocument>& documents, const EvaluationReport& report, size_t model,
                const TaskResult& result) {
    for (size_t k = 0; k < result.fewShot->points.size(); ++k) {
        const FewShotPoint& point = result.fewShot->points[k];
        Metric metric = result.metrics[k];
        metric.name = "lp_acc1";
        Json json = documentOf(report, model, result, {metric});
        json["metrics"]["fewshot_k"] = point.shots;
        Json& own = json["diagonal"];
        own["c"] = point.c;
        own["deviation"] = point.deviation;
        own["accuracies"] = point.accuracies;
        own["zero_shot_acc1"] = number(result.fewShot->zeroShot);
        own["zero_shot_is_worth_shots"] = number(result.fewShot->shotsWorth);
        documents.push_back({"fewshot" + std::to_string(point.shots), std::move(json)});
    }
}

/// By CLIP_benchmark's template; `names` are those that are taken.
std::string newFileName(const EvaluationReport& report, size_t model, const TaskResult& result,
                        const std::string& ending, std::set<std::string>& names) {
    std::string name;
    for (const std::string& part :
         {report.dataset, result.variant, report.modelName(model), report.models[model].architecture, report.language,
          benchmarkName(result.task), ending})
        if (!part.empty()) name += (name.empty() ? "" : "_") + fileSafe(part);
    name = cutBytes(std::move(name), kMostName);
    std::string file = name + ".json";
    for (int k = 2; !names.insert(file).second; ++k)
        file = name + "_" + std::to_string(k) + ".json";
    return file;
}

}  // namespace

std::vector<BenchmarkDocument> benchmarkDocuments(const EvaluationReport& report) {
    std::vector<BenchmarkDocument> documents;
    std::set<std::string> names;
    for (size_t m = 0; m < report.models.size(); ++m)
        for (const TaskResult& result : report.models[m].results) {
            std::vector<BenchmarkDocument> some;
            if (result.fewShot) {
                addFewShot(some, report, m, result);
            } else {
                some.push_back({result.prompts, documentOf(report, m, result, result.metrics)});
                if (result.task == EvaluationTask::LinearProbe) some.back().json["metrics"]["fewshot_k"] = -1;
            }
            for (BenchmarkDocument& document : some) {
                document.file = newFileName(report, m, result, document.file, names);
                documents.push_back(std::move(document));
            }
        }
    return documents;
}

std::string evaluationCsv(const EvaluationReport& report) {
    std::string text =
        "model,prompts,task,variant,metric,value,ci95_low,ci95_high,n,to_best,to_best_low,to_best_high,"
        "within_noise,mcnemar_p,error\r\n";
    const EvaluationTable table = tableOf(report);
    const auto standingOf = [&](const TaskResult& result, const std::string& metric) -> std::optional<Standing> {
        for (size_t c = 0; c < table.columns.size(); ++c)
            for (size_t r = 0; r < table.rows.size(); ++r)
                if (table.rows[r].cells[c] == &result && table.columns[c].metric == metric)
                    return table.standings[c][r];
        return std::nullopt;
    };
    for (size_t m = 0; m < report.models.size(); ++m) {
        const ModelEvaluation& model = report.models[m];
        const std::string name = csvText(report.modelName(m));
        for (const TaskResult& result : model.results)
            for (const Metric& metric : result.metrics) {
                const auto standing = standingOf(result, metric.name);
                text += name + "," + csvText(result.prompts) + "," + nameOf(result.task) + "," +
                        csvText(result.variant) + "," + csvText(metric.name) + "," + cell(metric.value) + "," +
                        cell(metric.ci95.low) + "," + cell(metric.ci95.high) + "," + std::to_string(result.items) + ",";
                if (!standing)
                    text += ",,,,";
                else if (standing->isBest)
                    text += "0,,,,";
                else
                    text += cell(standing->difference) + "," + cell(standing->ci95.low) + "," +
                            cell(standing->ci95.high) + "," + isFlag(standing->isWithinNoise) + "," +
                            (standing->mcNemar ? cell(*standing->mcNemar) : "");
                text += ",\r\n";
            }
        for (const FailedTask& failed : model.failed)
            text += name + "," + csvText(failed.prompts) + "," + nameOf(failed.task) + ",,,,,,,,,,,," +
                    csvText(failed.reason) + "\r\n";
        if (!model.error.empty()) text += name + ",,,,,,,,,,,,,," + csvText(model.error) + "\r\n";
    }
    return text;
}

std::string answersCsv(const EvaluationReport& report) {
    std::string text = "model,prompts,task,variant,image,label,answer,probability,own_probability,right\r\n";
    for (size_t m = 0; m < report.models.size(); ++m)
        for (const TaskResult& result : report.models[m].results) {
            if (result.fewShot) continue;  // one draw of many
            const Answers& answers = result.answers;
            const std::string name = csvText(report.modelName(m));
            for (size_t i = 0; i < answers.size(); ++i)
                text += name + "," + csvText(result.prompts) + "," + nameOf(result.task) + "," +
                        csvText(result.variant) + "," + csvText(report.pictures[result.pictures[i]]) + "," +
                        csvText(report.className(answers.truth[i])) + "," +
                        csvText(report.className(answers.predicted[i])) + "," +
                        csvNumber(static_cast<double>(answers.confidence[i])) + "," +
                        csvNumber(static_cast<double>(answers.ownProbability[i])) + "," + isFlag(answers.isRight(i)) +
                        "\r\n";
        }
    return text;
}

std::string suspectsCsv(const EvaluationReport& report) {
    std::string text = "model,image,label,answer,zero_shot,probe\r\n";
    for (size_t m = 0; m < report.models.size(); ++m)
        for (const TaskResult& result : report.models[m].results)
            for (const SuspectedLabel& one : result.suspected)
                text += csvText(report.modelName(m)) + "," + csvText(report.pictures[one.picture]) + "," +
                        csvText(report.className(one.label)) + "," + csvText(report.className(one.answer)) + "," +
                        csvNumber(one.zeroShot) + "," + csvNumber(one.probe) + "\r\n";
    return text;
}

}  // namespace diagonal
