// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sort_job.h"

#include <QCoreApplication>

#include "engine/image/folder_name.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

enum class Kind { Sure, Unsure, Other, Waiting, Failed };

Kind kindOf(const ImageItem& image) {
    if (image.isFailed()) return Kind::Failed;
    if (image.waiting || image.stale || !image.hasScores()) return Kind::Waiting;
    if (!image.assigned) return Kind::Other;
    return image.top.sure ? Kind::Sure : Kind::Unsure;
}

}  // namespace

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
        const Kind kind = kindOf(images.item(row));
        if (kind == Kind::Unsure) ++counts.unsure;
        if (kind == Kind::Other) ++counts.others;
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
        const Kind kind = kindOf(image);
        if (kind == Kind::Failed) {
            ++job.failed;
        } else if (kind == Kind::Waiting) {
            ++job.waiting;
        } else if (kind == Kind::Other && !choices.othersToo) {
            ++job.othersLeft;
        } else if (kind == Kind::Unsure && choices.unsure == Unsure::Leave) {
            ++job.unsureLeft;
        } else {
            const bool isApart = kind == Kind::Unsure && choices.unsure == Unsure::Folder;
            job.items.push_back({toPath(image.path), kind == Kind::Other ? others
                                                     : isApart           ? unsure
                                                                         : labelFolderName(image.label.toStdString())});
            job.ids.push_back(image.id);
        }
    }
    return job;
}

}  // namespace diagonal
