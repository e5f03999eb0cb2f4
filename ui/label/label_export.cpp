// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_export.h"

#include <QStringList>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/inference/label_format.h"
#include "ui/base/paths.h"
#include "ui/pictures/label_scoring.h"

namespace diagonal {

using OrderedJson = nlohmann::ordered_json;

void writeLabelCsv(const std::filesystem::path& file, const std::vector<ExportRow>& rows,
                   const std::vector<Label>& labels, const Scoring& scoring, const JobContext& job) {
    const LabelFormat texts(labels, scoring.score, labels.size());
    CsvNames names;
    for (const ExportRow& row : rows)
        names.prepare(row.image);
    AtomicFile out(file);
    out.write(texts.csvHead(names));
    for (size_t i = 0; i < rows.size(); ++i) {
        job.throwIfStopped();
        job.progress(static_cast<int64_t>(i), static_cast<int64_t>(rows.size()));
        out.write(rows[i].error.empty() ? texts.csv(names, rows[i].image, rankLabels(rows[i].cosines, scoring))
                                        : texts.csvError(names, rows[i].image, rows[i].error, rows[i].verdict()));
    }
    job.progress(static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.size()));
    out.commit();
}

void writeLabelJson(const std::filesystem::path& file, const std::vector<ExportRow>& rows,
                    const std::vector<Label>& labels, const QString& model, const Scoring& scoring,
                    const JobContext& job) {
    const auto dump = [](const OrderedJson& json, int indent) {
        return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
    };
    const LabelFormat texts(labels, scoring.score, labels.size());
    // Results go out one by one: all at once would take many times the memory of their scores.
    std::string head = dump(texts.jsonDocument(toPath(model).native(), scoring.temperature, nullptr), 2);
    head.resize(head.rfind("null"));
    AtomicFile out(file);
    out.write(head + "[");
    for (size_t i = 0; i < rows.size(); ++i) {
        job.throwIfStopped();
        job.progress(static_cast<int64_t>(i), static_cast<int64_t>(rows.size()));
        const OrderedJson result = rows[i].error.empty()
                                       ? texts.json(rows[i].image, rankLabels(rows[i].cosines, scoring))
                                       : LabelFormat::jsonError(rows[i].image, rows[i].error, rows[i].verdict());
        out.write(i == 0 ? "\n" : ",\n");
        for (const QString& line : QString::fromStdString(dump(result, 2)).split('\n'))
            out.write("    " + line.toStdString() + "\n");
    }
    job.progress(static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.size()));
    out.write("  ]\n}\n");
    out.commit();
}

}  // namespace diagonal
