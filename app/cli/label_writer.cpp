// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_writer.h"

#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/inputs.h"

namespace diagonal::cli {

namespace {

constexpr size_t kRunnersUp = 2;

}  // namespace

LabelWriter::LabelWriter(LabelReport report, const ImageFiles& images)
    : m_report(std::move(report)),
      m_texts(m_report.labels, m_report.score, m_report.top),
      m_output(m_report.descriptor < 0 ? Output(m_report.out)
                                       : Output(m_report.descriptor, displayName(m_report.out))) {
    m_report.top = std::min(m_report.top, m_report.labels.size());
    if (m_report.format == Format::Csv) {
        m_names = CsvNames(m_output.isTerminal());
        for (const auto& file : images.files)
            m_names.prepare(file);
        for (const auto& failure : images.failures)
            m_names.prepare(failure.path);
        m_output.write(m_texts.csvHead(m_names));
    }
    if (m_report.format == Format::Table) measure(images);
    if (m_report.format == Format::Json) {
        // The whole document, cut where its results begin: those of a million pictures are not kept.
        const std::string empty = dump(m_texts.jsonDocument(m_report.model, m_report.temperature, Json::array()), 2);
        m_output.write(std::string_view(empty).substr(0, empty.rfind(']')));
    }
    for (const auto& failure : images.failures)
        addError(failure.path, failure.reason);
}

void LabelWriter::measure(const ImageFiles& images) {
    PathArray names = images.files;
    for (const auto& failure : images.failures)
        names.add(failure.path);
    if (!names.empty()) m_folder = sharedFolder(names, kMaxNameWidth);
    if (!m_folder.empty()) m_output.write("In " + displayName(m_folder) + ":\n");
    m_nameWidth = 5;
    for (const auto& name : names)
        m_nameWidth = std::max(m_nameWidth, displayWidth(shortName(name)));
    m_nameWidth = std::min(m_nameWidth, kMaxNameWidth);
    m_labelWidth = 10;
    for (const auto& label : m_texts.names())
        m_labelWidth = std::max(m_labelWidth, displayWidth(printable(label)));
    m_labelWidth = std::min(m_labelWidth, kMaxLabelWidth);
    std::string header = padded("IMAGE", m_nameWidth) + "  " + padded("BEST LABEL", m_labelWidth) + "  " +
                         (m_report.score == Score::Cosine ? " COSINE" : "  SCORE") + "  SURE?";
    if (m_report.top > 1) header += "   THEN";
    m_output.write(header + "\n");
}

std::string LabelWriter::shortName(const std::filesystem::path& file) const {
    return displayName(m_folder.empty() ? file : file.lexically_relative(m_folder));
}

std::string LabelWriter::shown(const LabelScore& score) const {
    return m_report.score == Score::Cosine ? fixed(score.cosine, 3) : formatProbability(score.probability);
}

void LabelWriter::addTableRow(const std::string& name, const std::vector<LabelScore>& bestFirst) {
    const auto label = [this](const LabelScore& score) {
        return shorten(printable(m_texts.names()[score.label]), kMaxLabelWidth);
    };
    std::string line = padded(shorten(name, m_nameWidth), m_nameWidth) + "  " +
                       padded(label(bestFirst.front()), m_labelWidth) + "  " +
                       padded(shown(bestFirst.front()), 7, true) + "  " + padded(m_texts.verdict(bestFirst), 6);
    for (size_t i = 1; i < std::min({m_report.top, bestFirst.size(), kRunnersUp + 1}); ++i)
        line += (i == 1 ? "  " : ", ") + label(bestFirst[i]) + " " + shown(bestFirst[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    m_output.write(line + "\n");
}

void LabelWriter::add(const std::filesystem::path& file, const std::vector<LabelScore>& bestFirst,
                      const std::vector<TemplateScore>& byTemplate) {
    if (m_report.format == Format::Table) {
        addTableRow(shortName(file), bestFirst);
        for (const auto& [promptTemplate, best] : byTemplate)
            m_output.write("    " + padded(shorten(m_texts.names()[best.label], m_labelWidth), m_labelWidth) + "  " +
                           padded(shown(best), 7, true) + "  with “" + printable(promptTemplate) + "”\n");
        return;
    }
    if (m_report.format == Format::Csv) {
        m_output.write(m_texts.csv(m_names, file, bestFirst));
        return;
    }
    Json result = m_texts.json(file, bestFirst);
    for (const auto& [promptTemplate, best] : byTemplate)
        result["by_template"].push_back({{"template", promptTemplate},
                                         {"label", m_texts.names()[best.label]},
                                         {"probability", best.probability},
                                         {"cosine", best.cosine}});
    addJson(result);
}

void LabelWriter::addJson(const Json& result) {
    if (m_report.format == Format::JsonLines) {
        m_output.write(dump(result) + "\n");
        return;
    }
    std::string text = m_hasResults ? ",\n    " : "\n    ";
    for (const char c : dump(result, 2)) {
        text += c;
        if (c == '\n') text += "    ";
    }
    m_output.write(text);
    m_hasResults = true;
}

void LabelWriter::addError(const std::filesystem::path& file, const std::string& reason) {
    if (m_report.format == Format::Table) {
        m_output.write(padded(shorten(shortName(file), m_nameWidth), m_nameWidth) + "  (" + printable(reason) + ")\n");
    } else if (m_report.format == Format::Csv) {
        m_output.write(m_texts.csvError(m_names, file, reason));
    } else {
        addJson(LabelFormat::jsonError(file, reason));
    }
}

void LabelWriter::finish() {
    if (m_report.format == Format::Json) m_output.write(m_hasResults ? "\n  ]\n}\n" : "]\n}\n");
    m_output.finish();
}

}  // namespace diagonal::cli
