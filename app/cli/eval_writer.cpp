// SPDX-License-Identifier: Apache-2.0
#include "app/cli/eval_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iterator>

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

/// What is printed of one group of columns: model, prompts, figures.
struct GroupTable {
    std::vector<std::vector<std::string>> rows;
    std::vector<size_t> numbers;  // columns that hold numbers
};

GroupTable groupTable(const EvaluationReport& report, const EvaluationTable& table, size_t first, size_t last) {
    GroupTable group{{{upper(table.columns[first].group), "PROMPTS"}}, {}};
    for (size_t c = first; c < last; ++c) {
        group.rows.front().push_back(upper(table.columns[c].head) + "  ");  // above the numbers, not above their marks
        group.numbers.push_back(c - first + 2);
    }
    for (size_t r = 0; r < table.rows.size(); ++r) {
        std::vector<std::string> cells{shorten(printable(report.modelName(table.rows[r].model)), kMaxNameWidth), ""};
        for (size_t c = first; c < last; ++c) {
            cells.push_back(cellText(table, r, c));
            if (const TaskResult* cell = table.rows[r].cells[c]; cell != nullptr)
                cells[1] = cell->prompts.empty() ? "–" : shorten(printable(cell->prompts), kMostPromptWidth);
        }
        if (!cells[1].empty()) group.rows.push_back(std::move(cells));
    }
    return group;
}

/// A table a group of columns; models and prompts are as wide in all of them.
std::string groupTables(const EvaluationReport& report, const EvaluationTable& table) {
    std::vector<GroupTable> groups;
    for (size_t first = 0; first < table.columns.size();) {
        size_t last = first;
        while (last < table.columns.size() && table.columns[last].group == table.columns[first].group)
            ++last;
        groups.push_back(groupTable(report, table, first, last));
        first = last;
    }
    size_t widths[2] = {};
    for (const GroupTable& group : groups)
        for (const auto& row : group.rows)
            for (size_t k = 0; k < 2; ++k)
                widths[k] = std::max(widths[k], displayWidth(row[k]));
    std::string text;
    for (GroupTable& group : groups) {
        for (auto& row : group.rows)
            for (size_t k = 0; k < 2; ++k)
                row[k] = padded(row[k], widths[k]);
        text += renderTable(group.rows, group.numbers) + "\n";
    }
    return text;
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
        const bool isProbe = result.task != EvaluationTask::ZeroShot;
        text += name + (isProbe ? ", " + nameOf(result.task) : "") + ": temperature " + fixed(c.temperature, 4) +
                ", fitted " + fixed(c.fittedTemperature, 4) + " (ECE " + percent(c.ece) + ", then " +
                percent(c.fittedEce) + "; on " + c.fittedOn + ").\n";
    }
    return text;
}

