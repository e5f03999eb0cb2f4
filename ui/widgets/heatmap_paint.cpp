// SPDX-License-Identifier: GPL-3.0-or-later
#include <QPainter>
#include <cmath>

#include "ui/style/paint.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

const QColor kRim(0x1B, 0x1B, 0x1D);

/// White with a dark rim: visible on every colour.
void paintRimmed(QPainter& painter, const QRectF& area, double line) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(kRim, line + 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(area);
    painter.setPen(QPen(Qt::white, line, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(area);
}

}  // namespace

void HeatmapView::paintEvent(QPaintEvent*) {
    if (m_rows == 0 || m_columns == 0) return;
    QPainter painter(this);
    paintCells(painter);
    paintFrames(painter);
    if (!m_bare) {
        paintRowHeads(painter);
        paintColumnHeads(painter);
        paintNotes(painter);
    }
    if (hasFocus()) paintFocus(painter, QRectF(m_area).adjusted(-3, -3, 3, 3), 3);
}

void HeatmapView::paintCells(QPainter& painter) {
    painter.save();
    painter.setClipRect(m_area);
    const QPointF corner = m_area.topLeft() - m_offset;
    painter.drawImage(QRectF(corner, QSizeF(cellSize() * m_columns, cellSize() * m_rows)), image());
    paintMissing(painter);
    if (cellSize() >= 12) {
        painter.setOpacity(0.16);
        const QColor line = colour(&Tokens::surface);
        for (int column = 1; column < m_columns; ++column)
            painter.fillRect(QRectF(cellRect(0, column).x(), m_area.y(), 1, m_area.height()), line);
        for (int row = 1; row < m_rows; ++row)
            painter.fillRect(QRectF(m_area.x(), cellRect(row, 0).y(), m_area.width(), 1), line);
    }
    painter.restore();
}

void HeatmapView::paintMissing(QPainter& painter) {
    // The 45 degree lines of a pattern start at the brush's origin: they go on from cell to cell.
    const QBrush hatch(colour(&Tokens::text3), Qt::FDiagPattern);
    painter.save();
    for (const QRect& run : m_missing)
        painter.fillRect(cellRect(run.top(), run.left()) | cellRect(run.bottom(), run.right()), hatch);
    painter.restore();
}

void HeatmapView::paintFrames(QPainter& painter) {
    painter.save();
    painter.setClipRect(m_area);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (m_current.x() >= 0 && !m_bare) {
        const QRectF cell = cellRect(m_current.y(), m_current.x());
        const double x = std::round(cell.center().x());
        const double y = std::round(cell.center().y());
        for (const auto& [grow, ink] : {std::pair{1.0, kRim}, std::pair{0.0, QColor(Qt::white)}}) {
            painter.fillRect(QRectF(m_area.x(), y - grow, m_area.width(), 1 + 2 * grow), ink);
            painter.fillRect(QRectF(x - grow, m_area.y(), 1 + 2 * grow, m_area.height()), ink);
        }
        const auto index = image().pixel(m_current);
        painter.fillRect(cell, QColor(index));
        painter.setRenderHint(QPainter::Antialiasing);
        paintRimmed(painter, cell.adjusted(1, 1, -1, -1), 2);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_bare && m_current.x() >= 0)
        paintRimmed(painter, cellRect(m_current.y(), m_current.x()).adjusted(0.5, 0.5, -0.5, -0.5), 1);
    painter.restore();
}

void HeatmapView::paintRowHeads(QPainter& painter) {
    if (!m_pictures) return;
    const Tokens& t = Theme::instance().tokens();
    const int wide = px(40);
    const int x = m_area.x() - wide - px(6);
    painter.save();
    painter.setClipRect(QRect(0, m_area.y() - 2, m_area.x(), m_area.height() + 4));
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (!showsDetails()) {
        // One strip says that rows have pictures, without a picture nobody could see.
        painter.fillRect(QRect(m_area.x() - px(6), m_area.y(), px(2), m_area.height()), t.bar);
        painter.restore();
        return;
    }
    for (int row = 0; row < m_rows; ++row) {
        const QRectF cell = cellRect(row, 0);
        if (cell.bottom() < m_area.top() || cell.top() > m_area.bottom()) continue;
        const QRectF place(x, cell.y() + 1, wide, cell.height() - 2);
        const QPixmap picture = m_pictures(row);
        if (picture.isNull()) {
            painter.fillRect(place, t.track);
        } else {
            // As much of the middle as fits the flat strip.
            const double scale = std::max(place.width() / picture.width(), place.height() / picture.height());
            const QSizeF part(place.width() / scale, place.height() / scale);
            const QRectF source(QPointF((picture.width() - part.width()) / 2, (picture.height() - part.height()) / 2),
                                part);
            painter.drawPixmap(place, picture, source);
        }
        if (m_current.y() == row) paintFrame(painter, place.adjusted(-2, -2, 2, 2), 3, Qt::transparent, t.accent, 2);
    }
    painter.restore();
}

void HeatmapView::paintColumnHeads(QPainter& painter) {
    if (m_columnNames.isEmpty()) return;
    const Tokens& t = Theme::instance().tokens();
    painter.save();
    if (!showsDetails()) {
        painter.fillRect(QRect(m_area.x(), m_area.y() - px(6), m_area.width(), px(2)), t.bar);
        painter.restore();
        return;
    }
    // The text climbs at 45 degrees: its length is the height it has, times the square root of two.
    const double room = (m_area.y() - px(10)) * M_SQRT2;
    for (int column = 0; column < std::min<int>(m_columns, static_cast<int>(m_columnNames.size())); ++column) {
        const QRectF cell = cellRect(0, column);
        if (cell.right() < m_area.left() + 1 || cell.left() > m_area.right()) continue;
        const bool current = column == m_current.x();
        painter.setFont(Theme::instance().font(12, current ? 600 : 400));
        painter.setPen(current ? t.accent : t.text);
        painter.save();
        painter.translate(cell.center().x() + px(2), m_area.y() - px(5));
        painter.rotate(-45);
        const double spare = (width() - cell.center().x() - px(4)) * M_SQRT2;
        const QString shown = painter.fontMetrics().elidedText(m_columnNames[column], Qt::ElideRight,
                                                               static_cast<int>(std::min(room, spare)));
        painter.drawText(QPointF(0, 0), shown);
        painter.restore();
    }
    painter.restore();
}

void HeatmapView::paintNotes(QPainter& painter) {
    const Tokens& t = Theme::instance().tokens();
    const QFont plain = Theme::instance().font(11);
    const QFont strong = Theme::instance().font(11, 600);
    const int right = m_area.x() - (m_pictures ? px(52) : px(6));
    qreal widest = 0;
    for (const QString& note : m_columnNotes.texts)
        widest = std::max(widest, tabularWidth(strong, note));
    const auto style = [&](const Notes& notes, int i, bool current) {
        const bool warn = static_cast<size_t>(i) < notes.warn.size() && notes.warn[static_cast<size_t>(i)];
        painter.setFont(warn || current ? strong : plain);
        painter.setPen(warn ? t.warn : current ? t.text : t.text2);
    };
    painter.save();
    painter.setFont(plain);
    painter.setPen(t.text2);
    if (showsDetails() && !m_rowNotes.texts.isEmpty()) {
        painter.drawText(QRect(0, m_area.y() - px(24), right, px(20)), Qt::AlignRight | Qt::AlignVCenter,
                         m_rowNotes.heading);
    }
    if (showsDetails() && !m_columnNotes.texts.isEmpty()) {
        painter.drawText(QRect(0, m_area.bottom() + px(3), right, px(18)), Qt::AlignRight | Qt::AlignVCenter,
                         m_columnNotes.heading);
    }
    if (showsDetails()) {
        for (int row = 0; row < std::min<int>(m_rows, static_cast<int>(m_rowNotes.texts.size())); ++row) {
            const QRectF cell = cellRect(row, 0);
            if (cell.center().y() < m_area.top() || cell.center().y() > m_area.bottom()) continue;
            style(m_rowNotes, row, row == m_current.y());
            drawTabular(painter, QRectF(0, cell.y(), right, cell.height()), m_rowNotes.texts[row]);
        }
        for (int column = 0; column < std::min<int>(m_columns, static_cast<int>(m_columnNotes.texts.size()));
             ++column) {
            const QRectF cell = cellRect(0, column);
            if (cell.center().x() < m_area.left() || cell.center().x() > m_area.right()) continue;
            style(m_columnNotes, column, column == m_current.x());
            // Where numbers would run into each other, that of the current column is left.
            if (widest + px(4) > cell.width() && column != m_current.x()) continue;
            drawTabular(painter, QRectF(cell.x() - px(8), m_area.bottom() + px(3), cell.width() + px(16), px(18)),
                        m_columnNotes.texts[column], Qt::AlignHCenter | Qt::AlignVCenter);
        }
    }
    painter.restore();
}

}  // namespace diagonal
