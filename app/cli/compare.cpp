// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "app/cli/compare_writer.h"
#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_reader.h"
#include "app/cli/options.h"

namespace diagonal::cli {

namespace {

struct CompareOptions {
    std::string left, right, out;
    size_t top = 0;
    Format format = Format::Table;
    CLI::Option* formatOption = nullptr;
};

/// Gives the labels of both files one number each.
class LabelNumbers {
  public:
    std::vector<LabelScore> numbered(const std::vector<NamedScore>& scores, std::unordered_set<size_t>& seen) {
        std::vector<LabelScore> result;
        for (const NamedScore& score : scores) {
            const auto [at, isNew] = m_numbers.emplace(score.label, m_names.size());
            if (isNew) m_names.push_back(score.label);
            seen.insert(at->second);
            result.push_back({at->second, score.probability, 0});
        }
        return result;
    }
    const std::vector<std::string>& names() const { return m_names; }

  private:
    std::unordered_map<std::string, size_t> m_numbers;
    std::vector<std::string> m_names;
};

/// "cat", "dog" and 3 more
std::string listed(const std::vector<std::string>& names) {
    constexpr size_t kShown = 5;
    std::string text;
    for (size_t i = 0; i < std::min(names.size(), kShown); ++i)
        text += (i > 0 ? ", “" : "“") + printable(names[i]) + "”";
    if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
    return text;
}

void noteLabels(const std::string& file, const std::unordered_set<size_t>& here,
                const std::unordered_set<size_t>& there, const std::vector<std::string>& names) {
    std::vector<std::string> only;
    for (size_t label = 0; label < names.size(); ++label)
        if (here.contains(label) && !there.contains(label)) only.push_back(names[label]);
    if (!only.empty()) console().note("Note: labels that " + displayName(file) + " alone lists: " + listed(only) + ".");
}

Comparison compare(const CompareOptions& options, const LabelResults& left, const LabelResults& right) {
    Comparison comparison{options.left, options.right, {}, {}, {}, {}, 0, 0, 0};
    LabelNumbers numbers;
    std::unordered_set<size_t> seenLeft, seenRight;
    const auto fail = [&](const std::string& image, const std::string& reason) {
        comparison.failures.push_back({image, reason});
    };
    for (const LabelResult& a : left.results) {
        const auto row = right.rows.find(a.image);
        if (row == right.rows.end()) {
            ++comparison.onlyLeft;
            fail(a.image, "not in " + displayName(options.right));
            continue;
        }
        const LabelResult& b = right.results[row->second];
        if (!a.error.empty() || !b.error.empty()) {
            ++comparison.errors;
            fail(a.image, displayName(a.error.empty() ? options.right : options.left) + ": " +
                              (a.error.empty() ? b.error : a.error));
            continue;
        }
        comparison.images.push_back(a.image);
        const auto p = numbers.numbered(a.scores, seenLeft), q = numbers.numbered(b.scores, seenRight);
        comparison.pictures.push_back(
            compareRankings(comparison.images.size() - 1, p, q, !a.label.empty(), !b.label.empty()));
    }
    for (const LabelResult& b : right.results)
        if (!left.rows.contains(b.image)) {
            ++comparison.onlyRight;
            fail(b.image, "not in " + displayName(options.left));
        }
    comparison.labels = numbers.names();
    if (comparison.pictures.empty())
        throw Error(displayName(options.left) + " and " + displayName(options.right),
                    "no picture has labels in both: pictures are the same when their paths are",
                    "Label the same pictures by the same paths");
    if (std::ranges::none_of(seenLeft, [&](size_t label) { return seenRight.contains(label); }))
        throw Error(displayName(options.left) + " and " + displayName(options.right), "they have no label in common",
                    "Label the pictures with the same labels");
    noteLabels(options.left, seenLeft, seenRight, comparison.labels);
    noteLabels(options.right, seenRight, seenLeft, comparison.labels);
    std::ranges::sort(comparison.pictures, comesBefore);
    return comparison;
}

int runCompare(const CompareOptions& options) {
    const Format format =
        options.formatOption->count() > 0 ? options.format : formatOfFile(options.out, options.format);
    const LabelResults left = readLabelResults(options.left), right = readLabelResults(options.right);
    for (const auto* side : {&left, &right})
        for (const std::string& problem : side->problems)
            console().problem(problem);
    const Comparison comparison = compare(options, left, right);
    writeComparison(comparison, {options.out, format, options.top});
    const bool isWhole = left.problems.empty() && right.problems.empty() && comparison.errors == 0;
    return isWhole ? kDone : kSomeUnreadable;
}

}  // namespace

void addCompare(CLI::App& app, Program& program) {
    auto options = std::make_shared<CompareOptions>();
    CLI::App* command = app.add_subcommand("compare",
                                           "Compare two results of “label”: where they disagree first.\n\nTwo models, "
                                           "or one model with two prompts, on the "
                                           "same pictures. They agree where they give the\nsame label, or both "
                                           "none. The distance is half the sum of the differences "
                                           "of all probabilities:\n0 for equal ones, 1 for nothing in common.");
    command->add_option("a", options->left, "What “label” wrote as jsonl, json or csv")->required()->option_text("A");
    command->add_option("b", options->right, "The same of another model or prompt")->required()->option_text("B");
    command->add_option("--top", options->top, "Pictures to print, 0 for all (default: 0)")
        ->option_text("N")
        ->check(CLI::Range(0, 1000000000));
    command->add_option("-o,--out", options->out, "Write to a file instead; .csv, .json, .jsonl set the format")
        ->option_text("FILE");
    options->formatOption =
        addFormat(command, options->format, {Format::Table, Format::Csv, Format::Json, Format::JsonLines});
    addQuiet(command);
    command->footer(
        "  diagonal-cli label pictures/ --labels labels.txt --top 0 --model ViT-B/32 --out a.jsonl\n"
        "  diagonal-cli label pictures/ --labels labels.txt --top 0 --model ViT-L/14 --out b.jsonl\n"
        "  diagonal-cli compare a.jsonl b.jsonl --top 20");
    runs(command, program, options, runCompare);
}

}  // namespace diagonal::cli
