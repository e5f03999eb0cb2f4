// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_export.h"

#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "ui/models/label_scoring.h"

namespace diagonal {

using Json = nlohmann::ordered_json;

void writeLabelCsv(const std::filesystem::path& file, const std::vector<ExportRow>& rows,
                   const std::vector<Label>& labels, const Scoring& scoring, const JobContext& job) {
    std::vector<std::string> names;
    for (const Label& label : labels)
        names.push_back(csvText(label.name()));
    AtomicFile out(file);
    out.write("image,rank,label,probability,cosine,error\r\n");
    for (size_t i = 0; i < rows.size(); ++i) {
        job.throwIfStopped();
        job.progress(static_cast<int64_t>(i), static_cast<int64_t>(rows.size()));
        const std::string image = csvText(rows[i].image);
        if (!rows[i].error.empty()) {
            out.write(image + ",,,,," + csvText(rows[i].error) + "\r\n");
            continue;
        }
        size_t rank = 0;
        for (const LabelScore& score : rankLabels(rows[i].cosines, scoring))
            out.write(image + "," + std::to_string(++rank) + "," + names[score.label] + "," +
                      csvNumber(score.probability) + "," + csvNumber(score.cosine) + ",\r\n");
    }
    job.progress(static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.size()));
    out.commit();
}

void writeLabelJson(const std::filesystem::path& file, const std::vector<ExportRow>& rows,
                    const std::vector<Label>& labels, const QString& model, const Scoring& scoring,
                    const JobContext& job) {
    const auto dump = [](const Json& json, int indent) {
        return json.dump(indent, ' ', false, Json::error_handler_t::replace);
    };
    const std::vector<std::string> names = namesOf(labels);
    // Results go out one by one: all at once would take many times the memory of their scores.
    std::string head = dump(
        {{"model", model.toStdString()}, {"labels", names}, {"temperature", scoring.temperature}, {"results", nullptr}},
        2);
    head.resize(head.rfind("null"));
    AtomicFile out(file);
    out.write(head + "[");
    for (size_t i = 0; i < rows.size(); ++i) {
        job.throwIfStopped();
        job.progress(static_cast<int64_t>(i), static_cast<int64_t>(rows.size()));
        Json result = {{"image", rows[i].image}};
        if (rows[i].error.empty()) {
            const auto ranked = rankLabels(rows[i].cosines, scoring);
            const bool isGiven = isAssigned(ranked, labels, scoring.score);
            result["label"] = isGiven ? Json(names[ranked.front().label]) : Json();
            result["sure"] = isSure(ranked);
            result["scores"] = Json::array();
            for (const LabelScore& score : ranked)
                result["scores"].push_back(
                    {{"label", names[score.label]}, {"probability", score.probability}, {"cosine", score.cosine}});
        } else {
            result["error"] = rows[i].error;
        }
        out.write(i == 0 ? "\n" : ",\n");
        for (const QString& line : QString::fromStdString(dump(result, 2)).split('\n'))
            out.write("    " + line.toStdString() + "\n");
    }
    job.progress(static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.size()));
    out.write("  ]\n}\n");
    out.commit();
}

}  // namespace diagonal
