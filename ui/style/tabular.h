// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace diagonal {

/// Digits in the width of the widest digit, so that numbers below each other stand in columns (Qt 6.4 cannot switch a
/// font's tabular figures on). Everything that draws numbers goes through here.
qreal tabularWidth(const QFont& font, const QString& text);
/// Draws one line with the painter's font and pen.
void drawTabular(QPainter& painter, const QRectF& area, const QString& text,
                 Qt::Alignment alignment = Qt::AlignRight | Qt::AlignVCenter);

}  // namespace diagonal
