// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_export.h"

#include <algorithm>

#include "engine/base/file.h"
#include "engine/inference/export.h"

namespace diagonal {

void writeComparisonCsv(const std::filesystem::path& file, const std::vector<ComparisonItem>& items,
                        const std::string& missing, const JobContext& job) {
    std::vector<PictureComparison> order;
    for (size_t i = 0; i < items.size(); ++i)
        if (items[i].isCompared() && !items[i].stale) {
            order.push_back(*items[i].result);
            order.back().picture = i;
        }
    std::ranges::sort(order, comesBefore);
    AtomicFile out(file);
    out.write("image,agree,distance,label_a,probability_a,label_b,probability_b,error\r\n");
    const auto name = [&](const ComparisonItem& one) { return csvText(one.path.toStdString()); };
    for (const PictureComparison& one : order) {
        job.throwIfStopped();
        const ComparisonItem& item = items[one.picture];
        out.write(name(item) + (one.agrees() ? ",yes," : ",no,") + csvNumber(one.distance) + "," +
                  csvText(item.leftLabel.toStdString()) + "," + csvNumber(one.left.probability) + "," +
                  csvText(item.rightLabel.toStdString()) + "," + csvNumber(one.right.probability) + ",\r\n");
    }
    for (const ComparisonItem& item : items)
        if (!item.isCompared() || item.stale)
            out.write(name(item) + ",,,,,,," + csvText(item.isFailed() ? item.error.toStdString() : missing) + "\r\n");
    out.commit();
}

}  // namespace diagonal
