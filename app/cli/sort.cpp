// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_reader.h"
#include "app/cli/options.h"
#include "engine/image/folder_name.h"
#include "engine/image/sort_files.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"

namespace diagonal::cli {

namespace {

constexpr size_t kMostProblems = 20;

struct SortOptions {
    std::string from, to, undo, unsure, others;
    bool move = false, onlySure = false, dryRun = false;
    Format format = Format::Table;
};

std::string pictures(size_t count) {
    return grouped(count) + (count == 1 ? " picture" : " pictures");
}

void checkSure(const std::string& file, const std::vector<LabelResult>& labelled) {
    const auto tells = [](const LabelResult& one) { return !one.error.empty() || one.sure; };
    if (!std::ranges::all_of(labelled, tells))
        throw Error(displayName(file), "it holds one label a picture, which does not tell who is sure",
                    "Label with --top 2 or more, or with --format jsonl");
}

/// Which pictures go where; says what is left alone.
std::vector<SortItem> choose(const std::vector<LabelResult>& labelled, const SortOptions& options) {
    std::vector<SortItem> items;
    size_t unsure = 0, unassigned = 0, unreadable = 0;
    for (const LabelResult& one : labelled) {
        if (!one.error.empty()) {
            ++unreadable;
        } else if (one.label.empty()) {
            if (options.others.empty())
                ++unassigned;
            else
                items.push_back({one.image, options.others});
        } else if (one.sure.value_or(true) || (!options.onlySure && options.unsure.empty())) {
            items.push_back({one.image, labelFolderName(one.label)});
        } else if (options.onlySure) {
            ++unsure;
        } else {
            items.push_back({one.image, options.unsure});
        }
    }
    if (unsure > 0) console().note("Left alone: " + pictures(unsure) + " that the model is unsure of.");
    if (unassigned > 0) console().note("Left alone: " + pictures(unassigned) + " without an assigned label.");
    if (unreadable > 0) console().note("Left alone: " + pictures(unreadable) + " with an error instead of labels.");
    return items;
}

/// What becomes of each picture: its target, or why there is none.
class SortReport {
  public:
    SortReport(const SortPlan& plan, const SortOptions& options)
        : m_plan(plan), m_options(options), m_reasons(plan.files.size()) {}

    /// Takes over what happened. Returns how many pictures were not to be had.
    size_t take(const SortResult& result) {
        std::vector<bool> isDone(m_plan.files.size(), m_options.dryRun);
        for (const size_t index : result.done)
            isDone[index] = true;
        for (const auto& [index, reason] : result.failures)
            m_reasons[index] = reason;
        size_t failures = 0;
        for (size_t i = 0; i < m_plan.files.size(); ++i) {
            const PlannedFile& file = m_plan.files[i];
            const bool isBad = !m_reasons[i].empty() || isFailure(file.skip);
            if (file.skip != SortSkip::None) m_reasons[i] = describe(file.skip);
            if (m_reasons[i].empty() && !isDone[i]) m_reasons[i] = "interrupted";
            if (isBad) {
                ++failures;
                reportUnreadable(file.source, m_reasons[i]);
            }
        }
        return failures;
    }

    void write() const {
        Output output;
        if (m_options.format == Format::Json)
            output.write(json() + "\n");
        else if (m_options.format == Format::Csv)
            output.write(csv(output.isTerminal()));
        else
            output.write(m_options.dryRun ? fileTable() : folderTable());
        output.finish();
    }

  private:
    bool isBad(size_t i) const { return isFailure(m_plan.files[i].skip) || m_plan.files[i].skip == SortSkip::None; }
    const char* mode() const { return m_plan.mode == SortMode::Move ? "move" : "copy"; }

    std::string json() const {
        Json files = Json::array();
        for (size_t i = 0; i < m_plan.files.size(); ++i) {
            const PlannedFile& file = m_plan.files[i];
            Json one = namedImage(file.source);
            one["folder"] = file.folder;
            if (!file.target.empty()) setName(one, "target", file.target);
            if (!m_reasons[i].empty()) one[isBad(i) ? "error" : "skipped"] = m_reasons[i];
            files.push_back(std::move(one));
        }
        return dump({{"to", m_plan.destination.string()},
                     {"mode", mode()},
                     {"dry_run", m_options.dryRun},
                     {"files", std::move(files)}},
                    2);
    }

    std::string csv(bool forTerminal) const {
        CsvNames sources(forTerminal), targets(forTerminal);
        for (const PlannedFile& file : m_plan.files) {
            sources.prepare(file.source);
            targets.prepare(file.target);
        }
        std::string text = "image,folder,target,skipped,error" + sources.head() + targets.head("target_bytes") + "\r\n";
        for (size_t i = 0; i < m_plan.files.size(); ++i) {
            const PlannedFile& file = m_plan.files[i];
            const std::string reason = csvText(m_reasons[i]);
            text += sources.cell(file.source) + "," + csvText(file.folder) + "," + targets.cell(file.target) + "," +
                    (isBad(i) ? "," + reason : reason + ",") + sources.end(file.source) + targets.end(file.target) +
                    "\r\n";
        }
        return text;
    }

