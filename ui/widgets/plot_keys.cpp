// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <algorithm>
#include <cmath>

#include "ui/widgets/plot_impl.h"

namespace diagonal {

QString PlotView::reading() const {
    QStringList values;
    for (const PlotLegend::Entry& entry : m_impl->legend->entries())
        values.append(entry.name.isEmpty() ? entry.value : entry.name + QLatin1Char(' ') + entry.value);
    const QString all = values.join(QStringLiteral(", "));
    if (std::isnan(m_impl->cursor)) return all;
    const QString place = m_impl->xText(m_impl->cursor);
    return (m_impl->xName.isEmpty() ? place : m_impl->xName + QLatin1Char(' ') + place) + QStringLiteral(": ") + all;
}

double PlotView::Impl::neighbour(double x, int direction) const {
    for (const PlotCurve& curve : curves) {
        if (curve.x.empty()) continue;
        if (std::isnan(x)) return direction < 0 ? curve.x.back() : curve.x.front();
        const double slack = 1e-9 * std::max(1.0, std::abs(x));
        if (direction < 0) {
            const auto next = std::lower_bound(curve.x.begin(), curve.x.end(), x - slack);
            return next == curve.x.begin() ? curve.x.front() : *(next - 1);
        }
        const auto next = std::upper_bound(curve.x.begin(), curve.x.end(), x + slack);
        return next == curve.x.end() ? curve.x.back() : *next;
    }
    return kNoPosition;
}

void PlotView::Impl::spreadCursor(double x) {
    moveCursor(x);
    forLinked([x](Impl& other) { other.moveCursor(x); });
    Q_EMIT view->cursorMoved(x);
}

void PlotView::Impl::spreadRange() {
    const QCPRange range = plot->xAxis->range();
    forLinked([this, range](Impl& other) {
        other.isFitted = isFitted;
        if (!isFitted) other.plot->xAxis->setRange(range);
        other.touch();
    });
    Q_EMIT view->rangeChanged(range.lower, range.upper);
}

void PlotView::Impl::fit() {
    isFitted = true;
    touch();
    spreadRange();
}

void PlotView::keyPressEvent(QKeyEvent* event) {
    QCPAxis* axis = m_impl->plot->xAxis;
    const double cursor = m_impl->cursor;
    const auto zoom = [&](double factor) {
        const double about = std::isfinite(cursor) ? cursor : axis->range().center();
        m_impl->zoom(factor, axis->coordToPixel(about));
        m_impl->spreadRange();
    };
    double target = kNoPosition;
    switch (event->key()) {
        case Qt::Key_Left:
            target = m_impl->neighbour(cursor, -1);
            break;
        case Qt::Key_Right:
            target = m_impl->neighbour(cursor, 1);
            break;
        case Qt::Key_Home:
            target = m_impl->neighbour(kNoPosition, 1);
            break;
        case Qt::Key_End:
            target = m_impl->neighbour(kNoPosition, -1);
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(0.7);
        case Qt::Key_Minus:
            return zoom(1 / 0.7);
        case Qt::Key_0:
            return m_impl->fit();
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_impl->picking && std::isfinite(cursor)) Q_EMIT picked(cursor);
            return;
        case Qt::Key_Escape:
            // Once more leaves it to whom it may concern.
            if (std::isnan(cursor)) return QWidget::keyPressEvent(event);
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    m_impl->spreadCursor(target);
    // Walk into what is zoomed out of sight.
    const QCPRange range = axis->range();
    if (std::isfinite(target) && !range.contains(target) && !m_impl->logX) {
        const double start = target < range.lower ? target : target - range.size();
        m_impl->showRange({start, start + range.size()});
        m_impl->spreadRange();
    }
    QAccessibleValueChangeEvent changed(this, reading());
    QAccessible::updateAccessibility(&changed);
}

void PlotView::contextMenuEvent(QContextMenuEvent* event) {
    m_impl->showMenu(event->globalPos());
}

void PlotView::focusInEvent(QFocusEvent*) {
    m_impl->plot->layer(QStringLiteral("overlay"))->replot();
}

void PlotView::focusOutEvent(QFocusEvent*) {
    m_impl->plot->layer(QStringLiteral("overlay"))->replot();
}

}  // namespace diagonal
