// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_export.h"

#include <algorithm>

#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "ui/base/paths.h"

namespace diagonal {

void writeComparisonCsv(const std::filesystem::path& file, const std::vector<ComparedPicture>& pictures,
                        const std::string& missing, const JobContext& job) {
    std::vector<PictureComparison> order;
    for (size_t i = 0; i < pictures.size(); ++i)
        if (const Comparison& one = pictures[i].comparison; one.isCurrent()) {
            order.push_back(*one.result);
            order.back().picture = i;
        }
    std::ranges::sort(order, comesBefore);
    CsvNames names;
    for (const ComparedPicture& one : pictures)
        names.prepare(toPath(one.path));
    AtomicFile out(file);
    out.write("image,agree,distance,label_a,probability_a,label_b,probability_b,error" + names.head() + "\r\n");
    for (const PictureComparison& one : order) {
        job.throwIfStopped();
        const Comparison& item = pictures[one.picture].comparison;
        const std::filesystem::path name = toPath(pictures[one.picture].path);
        out.write(names.cell(name) + (one.agrees() ? ",yes," : ",no,") + csvNumber(one.distance) + "," +
                  csvText(item.leftLabel.toStdString()) + "," + csvNumber(one.left.probability) + "," +
                  csvText(item.rightLabel.toStdString()) + "," + csvNumber(one.right.probability) + "," +
                  names.end(name) + "\r\n");
    }
    for (const ComparedPicture& one : pictures)
        if (const Comparison& item = one.comparison; !item.isCurrent())
            out.write(names.cell(toPath(one.path)) + ",,,,,,," +
                      csvText(item.isFailed() ? item.error.toStdString() : missing) + names.end(toPath(one.path)) +
                      "\r\n");
    out.commit();
}

}  // namespace diagonal