    std::string fileTable() const {
        std::vector<std::vector<std::string>> rows = {{"PICTURE", "GOES TO"}};
        for (size_t i = 0; i < m_plan.files.size(); ++i) {
            const PlannedFile& file = m_plan.files[i];
            rows.push_back({displayName(file.source),
                            m_reasons[i].empty() ? displayName(file.target.lexically_relative(m_plan.destination))
                                                 : "(" + m_reasons[i] + ")"});
        }
        return "To " + displayName(m_plan.destination) + ":\n" + renderTable(rows, {});
    }

    std::string folderTable() const {
        std::map<std::string, int64_t> counts;
        for (size_t i = 0; i < m_plan.files.size(); ++i)
            if (m_reasons[i].empty()) ++counts[m_plan.files[i].folder];
        if (counts.empty()) return {};
        std::vector<std::vector<std::string>> rows = {{"FOLDER", "PICTURES"}};
        for (const auto& [folder, count] : counts)
            rows.push_back({displayName(folder), grouped(count)});
        return renderTable(rows, {1});
    }

    const SortPlan& m_plan;
    const SortOptions& m_options;
    std::vector<std::string> m_reasons;
};

int runUndo(const SortOptions& options) {
    if (!options.from.empty() || !options.to.empty() || options.dryRun)
        throw UsageError("--undo takes back the last sort into a folder; give nothing beside it.");
    ProgressLine progress("pictures");
    const UndoResult result = undoSort(options.undo, {}, progress.job());
    console().clearLive();
    for (const auto* list : {&result.left, &result.failures})
        for (const auto& [file, reason] : *list)
            reportUnreadable(file, reason);
    console().note(pictures(result.undone.size()) +
                   (result.mode == SortMode::Move ? " moved back." : " removed again."));
    if (result.isCancelled) throw Cancelled();
    if (!result.failures.empty()) console().note("Once that is mended, the same command goes on.");
    return result.left.empty() && result.failures.empty() ? kDone : kSomeUnreadable;
}

int runSort(const SortOptions& options) {
    if (!options.undo.empty()) return runUndo(options);
    if (options.from.empty()) throw UsageError("--from: is needed, and is missing.");
    if (options.to.empty()) throw UsageError("--to: is needed, and is missing.");
    if (options.onlySure && !options.unsure.empty())
        throw UsageError("--only-sure and --unsure both say what becomes of unsure pictures: give one of them.");
    requireUtf8("--unsure", options.unsure);
    requireUtf8("--others", options.others);
    const LabelResults labels = readLabelResults(options.from);
    if (options.onlySure || !options.unsure.empty()) checkSure(options.from, labels.results);
    for (size_t i = 0; i < std::min(labels.problems.size(), kMostProblems); ++i)
        console().problem(labels.problems[i]);
    if (labels.problems.size() > kMostProblems)
        console().problem("… and " + grouped(labels.problems.size() - kMostProblems) + " more lines of " +
                          displayName(options.from));
    const auto items = choose(labels.results, options);
    ProgressLine progress("pictures");
    const SortPlan plan = planSort(items, options.to, options.move ? SortMode::Move : SortMode::Copy, progress.job());
    const SortResult result = options.dryRun ? SortResult{} : sortFiles(plan, progress.job());
    console().clearLive();
    SortReport report(plan, options);
    const size_t failures = report.take(result);
    report.write();
    if (!options.dryRun) {
        console().note(pictures(result.done.size()) + (options.move ? " moved into " : " copied into ") +
                       displayName(plan.destination) + "." +
                       (result.id.empty() ? "" : "\nUndo:  diagonal-cli sort --undo " + displayName(options.to)));
    }
    if (result.isCancelled) throw Cancelled();
    return failures == 0 && labels.problems.empty() ? kDone : kSomeUnreadable;
}

}  // namespace

void addSort(CLI::App& app, Program& program) {
    auto options = std::make_shared<SortOptions>();
    CLI::App* command =
        app.add_subcommand("sort",
                           "Sort pictures into folders by their label.\n\nTakes what label wrote, and copies (or "
                           "moves) each picture into a "
                           "folder named as its label.\nNothing is ever overwritten, and --undo takes a sort back.");
    command->add_option("--from", options->from, "What label wrote: a .jsonl, .json or .csv file")->option_text("FILE");
    command->add_option("--to", options->to, "The folder that the labels' folders are in, or will be")
        ->option_text("DIR");
    command->add_flag("--move", options->move, "Move the pictures instead of copying them");
    command->add_flag("--only-sure", options->onlySure, "Leave pictures alone that the model is unsure of");
    command->add_option("--unsure", options->unsure, "A folder for pictures that the model is unsure of")
        ->option_text("NAME");
    command
        ->add_option("--others", options->others,
                     "A folder for pictures without an assigned label (default: left alone)")
        ->option_text("NAME");
    command->add_flag("--dry-run", options->dryRun, "Print what would be done, and touch nothing");
    command->add_option("--undo", options->undo, "Take back the last sort into this folder")->option_text("DIR");
    addFormat(command, options->format, {Format::Table, Format::Csv, Format::Json});
    addQuiet(command);
    command->footer(
        "  diagonal-cli label pictures/ --labels labels.txt --out labels.jsonl --format jsonl\n"
        "  diagonal-cli sort --from labels.jsonl --to sorted --dry-run\n"
        "  diagonal-cli sort --from labels.jsonl --to sorted --only-sure\n"
        "  diagonal-cli sort --undo sorted");
    runs(command, program, options, runSort);
}

}  // namespace diagonal::cli
