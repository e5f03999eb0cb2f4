// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <string_view>

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

std::string td(std::string_view text, bool isNumber = false) {
    return std::string(isNumber ? "<td class=\"n\">" : "<td>") + xmlText(text) + "</td>";
}

std::string headRow(const std::vector<std::string>& names, size_t firstNumber) {
    std::string row = "<tr>";
    for (size_t i = 0; i < names.size(); ++i)
        row += std::string(i >= firstNumber ? "<th class=\"n\">" : "<th>") + xmlText(names[i]) + "</th>";
    return row + "</tr>\n";
}

std::string titleOf(const ModelEvaluation& model, const TaskResult& result) {
    return "<h3>" + xmlText(model.model + (result.prompts.empty() ? "" : ", " + result.prompts)) + "</h3>\n";
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
                    td(report.models[table.rows[r].model].model) + td(table.rows[r].prompts) +
                    td(shownValue(table.columns[c], metric->value), true) +
                    td(shownValue(table.columns[c], metric->ci95.low) + " to " +
                       shownValue(table.columns[c], metric->ci95.high)) +
                    td(standing ? describe(*standing, table.columns[c].isShare) : "measured on other pictures") +
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
        text += ": its answers above " + percentText(calibration.bins.back().low) + " say " +
                percentText(said / count) + " on average and are right " + percentText(right / count) + " of the time";
    return text + ".";
}

std::string calibrationPart(const ModelEvaluation& model, const TaskResult& result) {
    const Calibration& c = *result.calibration;
    return titleOf(model, result) + "<p>" + xmlText(verdictOf(c)) + " Fitted on " + xmlText(c.fittedOn) +
           "; no answer changes, only how sure it is.</p>\n" + reliabilitySvg(c) + "<table>" +
           headRow({"", "model's", "fitted"}, 1) + "<tr>" + td("Temperature") + td(fixedText(c.temperature, 4), true) +
           td(fixedText(c.fittedTemperature, 4), true) + "</tr><tr>" + td("ECE") + td(percentText(c.ece), true) +
           td(percentText(c.fittedEce), true) + "</tr><tr>" + td("Log loss") + td(fixedText(c.logLoss, 3), true) +
           td(fixedText(c.fittedLogLoss, 3), true) + "</tr></table>\n";
}

std::string confusionPart(const EvaluationReport& report, const ModelEvaluation& model, const TaskResult& result) {
    std::string text = titleOf(model, result) + "<div class=\"wide\">" +
                       confusionSvg(result.answers, report.classes, kMostClasses) + "</div><table>" +
                       headRow({"Label", "Answered", "Pictures"}, 2);
    for (const ClassConfusion& pair : mostConfused(result.answers, 12))
        text += "<tr>" + td(report.className(pair.truth)) + td(report.className(pair.predicted)) +
                td(std::to_string(pair.count), true) + "</tr>\n";
    return text + "</table>\n";
}

std::string templatesPart(const ModelEvaluation& model, const TaskResult& result) {
    const TemplateChoice& choice = *result.templates;
    std::string text = titleOf(model, result) + "<p>Chosen on " + xmlText(choice.chosenOn) +
                       ", each next the one that helps most.</p><table>" +
                       headRow({"Template", "alone", "with those above"}, 1);
    for (const TemplateScore& one : choice.greedy)
        text += "<tr>" + td(choice.templates[one.number]) + td(percentText(one.alone), true) +
                td(percentText(one.withEarlier), true) + "</tr>\n";
    return text + "</table>\n";
}

std::string suspectsPart(const EvaluationReport& report, const ModelEvaluation& model, const TaskResult& result) {
    std::string text =
        titleOf(model, result) + "<table>" + headRow({"Picture", "Label", "Both say", "zero-shot", "probe"}, 3);
    for (size_t i = 0; i < std::min(kMostLines, result.suspected.size()); ++i) {
        const SuspectedLabel& one = result.suspected[i];
        text += "<tr>" + td(report.pictures[one.picture]) + td(report.className(one.label)) +
                td(report.className(one.answer)) + td(percentText(one.zeroShot), true) +
                td(percentText(one.probe), true) + "</tr>\n";
    }
    text += "</table>\n";
    if (result.suspected.size() > kMostLines)
        text += "<p class=\"quiet\">" + std::to_string(result.suspected.size() - kMostLines) + " more</p>\n";
    return text;
}

std::string wordOrderPart(const EvaluationReport& report, const ModelEvaluation& model, const TaskResult& result) {
    std::string text = titleOf(model, result) + "<table>" +
                       headRow({"Picture", "Caption", "Preferred with words exchanged", "cosine", "exchanged"}, 3);
    const auto& examples = result.wordOrder->examples;
    for (size_t i = 0; i < std::min(kMostLines / 2, examples.size()); ++i)
        text += "<tr>" + td(report.pictures[examples[i].picture]) + td(examples[i].caption) + td(examples[i].swapped) +
                td(fixedText(examples[i].cosine, 3), true) + td(fixedText(examples[i].swappedCosine, 3), true) +
                "</tr>\n";
    return text + "</table>\n";
}

/// A section with what `part` makes of each result that `has` it.
template <typename Has, typename Part>
std::string section(const EvaluationReport& report, const char* title, Has has, Part part) {
    std::string text;
    for (const ModelEvaluation& model : report.models)
        for (const TaskResult& result : model.results)
            if (has(result)) text += part(model, result);
    return text.empty() ? "" : "<h2>" + std::string(title) + "</h2>\n" + text;
}

std::string notesPart(const EvaluationReport& report) {
    std::string text;
    const auto add = [&](const std::string& note) { text += "<li>" + xmlText(note) + "</li>\n"; };
    for (const std::string& note : report.notes)
        add(note);
    for (const ModelEvaluation& model : report.models) {
        if (!model.error.empty()) add(model.model + ": " + model.error);
        for (const FailedTask& failed : model.failed)
            add(model.model + ", " + nameOf(failed.task) + ": " + failed.reason);
        if (!model.unreadable.empty())
            add(model.model + ": " + std::to_string(model.unreadable.size()) + " pictures could not be read");
        if (model.notFinite > 0)
            add(model.model + ": " + std::to_string(model.notFinite) +
                " embeddings are no numbers; they count as misses");
        for (const TaskResult& result : model.results)
            for (const std::string& note : result.notes)
                add(model.model + ", " + nameOf(result.task) + ": " + note);
    }
    for (const ModelEvaluation& model : report.models)
        if (model.error.empty())
            add(model.model + ": " + model.architecture + ", " + model.device + ", " + model.precision + ", " +
                std::to_string(model.pictures) + " pictures in " + Svg::number(model.seconds) + " s");
    return "<h2>How it was done</h2>\n<ul>" + text + "</ul>\n";
}

}  // namespace

std::string evaluationHtml(const EvaluationReport& report) {
    const std::string title = "Evaluation on " + report.dataset;
    std::string text(kHead);
    text += "<title>" + xmlText(title) + "</title></head><body>\n<h1>" + xmlText(title) + "</h1>\n";
    text += "<p class=\"quiet\">Intervals are 95% of " + std::to_string(report.draws) +
            " resamples of the pictures, the same for all models, so that differences are paired. ≈ differs from the "
            "best within noise.</p>\n<div class=\"wide\">" +
            resultsSvg(report) + "</div>\n";
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
