// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/svg_text.h"

namespace diagonal {

namespace {

constexpr size_t kMostClasses = 60, kMostLines = 40;
constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
body { font: 13px/1.5 Inter, "Noto Sans", sans-serif; color: #1B1B1D; background: #FFFFFF; margin: 32px auto; max-width: 1200px; padding: 0 16px }
h1 { font-size: 20px; font-weight: 600 } h2 { font-size: 15px; font-weight: 600; margin: 32px 0 8px; border-top: 1px solid #DADADD; padding-top: 16px }
h3 { font-size: 13px; font-weight: 600; margin: 16px 0 4px }
table { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums } td, th { padding: 3px 12px 3px 0; text-align: left; vertical-align: top }
th { color: #6C6C73; font-weight: 400 } td.n, th.n { text-align: right } p { max-width: 800px } .quiet { color: #54545A } .wide { overflow-x: auto }
</style>
)";

std::string percentText(double value) {
    return std::isnan(value) ? "–" : Svg::number(std::round(1000 * value) / 10) + "%";
}

/// What a model says is never quite sure.
std::string saidText(double probability) {
    return probability >= 0.9995 ? "> 99.9%" : percentText(probability);
}

std::string td(std::string_view text, bool isNumber = false) {
    return std::string(isNumber ? "<td class=\"n\">" : "<td>") + xmlText(text) + "</td>";
}

std::string headRow(const std::vector<std::string>& names, size_t firstNumber) {
    std::string row = "<tr>";
    for (size_t i = 0; i < names.size(); ++i)
        row += std::string(i >= firstNumber ? "<th class=\"n\">" : "<th>") + xmlText(names[i]) + "</th>";
    return row + "</tr>\n";
}

std::string titleOf(const std::string& model, const TaskResult& result) {
    return "<h3>" + xmlText(model + (result.prompts.empty() ? "" : ", " + result.prompts)) + "</h3>\n";
}

std::string intervalText(const ReportColumn& column, const Interval& interval) {
    if (!std::isfinite(interval.low)) return "–";
    return shownValue(column, interval.low) + " to " + shownValue(column, interval.high);
}

std::string comparisonTable(const EvaluationReport& report) {
    const EvaluationTable table = tableOf(report);
    std::string text =
        "<table>" + headRow({"Task", "Figure", "Model", "Prompts", "Value", "95% interval", "To the best"}, 99);
    for (size_t c = 0; c < table.columns.size(); ++c)
        for (size_t r = 0; r < table.rows.size(); ++r) {
            const Metric* metric = table.metric(r, c);
            if (metric == nullptr) continue;
            const auto& standing = table.standings[c][r];
            text += "<tr>" + td(table.columns[c].group) + td(table.columns[c].head) +
                    td(report.modelName(table.rows[r].model)) + td(table.rows[r].cells[c]->prompts) +
                    td(shownValue(table.columns[c], metric->value), true) +
                    td(intervalText(table.columns[c], metric->ci95)) +
                    td(standing                    ? describe(*standing, table.columns[c].isShare)
                       : std::isnan(metric->value) ? "–"
                                                   : "measured on other pictures") +
                    "</tr>\n";
        }
    return text + "</table>\n";
}

std::string verdictOf(const Calibration& calibration) {
    double said = 0, right = 0, count = 0;
    for (const ReliabilityBin& bin : calibration.bins) {
        if (bin.low < 0.9) continue;
        said += static_cast<double>(bin.count) * bin.confidence;
        right += static_cast<double>(bin.count) * bin.accuracy;
        count += static_cast<double>(bin.count);
    }
    std::string text = calibration.fittedTemperature > calibration.temperature ? "Too sure" : "Not sure enough";
    if (std::abs(calibration.fittedTemperature / calibration.temperature - 1) < 0.05) text = "As sure as it should be";
    if (count > 0)
        text += ": its answers above " + percentText(calibration.bins.back().low) + " say " + saidText(said / count) +
                " on average and are right " + percentText(right / count) + " of the time";
    return text + ".";
}

std::string calibrationPart(const std::string& model, const TaskResult& result) {
    const Calibration& c = *result.calibration;
    const bool isProbe = result.task != EvaluationTask::ZeroShot;
    return titleOf(isProbe ? model + ", " + nameOf(result.task) : model, result) + "<p>" + xmlText(verdictOf(c)) +
           " Fitted on " + xmlText(c.fittedOn) +
           "; no answer changes, only how sure it is. Hollow: with the model's temperature; filled: with the fitted "
           "one.</p>\n" +
           reliabilitySvg(c) + "<table>" + headRow({"", "model's", "fitted"}, 1) + "<tr>" + td("Temperature") +
           td(fixedText(c.temperature, 4), true) + td(fixedText(c.fittedTemperature, 4), true) + "</tr><tr>" +
           td("ECE") + td(percentText(c.ece), true) + td(percentText(c.fittedEce), true) + "</tr><tr>" +
           td("Log loss") + td(fixedText(c.logLoss, 3), true) + td(fixedText(c.fittedLogLoss, 3), true) +
           "</tr></table>\n";
}

std::string confusionPart(const EvaluationReport& report, const std::string& model, const TaskResult& result) {
    std::string text = titleOf(model, result) +
                       "<p>Rows: the label; columns: the answer. Right answers deepen from 60 % of their row on, wrong "
                       "ones up to 15 %.</p>\n<div class=\"wide\">" +
                       confusionSvg(result.answers, report.classes, kMostClasses) + "</div><table>" +
                       headRow({"Label", "Answered", "Pictures"}, 2);
    for (const ClassConfusion& pair : mostConfused(result.answers, 12))
        text += "<tr>" + td(report.className(pair.truth)) + td(report.className(pair.predicted)) +
                td(std::to_string(pair.count), true) + "</tr>\n";
    return text + "</table>\n";
}

std::string templatesPart(const std::string& model, const TaskResult& result) {
    const TemplateChoice& choice = *result.templates;
    std::string text = titleOf(model, result) + "<p>Chosen on " + xmlText(choice.chosenOn) +
                       ", each next the one that helps most.</p><table>" +
                       headRow({"Template", "alone", "with those above"}, 1);
    for (const TemplateScore& one : choice.greedy)
        text += "<tr>" + td(choice.templates[one.number]) + td(percentText(one.alone), true) +
                td(percentText(one.withEarlier), true) + "</tr>\n";
    return text + "</table>\n";
}

std::string suspectsPart(const EvaluationReport& report, const std::string& model, const TaskResult& result) {
    std::string text =
        titleOf(model, result) + "<table>" + headRow({"Picture", "Label", "Both say", "zero-shot", "probe"}, 3);
    for (size_t i = 0; i < std::min(kMostLines, result.suspected.size()); ++i) {
        const SuspectedLabel& one = result.suspected[i];
        text += "<tr>" + td(report.pictures[one.picture]) + td(report.className(one.label)) +
                td(report.className(one.answer)) + td(saidText(one.zeroShot), true) + td(saidText(one.probe), true) +
                "</tr>\n";
    }
    text += "</table>\n";
    if (result.suspected.size() > kMostLines)
        text += "<p class=\"quiet\">" + std::to_string(result.suspected.size() - kMostLines) + " more</p>\n";
    return text;
}

std::string wordOrderPart(const EvaluationReport& report, const std::string& model, const TaskResult& result) {
    std::string text = titleOf(model, result) + "<table>" +
                       headRow({"Picture", "Caption", "Preferred with words exchanged", "cosine", "exchanged"}, 3);
    const auto& examples = result.wordOrder->examples;
    for (size_t i = 0; i < std::min(kMostLines / 2, examples.size()); ++i)
        text += "<tr>" + td(report.pictures[examples[i].picture]) + td(examples[i].caption) + td(examples[i].swapped) +
                td(fixedText(examples[i].cosine, 3), true) + td(fixedText(examples[i].swappedCosine, 3), true) +
                "</tr>\n";
    return text + "</table>\n";
}

/// A section with what `part` makes of each result that `has` it, with its model's name.
template <typename Has, typename Part>
std::string section(const EvaluationReport& report, const char* title, Has has, Part part) {
    std::string text;
    for (size_t m = 0; m < report.models.size(); ++m)
        for (const TaskResult& result : report.models[m].results)
            if (has(result)) text += part(report.modelName(m), result);
    return text.empty() ? "" : "<h2>" + std::string(title) + "</h2>\n" + text;
}

std::string notesPart(const EvaluationReport& report) {
    std::string text;
    const auto add = [&](const std::string& note) { text += "<li>" + xmlText(note) + "</li>\n"; };
    for (const std::string& note : report.notes)
        add(note);
    for (size_t m = 0; m < report.models.size(); ++m) {
        const ModelEvaluation& model = report.models[m];
        const std::string name = report.modelName(m);
        if (!model.error.empty()) add(name + ": " + model.error);
        for (const FailedTask& failed : model.failed)
            add(name + ", " + nameOf(failed.task) + ": " + failed.reason);
        if (!model.unreadable.empty())
            add(name + ": " + counted(model.unreadable.size(), "picture") + " could not be read");
        if (model.notFinite > 0)
            add(name + ": " +
                counted(model.notFinite, "embedding is no number and counts as a miss",
                        "embeddings are no numbers and count as misses"));
        for (const TaskResult& result : model.results)
            for (const std::string& note : result.notes)
                add(name + ", " + nameOf(result.task) + ": " + note);
    }
    for (size_t m = 0; m < report.models.size(); ++m) {
        const ModelEvaluation& model = report.models[m];
        if (!model.error.empty()) continue;
        const std::string given = displayName(model.model);
        add(report.modelName(m) + (given == model.name ? "" : " (" + given + ")") + ": " + model.architecture + ", " +
            model.device + ", " + model.precision + ", " + counted(model.pictures, "picture") + " in " +
            Svg::number(model.seconds) + " s");
    }
    return "<h2>How it was done</h2>\n<ul>" + text + "</ul>\n";
}

}  // namespace

std::string evaluationHtml(const EvaluationReport& report) {
    const std::string title = "Evaluation on " + report.dataset;
    std::string text(kHead);
    text += "<title>" + xmlText(title) + "</title></head><body>\n<h1>" + xmlText(title) + "</h1>\n";
    const std::string intervals =
        report.draws == 0 ? "Nothing was resampled, so that there are no intervals."
                          : "Intervals are 95% of " + counted(static_cast<size_t>(report.draws), "resample") +
                                " of the pictures, the same for all models, so that differences are paired. ≈ differs "
                                "from the best within noise.";
    text += "<p class=\"quiet\">" + intervals + "</p>\n<div class=\"wide\">" + resultsSvg(report) + "</div>\n";
    if (const std::string chart = fewShotSvg(report); !chart.empty()) text += "<h2>Few-shot</h2>\n" + chart;
    const auto isZeroShot = [](const TaskResult& result) { return result.task == EvaluationTask::ZeroShot; };
    text += section(
        report, "Calibration", [](const auto& result) { return result.calibration.has_value(); }, calibrationPart);
    text += section(report, "Confusion", isZeroShot,
                    [&](const auto& model, const auto& result) { return confusionPart(report, model, result); });
    text += section(
        report, "Templates", [](const auto& result) { return result.templates.has_value(); }, templatesPart);
    text += section(
        report, "Labels that may be wrong", [](const auto& result) { return !result.suspected.empty(); },
        [&](const auto& model, const auto& result) { return suspectsPart(report, model, result); });
    text += section(
        report, "Word order",
        [](const auto& result) { return result.wordOrder && !result.wordOrder->examples.empty(); },
        [&](const auto& model, const auto& result) { return wordOrderPart(report, model, result); });
    text += "<h2>All figures</h2>\n<div class=\"wide\">" + comparisonTable(report) + "</div>\n";
    return text + notesPart(report) + "</body></html>\n";
}

}  // namespace diagonal
