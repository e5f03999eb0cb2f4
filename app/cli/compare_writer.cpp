// SPDX-License-Identifier: Apache-2.0
#include "app/cli/compare_writer.h"

#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"

namespace diagonal::cli {

namespace {

constexpr size_t kPairsShown = 5;

std::string images(size_t count) {
    return grouped(count) + (count == 1 ? " image" : " images");
}

/// "The two agree on 38 of 42 images (90.5%). 2 images only in a.jsonl."
std::string summaryOf(const Comparison& comparison, const ComparisonTotals& totals) {
    std::string text = "The two agree on " + grouped(totals.agreeing) + " of " + images(totals.pictures) + " (" +
                       fixed(100 * totals.agreement(), 1) + "%).";
    if (comparison.onlyLeft > 0)
        text += " " + images(comparison.onlyLeft) + " only in " + displayName(comparison.left) + ".";
    if (comparison.onlyRight > 0)
        text += " " + images(comparison.onlyRight) + " only in " + displayName(comparison.right) + ".";
    if (comparison.errors > 0) text += " " + images(comparison.errors) + " with an error.";
    return text;
}

class Writer {
  public:
    Writer(const Comparison& comparison, const CompareReport& report)
        : m_comparison(comparison),
          m_totals(totalsOf(comparison.pictures)),
          m_output(report.out),
          m_shown(report.top == 0 ? comparison.pictures.size() : std::min(report.top, comparison.pictures.size())),
          m_shownFailures(report.top == 0 ? comparison.failures.size()
                                          : std::min(report.top - m_shown, comparison.failures.size())) {}

    void writeTable();
    void writeCsv();
    void writeJson();
    void writeLines();
    void finish() { m_output.finish(); }
    std::string summary() const { return summaryOf(m_comparison, m_totals); }

  private:
    /// Empty: none is given.
    std::string label(size_t number) const { return number == kNoLabel ? std::string() : m_comparison.labels[number]; }
    Json labelJson(size_t number) const { return number == kNoLabel ? Json() : Json(label(number)); }
    const std::string& image(const PictureComparison& one) const { return m_comparison.images[one.picture]; }
    std::string shownLabel(size_t number) const {
        return number == kNoLabel ? "(none)" : shorten(printable(label(number)), kMaxLabelWidth);
    }
    Json jsonOf(const PictureComparison& one) const;
    template <typename Use>
    void forEachJson(Use use) const;

