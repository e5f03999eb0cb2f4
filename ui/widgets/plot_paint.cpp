// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <iterator>
#include <limits>

#include "ui/style/paint.h"
#include "ui/widgets/plot_impl.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

void paintDot(QPainter& painter, const QPointF& middle, const QColor& fill) {
    painter.setPen(QPen(colour(&Tokens::surface), 1.5));
    painter.setBrush(fill);
    painter.drawEllipse(middle, 4, 4);
}

QPen dashes(const QColor& colour, double width) {
    QPen pen(colour, width);
    pen.setDashPattern({5 / width, 4 / width});
    pen.setCapStyle(Qt::FlatCap);
    return pen;
}

}  // namespace

PlotLegend::PlotLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void PlotLegend::setEntries(const QList<Entry>& entries) {
    m_entries = entries;
    QStringList spoken;
    for (const Entry& entry : entries)
        spoken.append(entry.name + QLatin1Char(' ') + entry.value);
    setAccessibleName(spoken.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

int PlotLegend::entryWidth(const Entry& entry, const Detail& detail) {
    const QFontMetrics plain(Theme::instance().font(12));
    const QString strong = entry.value.section(QStringLiteral("  "), 0, 0);
    const QString quiet = entry.value.section(QStringLiteral("  "), 1);
    int width = qRound(tabularWidth(Theme::instance().font(12, 600), strong)) + px(2);
    if (detail.second && !quiet.isEmpty()) width += px(8) + qRound(tabularWidth(Theme::instance().font(12), quiet));
    if (entry.name.isEmpty()) return width;
    width += px(22);
    if (detail.name) width += plain.horizontalAdvance(entry.name) + px(6);
    return width;
}

int PlotLegend::widthOf(const Detail& detail) const {
    int width = 0;
    for (const Entry& entry : m_entries)
        width += entryWidth(entry, detail) + px(detail.gap);
    return std::max(0, width - px(detail.gap));
}

QSize PlotLegend::sizeHint() const {
    return {widthOf(kDetails[0]), px(24)};
}

QSize PlotLegend::minimumSizeHint() const {
    return {widthOf(kDetails[std::size(kDetails) - 1]), px(24)};
}

void PlotLegend::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    // Where there is little room the second parts go first. Without room for the names, swatches and values stay:
    // colours say which is which, the tooltip the rest.
    const Detail* detail = std::begin(kDetails);
    while (detail + 1 != std::end(kDetails) && widthOf(*detail) > width())
        ++detail;
    double x = width() - widthOf(*detail);
    for (const Entry& entry : m_entries) {
        double at = x;
        if (!entry.name.isEmpty()) {
            const double middle = std::round(height() / 2.0);
            painter.setPen(entry.dashed ? dashes(colour(entry.colour), 2) : QPen(colour(entry.colour), 2));
            painter.drawLine(QPointF(x, middle), QPointF(x + px(16), middle));
            at += px(22);
        }
        const auto write = [&](const QString& text, int weight, const QColor& ink) {
            painter.setFont(Theme::instance().font(12, weight));
            painter.setPen(ink);
            drawTabular(painter, QRectF(at, 0, width(), height()), text, Qt::AlignLeft | Qt::AlignVCenter);
            at += tabularWidth(painter.font(), text);
        };
        if (detail->name && !entry.name.isEmpty()) {
            write(entry.name, 400, t.text2);
            at += px(6);
        }
        write(entry.value.section(QStringLiteral("  "), 0, 0), 600, t.text);
        at += px(8);
        if (detail->second) write(entry.value.section(QStringLiteral("  "), 1), 400, t.text2);
        x += entryWidth(entry, *detail) + px(detail->gap);
    }
}

void PlotFrame::draw(QCPPainter* painter) {
    const Tokens& t = Theme::instance().tokens();
    const QRect area = m_impl->plot->axisRect()->rect();
    painter->setAntialiasing(false);
    painter->setFont(Theme::instance().font(11));
    double lastText = std::numeric_limits<double>::infinity();
    for (const double tick : m_impl->yTicks()) {
        const double y = std::round(m_impl->plot->yAxis->coordToPixel(tick));
        if (y < area.top() - 1 || y > area.bottom() + 2) continue;
        painter->fillRect(QRectF(area.left(), y, area.width(), 1), t.gridLine);
        if (std::abs(lastText - y) < px(13)) continue;  // no room for its number
        lastText = y;
        painter->setPen(t.text3);
        drawTabular(*painter, QRectF(0, y - px(8), area.left() - px(8), px(16)), m_impl->yText(tick));
        if (m_impl->rightFormat) {
            drawTabular(*painter, QRectF(area.right() + px(8), y - px(8), px(80), px(16)), m_impl->rightFormat(tick),
                        Qt::AlignLeft | Qt::AlignVCenter);
        }
    }
    painter->fillRect(QRectF(area.left(), area.bottom() + 1, area.width(), 1), t.outline);
    painter->setPen(t.text3);
    for (const double tick : m_impl->xTicks()) {
        const double x = std::round(m_impl->plot->xAxis->coordToPixel(tick));
        if (x < area.left() - 1 || x > area.right() + 2) continue;
        painter->fillRect(QRectF(std::min<double>(x, area.right()), area.bottom() + 1, 1, 4), t.outline);
        const QString text = m_impl->xText(tick);
        const double wide = tabularWidth(painter->font(), text);
        const double left = std::clamp(x - wide / 2, area.left() - 4.0, area.right() + 2.0 - wide);
        drawTabular(*painter, QRectF(left, area.bottom() + px(5), wide, px(16)), text,
                    Qt::AlignLeft | Qt::AlignVCenter);
    }
}

void PlotOverlay::draw(QCPPainter* painter) {
    const QRect area = m_impl->plot->axisRect()->rect();
    drawReferences(painter, area);
    drawMarks(painter, area);
    drawDots(painter, area);
    drawCursor(painter, area);
    if (!m_impl->view->hasFocus()) return;
    painter->setAntialiasing(false);  // with it, all is half a pixel off: the frame would be cut
    paintFocus(*painter, m_impl->plot->rect());
}

void PlotOverlay::drawReferences(QCPPainter* painter, const QRect& area) {
    for (const PlotReference& reference : m_impl->references) {
        const double y = std::round(m_impl->plot->yAxis->coordToPixel(reference.y)) + 0.5;
        if (!std::isfinite(y) || y < area.top() || y > area.bottom() + 1) continue;
        painter->setPen(dashes(colour(reference.colour), 1.25));
        painter->drawLine(QPointF(area.left(), y), QPointF(area.right() + 1, y));
        painter->setFont(Theme::instance().font(11, 500));
        painter->setPen(colour(reference.colour));
        // Below the line at the right, where curves that start at chance have left; above it at the lower edge.
        const bool below = y + px(18) < area.bottom();
        const QRectF place(area.left(), below ? y + 1 : y - px(17), area.width() - px(4), px(16));
        drawTabular(*painter, place, reference.name);
    }
}

void PlotOverlay::drawMarks(QCPPainter* painter, const QRect& area) {
    const Tokens& t = Theme::instance().tokens();
    for (const PlotMark& mark : m_impl->marks) {
        const double x = std::round(m_impl->plot->xAxis->coordToPixel(mark.x)) + 0.5;
        if (!std::isfinite(x) || x < area.left() || x > area.right() + 2) continue;
        const double base = area.bottom() + 1.5;
        if (mark.kind == PlotMarker::Resumed) {
            QPen pen(t.text2, 1);
            pen.setDashPattern({1, 2});
            painter->setPen(pen);
            painter->drawLine(QPointF(x, area.top()), QPointF(x, base));
            painter->setFont(Theme::instance().font(11));
            drawTabular(*painter, QRectF(x + px(4), area.top(), px(120), px(16)), mark.text,
                        Qt::AlignLeft | Qt::AlignVCenter);
        } else if (mark.kind == PlotMarker::Checkpoint || mark.kind == PlotMarker::Best) {
            const bool best = mark.kind == PlotMarker::Best;
            const double reach = best ? 6 : 4;
            painter->setPen(Qt::NoPen);
            painter->setBrush(best ? t.text : t.bar);
            painter->drawPolygon(QPolygonF{{x - reach, base}, {x, base - reach}, {x + reach, base}, {x, base + reach}});
            if (!best) continue;
            painter->setPen(t.text);
            painter->setFont(Theme::instance().font(11, 500));
            const double width = tabularWidth(painter->font(), mark.text) + 2;
            const double left = std::min(x - width / 2, area.right() - width);
            drawTabular(*painter, QRectF(left, base - px(23), width, px(16)), mark.text, Qt::AlignCenter);
        } else {
            painter->setPen(QPen(t.warnLine, 1.5));
            painter->setBrush(Qt::NoBrush);
            painter->drawPolygon(QPolygonF{{x - 5, base - 4}, {x + 5, base - 4}, {x, base - 13}});
        }
    }
}

void PlotOverlay::drawDots(QCPPainter* painter, const QRect& area) {
    for (const PlotCurve& curve : m_impl->curves) {
        const bool atCursor = std::isfinite(m_impl->cursor);
        const auto dot = [&](double x, double y) {
            if (!std::isfinite(y)) return;
            const QPointF place(m_impl->plot->xAxis->coordToPixel(x), m_impl->plot->yAxis->coordToPixel(y));
            if (area.adjusted(-2, -2, 2, 2).contains(place.toPoint()))
                paintDot(*painter, place, colour(curve.style.colour));
        };
        if (!curve.x.empty()) dot(curve.x.back(), curve.shown.back());
        if (atCursor && !curve.x.empty() && m_impl->cursor <= curve.x.back() && m_impl->cursor >= curve.x.front())
            dot(m_impl->cursor, curve.at(m_impl->cursor));
    }
}

void PlotOverlay::drawCursor(QCPPainter* painter, const QRect& area) {
    if (!std::isfinite(m_impl->cursor)) return;
    const Tokens& t = Theme::instance().tokens();
    const double x = std::round(m_impl->plot->xAxis->coordToPixel(m_impl->cursor));
    if (x < area.left() || x > area.right() + 1) return;
    painter->fillRect(QRectF(x, area.top(), 1, area.height() + 1), t.text);
    for (const PlotCurve& curve : m_impl->curves) {
        if (curve.x.empty() || m_impl->cursor > curve.x.back() || m_impl->cursor < curve.x.front()) continue;
        const double y = curve.at(m_impl->cursor);
        if (!std::isfinite(y)) continue;
        paintDot(*painter, {x + 0.5, m_impl->plot->yAxis->coordToPixel(y)}, colour(curve.style.colour));
    }
    QString text = m_impl->xText(m_impl->cursor);
    if (!m_impl->xName.isEmpty()) text = m_impl->xName + QLatin1Char(' ') + text;
    painter->setFont(Theme::instance().font(11, 600));
    const double wide = tabularWidth(painter->font(), text) + px(12);
    const double left = std::clamp(x - wide / 2, 0.0, std::max(0.0, m_impl->plot->width() - wide));
    const QRectF label(left, area.bottom() + px(4), wide, px(18));
    // A number of the axis that the label would cut is covered whole.
    const QFont numbers = Theme::instance().font(11);
    for (const double tick : m_impl->xTicks()) {
        const double half = tabularWidth(numbers, m_impl->xText(tick)) / 2 + 2;
        const QRectF number(m_impl->plot->xAxis->coordToPixel(tick) - half, label.y() + 2, 2 * half, label.height());
        if (number.intersects(label)) painter->fillRect(number, t.surface);
    }
    paintFrame(*painter, label, 3, t.text, Qt::transparent, 0);
    painter->setPen(t.surface);
    drawTabular(*painter, label, text, Qt::AlignCenter);
}

}  // namespace diagonal
