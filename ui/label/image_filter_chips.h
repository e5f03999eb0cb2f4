// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pictures/image_list.h"
#include "ui/widgets/chip.h"

namespace diagonal {

/// Chips of the verdicts with how many images each has; Failed and None alone where there are some.
class ImageFilterChips : public FilterChips {
    Q_OBJECT

  public:
    explicit ImageFilterChips(QWidget* parent = nullptr);
    void setCounts(const ImageCounts& counts);
    ImageFilter filter() const { return static_cast<ImageFilter>(currentIndex()); }
    /// With room for the largest numbers to come.
    int widestHint(const ImageCounts& counts, const std::vector<Label>& labels);
};

}  // namespace diagonal