std::string otherNotes(const TaskResult& result, const std::string& name) {
    std::string text;
    if (result.task == EvaluationTask::LinearProbe) {
        text +=
            name + ": C " + shortNumber(result.c) +
            (result.tried.empty() ? ", not chosen.\n" : ", the best of " + grouped(result.tried.size()) + " tried.\n");
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
    if (table.columns.empty()) return "Nothing could be evaluated.\n";
    std::string text = groupTables(report, table) + "Shares in per cent";
    if (report.draws > 0)
        text += ", with the 95 % interval of " + counted(report.draws, "resample") + " of the pictures";
    const auto isCompared = [](const auto& standings) {
        return std::ranges::count_if(standings, [](const auto& one) { return one.has_value(); }) > 1;
    };
    text += std::ranges::any_of(table.standings, isCompared) ? ". * best, ≈ differs from it within noise.\n" : ".\n";
    const auto isByClass = [](const ModelEvaluation& model) {
        return std::ranges::any_of(model.results, [](const TaskResult& result) { return result.answers.size() > 0; });
    };
    if (std::ranges::any_of(report.models, isByClass))
        text += "Chance: " + percent(1.0 / static_cast<double>(report.classes.size())) + " of " +
                grouped(report.classes.size()) + " classes.\n";
    for (size_t m = 0; m < report.models.size(); ++m)
        for (const TaskResult& result : report.models[m].results) {
            const std::string name =
                printable(report.modelName(m)) + (result.prompts.empty() ? "" : ", " + printable(result.prompts));
            text += printable(classNotes(report, result, name)) + otherNotes(result, name);
        }
    return text;
}

void printReport(const EvaluationReport& report, Format format) {
    Output output;
    output.write(format == Format::Json  ? jsonText(report)
                 : format == Format::Csv ? evaluationCsv(report)
                                         : tableText(report));
    output.finish();
}

/// Whether it could be done; what went wrong is told.
bool isDone(const std::function<bool()>& write) {
    try {
        return write();
    } catch (const Error& error) {
        console().problem(error.what());
        return false;
    }
}

bool isWritten(const std::string& file, const char* what, const std::function<std::string()>& make) {
    return isDone([&] {
        writeFile(file, make());
        console().note(std::string(what) + ": " + displayName(file));
        return true;
    });
}

/// Whether all files are there.
bool isFolderWritten(const EvaluationReport& report, const std::string& out) {
    const WrittenEvaluation written = writeEvaluationFolder(report, {report}, out, pngOfSvg);
    std::string names;
    for (const std::string& name : written.files)
        names += name + ", ";
    if (!names.empty() || written.documents > 0)
        console().note("Results in " + displayName(out) + ": " + names + "and " +
                       counted(written.documents, "JSON file") + " in CLIP_benchmark's fields.");
    if (!written.pngProblem.empty()) console().note("Note: " + written.pngProblem);
    for (const Error& failure : written.failures)
        console().problem(failure.what());
    return written.failures.empty();
}

bool isOutWritten(const EvaluationReport& report, const std::string& out) {
    if (isFolder(out)) return isDone([&] { return isFolderWritten(report, out); });
    const std::string ending = endingOf(out);
    return isWritten(out, "Results", [&] {
        return ending == ".json"  ? jsonText(report)
               : ending == ".csv" ? evaluationCsv(report)
               : ending == ".svg" ? resultsSvg(report)
               : ending == ".png" ? pngOfSvg(resultsSvg(report))
                                  : evaluationHtml(report);
    });
}

void checkFile(const std::string& option, const std::string& file) {
    if (isFolder(file)) throw Error(option, "“" + displayName(file) + "” is a folder", "Give the name of a file");
    const AtomicFile probe(file);  // made under another name, and gone again
}

void checkOut(const std::string& out) {
    if (isFolder(out)) {
        std::error_code failure;
        fs::create_directories(out, failure);
        if (failure) throw Error(displayName(out), "the folder cannot be made: " + failure.message());
        checkFile("--out", (fs::path(out) / "report.html").string());
        return;
    }
    const std::string ending = endingOf(out);
    constexpr const char* kKnown[] = {".json", ".csv", ".html", ".svg", ".png"};
    if (std::ranges::find(kKnown, ending) == std::end(kKnown))
        throw UsageError("--out: “" + displayName(out) +
                         "” ends with none of .json, .csv, .html, .svg, .png; a folder ends with /.");
    if (ending == ".png") pngOfSvg(R"(<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>)");
    checkFile("--out", out);
}

}  // namespace

void checkTargets(const ReportTargets& targets) {
    const std::string* const files[] = {&targets.out, &targets.answers, &targets.suspects};
    constexpr const char* kOptions[] = {"--out", "--answers", "--suspects"};
    for (size_t i = 0; i < std::size(files); ++i)
        for (size_t k = i + 1; k < std::size(files); ++k)
            if (!files[i]->empty() && fs::path(*files[i]).lexically_normal() == fs::path(*files[k]).lexically_normal())
                throw UsageError(std::string(kOptions[k]) + ": is the file of " + kOptions[i] + " too.");
    if (!targets.out.empty()) checkOut(targets.out);
    for (size_t i = 1; i < std::size(files); ++i)
        if (!files[i]->empty()) checkFile(kOptions[i], *files[i]);
}

bool writeReport(const EvaluationReport& report, const ReportTargets& targets) {
    bool isWhole = true;
    if (!targets.answers.empty())
        isWhole &= isWritten(targets.answers, "What was said of each picture", [&] { return answersCsv(report); });
    if (!targets.suspects.empty())
        isWhole &= isWritten(targets.suspects, "Labels that may be wrong", [&] { return suspectsCsv(report); });
    if (!targets.out.empty()) {
        if (isOutWritten(report, targets.out)) return isWhole;
        isWhole = false;
        console().note("The results follow on standard output.");
    }
    const bool isPrinted = isDone([&] {
        printReport(report, targets.format);
        return true;
    });
    return isWhole && isPrinted;
}

}  // namespace diagonal::cli
