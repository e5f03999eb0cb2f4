// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSplitter>
#include <utility>
#include <vector>

namespace diagonal {

/// Parts beside or below each other, with their size at first in logical pixels. The handle between them stays where
/// the person puts it (key: of the settings); more room goes to the part `grows`.
QSplitter* makeSplitter(Qt::Orientation orientation, const QString& key,
                        const std::vector<std::pair<QWidget*, int>>& parts, int grows);

}  // namespace diagonal
