// SPDX-License-Identifier: Apache-2.0
#include "app/cli/eval_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/svg_png.h"
#include "engine/base/text.h"
#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/evaluation_files.h"
#include "engine/evaluation/evaluation_folder.h"
#include "engine/evaluation/evaluation_report.h"

namespace diagonal::cli {

namespace {

namespace fs = std::filesystem;

constexpr size_t kShownConfusions = 3, kMostPromptWidth = 24;

bool isFolder(const std::string& out) {
    std::error_code failure;
    return out.ends_with('/') || fs::is_directory(out, failure);
}

std::string endingOf(const std::string& out) {
    return lowered(fs::path(out).extension().string());
}

std::string jsonText(const EvaluationReport& report) {
    const auto documents = benchmarkDocuments(report);
    if (documents.size() == 1) return dump(documents.front().json, 2) + "\n";
    Json list = Json::array();
    for (const auto& document : documents)
        list.push_back(document.json);
    return dump(list, 2) + "\n";
}

/// Three digits: "0.0178", "31.6", "1e+06".
std::string shortNumber(double value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::general, 3).ptr};
}

std::string percent(double value) {
    return std::isnan(value) ? "–" : fixed(100 * value, 1) + " %";
}

/// "83.1  81.9–84.2", with ≈ where the difference to the best is within noise, and * for the best of several.
std::string cellText(const EvaluationTable& table, size_t row, size_t column) {
    const Metric* metric = table.metric(row, column);
    if (metric == nullptr) return "";
    std::string text = shownValue(table.columns[column], metric->value);
    if (std::isfinite(metric->ci95.low) && metric->ci95.high > metric->ci95.low)
        text += "  " + shownValue(table.columns[column], metric->ci95.low) + "–" +
                shownValue(table.columns[column], metric->ci95.high);
    const auto& standing = table.standings[column][row];
    const auto compared =
        std::ranges::count_if(table.standings[column], [](const auto& one) { return one.has_value(); });
    return text + (compared < 2 || !standing ? "  " : standing->isBest ? " *" : standing->isWithinNoise ? " ≈" : "  ");
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

/// The columns of one group.
std::string groupTable(const EvaluationReport& report, const EvaluationTable& table, size_t first, size_t last) {
    std::vector<std::vector<std::string>> rows{{upper(table.columns[first].group), "PROMPTS"}};
    std::vector<size_t> numbers;
    for (size_t c = first; c < last; ++c) {
        rows.front().push_back(upper(table.columns[c].head));
        numbers.push_back(c - first + 2);
    }
    for (size_t r = 0; r < table.rows.size(); ++r) {
        std::vector<std::string> cells{shorten(printable(report.models[table.rows[r].model].model), kMaxNameWidth),
                                       shorten(printable(table.rows[r].prompts), kMostPromptWidth)};
        bool hasAny = false;
        for (size_t c = first; c < last; ++c) {
            cells.push_back(cellText(table, r, c));
            hasAny = hasAny || table.metric(r, c) != nullptr;
        }
        if (hasAny) rows.push_back(std::move(cells));
    }
    return renderTable(rows, numbers) + "\n";
}

std::string classNotes(const EvaluationReport& report, const TaskResult& result, const std::string& name) {
    std::string text;
    if (result.task == EvaluationTask::ZeroShot) {
        std::string pairs;
        for (const auto& pair : mostConfused(result.answers, kShownConfusions))
            pairs += (pairs.empty() ? "" : ", ") + report.className(pair.truth) + " as " +
                     report.className(pair.predicted) + " (" + grouped(pair.count) + ")";
        if (!pairs.empty()) text += name + ": most confused " + pairs + ".\n";
    }
    if (result.calibration) {
        const Calibration& c = *result.calibration;
        text += name + ": temperature " + fixed(c.temperature, 4) + ", fitted " + fixed(c.fittedTemperature, 4) +
                " (ECE " + percent(c.ece) + ", then " + percent(c.fittedEce) + "; on " + c.fittedOn + ").\n";
    }
    return text;
}

std::string otherNotes(const TaskResult& result, const std::string& name) {
    std::string text;
    if (result.task == EvaluationTask::LinearProbe) {
        text += name + ": C " + shortNumber(result.c) +
                (result.tried.empty() ? ", not chosen.\n" : " of " + grouped(result.tried.size()) + " tried.\n");
        if (!result.suspected.empty())
            text += name + ": " + counted(result.suspected.size(), "label") +
                    " may be wrong: zero-shot and probe surely agree on another. --suspects FILE lists them.\n";
    }
    if (result.fewShot) {
        const FewShotCurve& curve = *result.fewShot;
        text += name + ": zero-shot (" + percent(curve.zeroShot) + ") is worth ";
        text += curve.shotsWorth == 0             ? "less than the fewest"
                : std::isfinite(curve.shotsWorth) ? "about " + fixed(curve.shotsWorth, curve.shotsWorth < 10 ? 1 : 0)
                                                  : "more than the most";
        text += " labelled pictures a class.\n";
    }
    if (result.templates) {
        text += name + ": chosen on " + result.templates->chosenOn + ":\n";
        for (const TemplateScore& one : result.templates->greedy)
            text += "  " + padded(percent(one.withEarlier), 8, true) + "  " +
                    printable(result.templates->templates[one.number]) + "\n";
    }
    if (result.wordOrder)
        text += name + ": " + counted(result.wordOrder->nounPairs, "caption") + " with two nouns exchanged, " +
                grouped(result.wordOrder->adjectivePairs) + " with two adjectives; chance is 50 %.\n";
    return text;
}

std::string tableText(const EvaluationReport& report) {
    const EvaluationTable table = tableOf(report);
    std::string text;
    for (size_t first = 0; first < table.columns.size();) {
        size_t last = first;
        while (last < table.columns.size() && table.columns[last].group == table.columns[first].group)
            ++last;
        text += groupTable(report, table, first, last);
        first = last;
    }
    if (table.columns.empty()) return "Nothing could be evaluated.\n";
    text += "Shares in per cent, with the 95 % interval of " + grouped(report.draws) +
            " resamples of the pictures. * best, ≈ differs from it within noise.\n";
    const auto isByClass = [](const ModelEvaluation& model) {
        return std::ranges::any_of(model.results, [](const TaskResult& result) { return result.answers.size() > 0; });
    };
    if (std::ranges::any_of(report.models, isByClass))
        text += "Chance: " + percent(1.0 / static_cast<double>(report.classes.size())) + " of " +
                grouped(report.classes.size()) + " classes.\n";
    for (const ModelEvaluation& model : report.models)
        for (const TaskResult& result : model.results) {
            const std::string name =
                printable(model.model) + (result.prompts.empty() ? "" : ", " + printable(result.prompts));
            text += printable(classNotes(report, result, name)) + otherNotes(result, name);
        }
    return text;
}

void writeWhole(const fs::path& file, const std::string& text) {
    Output output(file.string());
    output.write(text);
    output.finish();
}

}  // namespace

