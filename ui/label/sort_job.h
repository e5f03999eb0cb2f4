// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "engine/image/sort_files.h"
#include "ui/pictures/image_list.h"

namespace diagonal {

/// What the person wants of pictures that no folder is sure for.
struct SortChoices {
    enum class Unsure { Sort, Leave, Folder };
    QString destination;
    SortMode mode = SortMode::Copy;
    Unsure unsure = Unsure::Sort;
    bool othersToo = false;  ///< pictures without an assigned label go into a folder of their own
};

/// The pictures of a list that a sort is about, and how many it leaves alone.
struct SortJob {
    std::vector<SortItem> items;
    std::vector<quint64> ids;  ///< of each item's row
    SortChoices choices;
    int unsureLeft = 0, othersLeft = 0, waiting = 0, failed = 0;
};

struct SortCounts {
    int unsure = 0, others = 0;  ///< labelled pictures
};

/// ids: of the images that it is about.
SortCounts sortCounts(const ImageList& images, const std::vector<quint64>& ids);
SortJob makeSortJob(const ImageList& images, const std::vector<quint64>& ids, const SortChoices& choices);

/// Names of the folders for pictures that the labels' folders do not get.
QString unsureFolder();
QString othersFolder();

}  // namespace diagonal
