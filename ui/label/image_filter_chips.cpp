// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/image_filter_chips.h"

#include <algorithm>

namespace diagonal {

ImageFilterChips::ImageFilterChips(QWidget* parent) : FilterChips(parent) {
    addChip(tr("All"));
    addChip(tr("Sure"));
    addChip(tr("Unsure"));
    setHiddenWhenZero(addChip(tr("Failed")));
    setHiddenWhenZero(addChip(tr("None")), false);  // the last: nothing moves when it comes
    setCurrentIndex(0);
    setAccessibleName(tr("Which images are shown"));
}

void ImageFilterChips::setCounts(const ImageCounts& counts) {
    const int shown[] = {counts.all, counts.sure, counts.unsure, counts.failed, counts.none};
    for (int chip = 0; chip < count(); ++chip)
        setCount(chip, shown[chip]);
}

int ImageFilterChips::widestHint(const ImageCounts& counts, const std::vector<Label>& labels) {
    ImageCounts most = counts;
    most.sure = most.unsure = counts.all;
    if (std::ranges::any_of(labels, [](const Label& label) { return label.isNegative || label.threshold; }))
        most.none = counts.all;
    setCounts(most);
    const int width = sizeHint().width();
    setCounts(counts);
    return width;
}

}  // namespace diagonal