void checkReportTarget(const std::string& out) {
    if (out.empty() || isFolder(out)) return;
    const std::string ending = endingOf(out);
    for (const char* known : {".json", ".csv", ".html", ".svg", ".png"})
        if (ending == known) return;
    throw UsageError("--out: “" + out + "” ends with none of .json, .csv, .html, .svg, .png; a folder ends with /.");
}

void writeReport(const EvaluationReport& report, const std::string& out, Format format) {
    if (out.empty()) {
        Output output;
        output.write(format == Format::Json  ? jsonText(report)
                     : format == Format::Csv ? evaluationCsv(report)
                                             : tableText(report));
        output.finish();
        return;
    }
    if (!isFolder(out)) {
        const std::string ending = endingOf(out);
        writeWhole(out, ending == ".json"  ? jsonText(report)
                        : ending == ".csv" ? evaluationCsv(report)
                        : ending == ".svg" ? resultsSvg(report)
                        : ending == ".png" ? pngOfSvg(resultsSvg(report))
                                           : evaluationHtml(report));
        console().note("Results: " + displayName(out));
        return;
    }
    const WrittenEvaluation written = writeEvaluationFolder(report, {report}, out, pngOfSvg);
    std::string names;
    for (const std::string& name : written.files)
        names += name + ", ";
    console().note("Results in " + displayName(out) + ": " + names + "and " + counted(written.documents, "JSON file") +
                   " in CLIP_benchmark's fields.");
    if (!written.pngProblem.empty()) console().note("Note: " + written.pngProblem);
}

}  // namespace diagonal::cli
