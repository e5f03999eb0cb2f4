// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_export.h"

#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "ui/models/label_scoring.h"

namespace diagonal {

void writeLabelCsv(const std::filesystem::path& file, const std::vector<ExportRow>& rows, const QStringList& labels,
                   double temperature, const JobContext& job) {
    std::vector<std::string> names;
    for (const QString& label : labels)
        names.push_back(csvText(label.toStdString()));
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
        for (const LabelScore& score : rankLabels(rows[i].cosines, temperature))
            out.write(image + "," + std::to_string(++rank) + "," + names[score.label] + "," +
                      csvNumber(score.probability) + "," + csvNumber(score.cosine) + ",\r\n");
    }
    job.progress(static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.size()));
    out.commit();
}

}  // namespace diagonal
