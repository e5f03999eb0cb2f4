// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>
#include <QString>

namespace diagonal {

class Cell;

/// The thumbnail of a file in a cell, cropped to the area, rounded; decoded once for all places of `decoded` logical
/// pixels (0: the area's). A file that failed has a mark instead.
void paintThumbnail(const Cell& cell, const QRect& area, const QString& path, bool isFailed, int decoded = 0);

}  // namespace diagonal
