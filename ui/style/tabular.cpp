// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/tabular.h"

#include <QFontMetricsF>
#include <QPainter>
#include <cmath>

namespace diagonal {

namespace {

qreal digitWidth(const QFontMetricsF& metrics) {
    qreal widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

/// Calls use(piece, isDigit) for each digit and each run of other characters.
template <typename Use>
void forPieces(const QString& text, Use use) {
    qsizetype start = 0;
    while (start < text.size()) {
        if (text[start].isDigit()) {
            use(text.mid(start, 1), true);
            ++start;
            continue;
        }
        qsizetype end = start;
        while (end < text.size() && !text[end].isDigit())
            ++end;
        use(text.mid(start, end - start), false);
        start = end;
    }
}

}  // namespace

qreal tabularWidth(const QFont& font, const QString& text) {
    const QFontMetricsF metrics(font);
    const qreal digit = digitWidth(metrics);
    qreal width = 0;
    forPieces(text,
              [&](const QString& piece, bool isDigit) { width += isDigit ? digit : metrics.horizontalAdvance(piece); });
    return width;
}

void drawTabular(QPainter& painter, const QRectF& area, const QString& text, Qt::Alignment alignment) {
    const QFontMetricsF metrics(painter.font());
    const qreal digit = digitWidth(metrics);
    const qreal width = tabularWidth(painter.font(), text);
    qreal x = area.x();
    if (alignment & Qt::AlignRight) x = area.right() - width;
    if (alignment & Qt::AlignHCenter) x = area.x() + (area.width() - width) / 2;
    qreal baseline = area.y() + (area.height() - metrics.height()) / 2 + metrics.ascent();
    if (alignment & Qt::AlignTop) baseline = area.y() + metrics.ascent();
    if (alignment & Qt::AlignBottom) baseline = area.bottom() - metrics.descent();
    baseline = std::round(baseline);
    // Pieces stand from left to right: in a mirrored window "<" would be drawn as ">".
    const Qt::LayoutDirection direction = painter.layoutDirection();
    painter.setLayoutDirection(Qt::LeftToRight);
    forPieces(text, [&](const QString& piece, bool isDigit) {
        const qreal advance = metrics.horizontalAdvance(piece);
        painter.drawText(QPointF(isDigit ? x + (digit - advance) / 2 : x, baseline), piece);
        x += isDigit ? digit : advance;
    });
    painter.setLayoutDirection(direction);
}

}  // namespace diagonal