    const Comparison& m_comparison;
    ComparisonTotals m_totals;
    Output m_output;
    size_t m_shown, m_shownFailures;
};

void Writer::writeTable() {
    std::vector<std::filesystem::path> names(m_comparison.images.begin(), m_comparison.images.end());
    for (const NotCompared& one : m_comparison.failures)
        names.emplace_back(one.image);
    const std::filesystem::path folder = sharedFolder(PathArray(names), kMaxNameWidth);
    const auto shownName = [&](const std::filesystem::path& name) {
        return shorten(displayName(folder.empty() ? name : name.lexically_relative(folder)), kMaxNameWidth);
    };
    const std::string left = shorten(displayName(m_comparison.left), kMaxLabelWidth),
                      right = shorten(displayName(m_comparison.right), kMaxLabelWidth);
    m_output.write(summary() + "\n");
    size_t pairs = 0;
    for (const LabelPairCount& pair : m_totals.pairs) {
        if (pair.left == pair.right || pairs == kPairsShown) continue;
        m_output.write((pairs++ == 0 ? "Most often: " : "            ") + shownLabel(pair.left) + " / " +
                       shownLabel(pair.right) + ", " + images(pair.pictures) + "\n");
    }
    if (!folder.empty()) m_output.write("In " + displayName(folder) + ":\n");
    std::vector<std::vector<std::string>> rows{{"IMAGE", "AGREE?", "DISTANCE", left, "", right, ""}};
    bool isCut = false;
    for (size_t i = 0; i < m_shown; ++i) {
        const PictureComparison& one = m_comparison.pictures[i];
        isCut = isCut || one.isAtLeast;
        rows.push_back({shownName(image(one)), one.agrees() ? "agree" : "differ",
                        (one.isAtLeast ? ">= " : "") + fixed(one.distance, 3), shownLabel(one.left.label),
                        formatProbability(one.left.probability), shownLabel(one.right.label),
                        formatProbability(one.right.probability)});
    }
    m_output.write("\n" + renderTable(rows, {2, 4, 6}));
    for (size_t i = 0; i < m_shownFailures; ++i)
        m_output.write(shownName(m_comparison.failures[i].image) + "  (" + printable(m_comparison.failures[i].reason) +
                       ")\n");
    if (isCut)
        console().note(
            "Note: a distance with >= is the least that is possible: not all labels are in the files (label "
            "--top 0 writes them).");
}

void Writer::writeCsv() {
    CsvNames names(m_output.isTerminal());
    for (const std::string& name : m_comparison.images)
        names.prepare(name);
    for (const NotCompared& one : m_comparison.failures)
        names.prepare(one.image);
    m_output.write("image,agree,distance,label_a,probability_a,label_b,probability_b,error" + names.head() + "\r\n");
    for (size_t i = 0; i < m_shown; ++i) {
        const PictureComparison& one = m_comparison.pictures[i];
        m_output.write(names.cell(image(one)) + (one.agrees() ? ",yes," : ",no,") + csvNumber(one.distance) + "," +
                       csvText(label(one.left.label)) + "," + csvNumber(one.left.probability) + "," +
                       csvText(label(one.right.label)) + "," + csvNumber(one.right.probability) + "," +
                       names.end(image(one)) + "\r\n");
    }
    for (size_t i = 0; i < m_shownFailures; ++i) {
        const NotCompared& one = m_comparison.failures[i];
        m_output.write(names.cell(one.image) + ",,,,,,," + csvText(one.reason) + names.end(one.image) + "\r\n");
    }
}

Json Writer::jsonOf(const PictureComparison& one) const {
    const auto side = [this](const LabelScore& score) -> Json {
        return {{"label", labelJson(score.label)}, {"probability", score.probability}};
    };
    Json result = namedImage(image(one));
    result["agree"] = one.agrees();
    result["distance"] = one.distance;
    result["distance_is_lower_bound"] = one.isAtLeast;
    result["a"] = side(one.left);
    result["b"] = side(one.right);
    return result;
}

template <typename Use>
void Writer::forEachJson(Use use) const {
    for (size_t i = 0; i < m_shown; ++i)
        use(jsonOf(m_comparison.pictures[i]));
    for (size_t i = 0; i < m_shownFailures; ++i) {
        Json result = namedImage(m_comparison.failures[i].image);
        result["error"] = m_comparison.failures[i].reason;
        use(std::move(result));
    }
}

void Writer::writeJson() {
    Json pairs = Json::array(), results = Json::array();
    for (const LabelPairCount& pair : m_totals.pairs)
        pairs.push_back({{"a", labelJson(pair.left)}, {"b", labelJson(pair.right)}, {"images", pair.pictures}});
    forEachJson([&](Json result) { results.push_back(std::move(result)); });
    m_output.write(dump({{"a", displayName(m_comparison.left)},
                         {"b", displayName(m_comparison.right)},
                         {"compared", m_totals.pictures},
                         {"agreeing", m_totals.agreeing},
                         {"agreement", m_totals.agreement()},
                         {"mean_distance", m_totals.meanDistance},
                         {"only_in_a", m_comparison.onlyLeft},
                         {"only_in_b", m_comparison.onlyRight},
                         {"errors", m_comparison.errors},
                         {"pairs", std::move(pairs)},
                         {"results", std::move(results)}},
                        2) +
                   "\n");
}

void Writer::writeLines() {
    forEachJson([&](const Json& result) { m_output.write(dump(result) + "\n"); });
}

}  // namespace

void writeComparison(const Comparison& comparison, const CompareReport& report) {
    Writer writer(comparison, report);
    if (report.format == Format::Table)
        writer.writeTable();
    else if (report.format == Format::Csv)
        writer.writeCsv();
    else if (report.format == Format::Json)
        writer.writeJson();
    else
        writer.writeLines();
    writer.finish();
    if (report.format != Format::Table || !report.out.empty()) console().note(writer.summary());
}

}  // namespace diagonal::cli
