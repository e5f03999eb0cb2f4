// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_table.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/base/file.h"
#include "engine/evaluation/corruption.h"
#include "engine/evaluation/svg_text.h"

namespace diagonal {

namespace {

std::vector<ReportColumn> allColumns(const EvaluationReport& report) {
    using enum EvaluationTask;
    std::vector<ReportColumn> columns = {
        {ZeroShot, "acc1", "", "Zero-shot", "Top-1"},
        {ZeroShot, "acc5", "", "Zero-shot", "Top-5"},
        {ZeroShot, "mean_per_class_recall", "", "Zero-shot", "Per class"},
        {ZeroShot, "worst_class_recall", "", "Zero-shot", "Worst class"},
        {ZeroShot, "macro_f1", "", "Zero-shot", "Macro F1"},
        {ZeroShot, "ece", "", "Calibration", "ECE", true, true},
        {Retrieval, "image_retrieval_recall@1", "", "Text to image", "R@1"},
        {Retrieval, "image_retrieval_recall@5", "", "Text to image", "R@5"},
        {Retrieval, "image_retrieval_recall@10", "", "Text to image", "R@10"},
        {Retrieval, "image_retrieval_median_rank", "", "Text to image", "Median rank", false, true},
        {Retrieval, "text_retrieval_recall@1", "", "Image to text", "R@1"},
        {Retrieval, "text_retrieval_recall@5", "", "Image to text", "R@5"},
        {Retrieval, "text_retrieval_recall@10", "", "Image to text", "R@10"},
        {Retrieval, "text_retrieval_median_rank", "", "Image to text", "Median rank", false, true},
        {LinearProbe, "lp_acc1", "", "Linear probe", "Top-1"},
        {LinearProbe, "lp_mean_per_class_recall", "", "Linear probe", "Per class"}};
    for (const ModelEvaluation& model : report.models)
        for (const TaskResult& result : model.results) {
            if (result.task != FewShot) continue;
            for (const Metric& metric : result.metrics) {
                const bool isKnown = std::ranges::any_of(
                    columns, [&](const ReportColumn& column) { return column.metric == metric.name; });
                const std::string shots = metric.name.substr(8, metric.name.rfind('_') - 8);
                if (!isKnown)
                    columns.push_back(
                        {FewShot, metric.name, "", "Few-shot", shots + (shots == "1" ? " shot" : " shots")});
            }
        }
    columns.push_back({NearestNeighbours, "acc1", "", "Nearest neighbours", "Top-1"});
    columns.push_back({WordOrder, "acc", "", "Word order", "All"});
    columns.push_back({WordOrder, "noun_acc", "", "Word order", "Nouns"});
    columns.push_back({WordOrder, "adjective_acc", "", "Word order", "Adjectives"});
    columns.push_back({Templates, "acc1", "", "Templates", "Chosen, top-1"});
    for (const Corruption corruption : corruptions())
        for (int severity = 1; severity <= kMostSevere; ++severity) {
            std::string kind = nameOf(corruption);
            std::ranges::replace(kind, '_', ' ');
            columns.push_back({Robustness, "acc1", nameOf(corruption) + "_" + std::to_string(severity), "Robustness",
                               kind + " " + std::to_string(severity)});
        }
    return columns;
}

const TaskResult* cellOf(const ModelEvaluation& model, const ReportColumn& column, const std::string& prompts,
                         bool isFirst) {
    for (const TaskResult& result : model.results) {
        if (result.task != column.task || result.metric(column.metric) == nullptr) continue;
        if (!column.variant.empty() && result.variant != column.variant) continue;
        const bool hasPrompts = result.task == EvaluationTask::ZeroShot || result.task == EvaluationTask::Templates;
        if (hasPrompts ? result.prompts == prompts : isFirst) return &result;
    }
    return nullptr;
}

std::vector<std::string> promptsOf(const ModelEvaluation& model) {
    std::vector<std::string> names;
    for (const TaskResult& result : model.results)
        if ((result.task == EvaluationTask::ZeroShot || result.task == EvaluationTask::Templates) &&
            std::ranges::find(names, result.prompts) == names.end())
            names.push_back(result.prompts);
    if (names.empty()) names.emplace_back();
    return names;
}

/// "run/model" of "/home/me/run/model/".
std::filesystem::path lastParts(const std::filesystem::path& path, std::ptrdiff_t count) {
    std::filesystem::path end;
    auto part = path.has_filename() ? path.end() : std::prev(path.end());
    for (; count > 0 && part != path.begin(); --count)
        end = end.empty() ? *--part : *--part / end;
    return end;
}

}  // namespace

std::string EvaluationReport::className(int label) const {
    return label >= 0 && static_cast<size_t>(label) < classes.size() ? classes[static_cast<size_t>(label)] : "";
}

std::string EvaluationReport::modelName(size_t model) const {
    const auto named = [this](size_t i) {
        return models[i].name.empty() ? displayName(models[i].model) : models[i].name;
    };
    std::vector<size_t> others;
    for (size_t i = 0; i < models.size(); ++i)
        if (i != model && named(i) == named(model)) others.push_back(i);
    if (others.empty()) return named(model);
    const std::filesystem::path given = models[model].model;
    for (std::ptrdiff_t parts = 1; parts < std::distance(given.begin(), given.end()); ++parts) {
        const std::filesystem::path end = lastParts(given, parts);
        if (std::ranges::none_of(others, [&](size_t i) { return lastParts(models[i].model, parts) == end; }))
            return named(model) + " (" + displayName(end) + ")";
    }
    return named(model) + " (" + displayName(given) + ")";
}

const Metric* EvaluationTable::metric(size_t row, size_t column) const {
    const TaskResult* cell = rows[row].cells[column];
    return cell == nullptr ? nullptr : cell->metric(columns[column].metric);
}

EvaluationTable tableOf(const EvaluationReport& report) {
    EvaluationTable table;
    for (size_t m = 0; m < report.models.size(); ++m)
        if (report.models[m].error.empty())
            for (const std::string& prompts : promptsOf(report.models[m]))
                table.rows.push_back({m, prompts, {}});
    for (const ReportColumn& column : allColumns(report)) {
        std::vector<const TaskResult*> cells;
        for (size_t r = 0; r < table.rows.size(); ++r) {
            const TableRow& row = table.rows[r];
            const bool isFirst = r == 0 || table.rows[r - 1].model != row.model;
            cells.push_back(cellOf(report.models[row.model], column, row.prompts, isFirst));
        }
        if (std::ranges::all_of(cells, [](const TaskResult* cell) { return cell == nullptr; })) continue;
        table.columns.push_back(column);
        table.standings.push_back(standings(cells, column.metric));
        for (size_t r = 0; r < table.rows.size(); ++r)
            table.rows[r].cells.push_back(cells[r]);
    }
    return table;
}

std::string shownValue(const ReportColumn& column, double value) {
    if (std::isnan(value)) return "–";
    const bool isRank = column.metric.ends_with("rank");
    return fixedText(column.isShare ? 100 * value : value, column.isShare || isRank ? 1 : 3);
}

}  // namespace diagonal
