// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sort_job.h"

#include <QCoreApplication>

#include "engine/image/folder_name.h"
#include "ui/base/paths.h"

namespace diagonal {

QString unsureFolder() {
    return QCoreApplication::translate("diagonal::SortDialog", "Unsure");
}

QString othersFolder() {
    return QCoreApplication::translate("diagonal::SortDialog", "Others");
}

SortCounts sortCounts(const ImageList& images, const std::vector<quint64>& ids) {
    SortCounts counts;
    for (const quint64 id : ids) {
        const int row = images.rowOf(id);
        if (row < 0) continue;
        const Verdict verdict = images.item(row).verdict();
        if (verdict == Verdict::Unsure) ++counts.unsure;
        if (verdict == Verdict::None) ++counts.others;
    }
    return counts;
}

SortJob makeSortJob(const ImageList& images, const std::vector<quint64>& ids, const SortChoices& choices) {
    using Unsure = SortChoices::Unsure;
    SortJob job;
    job.choices = choices;
    const std::string unsure = unsureFolder().toStdString(), others = othersFolder().toStdString();
    for (const quint64 id : ids) {
        const int row = images.rowOf(id);
        if (row < 0) continue;
        const ImageItem& image = images.item(row);
        const Verdict verdict = image.verdict();
        if (verdict == Verdict::Failed) {
            ++job.failed;
        } else if (verdict == Verdict::Waiting) {
            ++job.waiting;
        } else if (verdict == Verdict::None && !choices.othersToo) {
            ++job.othersLeft;
        } else if (verdict == Verdict::Unsure && choices.unsure == Unsure::Leave) {
            ++job.unsureLeft;
        } else {
            const bool isApart = verdict == Verdict::Unsure && choices.unsure == Unsure::Folder;
            job.items.push_back({toPath(image.path), verdict == Verdict::None ? others
                                                     : isApart                ? unsure
                                                               : labelFolderName(image.label.toStdString())});
            job.ids.push_back(image.id);
        }
    }
    return job;
}

}  // namespace diagonal
