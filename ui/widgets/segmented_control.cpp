// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/segmented_control.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/style/paint.h"

namespace diagonal {

namespace {

QFont segmentFont(bool current) {
    return Theme::instance().font(12, current ? 600 : 500);
}

}  // namespace

SegmentedControl::SegmentedControl(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

int SegmentedControl::addSegment(const QString& text, const QVariant& data, const QString& icon) {
    m_segments.append({text, icon, {}, data, true});
    if (m_current < 0) m_current = 0;
    updateGeometry();
    update();
    return count() - 1;
}

void SegmentedControl::setSegmentText(int index, const QString& text) {
    m_segments[index].text = text;
    updateGeometry();
    update();
}

void SegmentedControl::setSegmentToolTip(int index, const QString& text) {
    m_segments[index].toolTip = text;
}

void SegmentedControl::setSegmentVisible(int index, bool visible) {
    if (m_segments[index].visible == visible) return;
    m_segments[index].visible = visible;
    if (!visible && m_current == index) step(index > 0 ? -1 : 1);
    updateGeometry();
    update();
}

QString SegmentedControl::segmentText(int index) const {
    return m_segments.value(index).text;
}

QVariant SegmentedControl::currentData() const {
    return m_segments.value(m_current).data;
}

void SegmentedControl::setCurrentIndex(int index) {
    if (index == m_current || index < 0 || index >= count()) return;
    m_current = index;
    setAccessibleDescription(m_segments[index].text);
    updateGeometry();
    update();
    QAccessibleEvent changed(this, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&changed);
    Q_EMIT currentChanged(index);
}

void SegmentedControl::setCurrentData(const QVariant& data) {
    for (int i = 0; i < count(); ++i) {
        if (m_segments[i].data == data) return setCurrentIndex(i);
    }
}

void SegmentedControl::setStretched(bool stretched) {
    m_stretched = stretched;
    setSizePolicy(stretched ? QSizePolicy::MinimumExpanding : QSizePolicy::Fixed, QSizePolicy::Fixed);
    update();
}

int SegmentedControl::naturalWidth(const Segment& segment) const {
    // The bold width for all: choosing another moves nothing.
    const int text = QFontMetrics(segmentFont(true)).horizontalAdvance(segment.text);
    return text + px(24) + (segment.icon.isEmpty() ? 0 : px(24));
}

QSize SegmentedControl::sizeHint() const {
    int width = px(4);
    for (const Segment& segment : m_segments) {
        if (segment.visible) width += naturalWidth(segment);
    }
    return {width, px(28)};
}

QRect SegmentedControl::segmentRect(int index) const {
    if (!m_segments[index].visible) return {};
    int shown = 0;
    int natural = 0;
    for (const Segment& segment : m_segments) {
        if (!segment.visible) continue;
        ++shown;
        natural += naturalWidth(segment);
    }
    const int spare = m_stretched ? std::max(0, width() - px(4) - natural) : 0;
    double x = px(2);
    for (int i = 0; i < index; ++i) {
        if (m_segments[i].visible) x += naturalWidth(m_segments[i]) + double(spare) / shown;
    }
    const double wide = naturalWidth(m_segments[index]) + double(spare) / shown;
    return {qRound(x), px(2), qRound(wide), height() - 2 * px(2)};
}

int SegmentedControl::segmentAt(const QPoint& position) const {
    for (int i = 0; i < count(); ++i) {
        if (segmentRect(i).contains(position)) return i;
    }
    return -1;
}

void SegmentedControl::choose(int index) {
    if (index < 0 || index == m_current) return;
    setCurrentIndex(index);
    Q_EMIT activated(index);
}

void SegmentedControl::step(int direction) {
    for (int i = m_current + direction; i >= 0 && i < count(); i += direction) {
        if (m_segments[i].visible) return choose(i);
    }
}

void SegmentedControl::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    const bool dark = Theme::instance().isDark();
    const bool focused = hasFocus();
    paintFrame(painter, rect(), px(6), dark ? t.sunken : t.hover, focused ? t.accent : t.border, focused ? 2 : 1);
    for (int i = 0; i < count(); ++i) {
        const Segment& segment = m_segments[i];
        if (!segment.visible) continue;
        QRect area = segmentRect(i);
        const bool current = i == m_current;
        if (current) {
            paintFrame(painter, area, px(5), dark ? t.pressed : t.surface, dark ? t.pressed : t.border);
        } else if (i == m_hovered && isEnabled()) {
            paintFrame(painter, area, px(5), dark ? t.hover : t.pressed, Qt::transparent);
        }
        const QColor ink = !isEnabled() ? t.disabled : current ? t.text : t.text2;
        const QFont font = segmentFont(current);
        painter.setFont(font);
        painter.setPen(ink);
        if (!segment.icon.isEmpty()) {
            const int content = px(24) + QFontMetrics(font).horizontalAdvance(segment.text);
            const int x = area.x() + (area.width() - content) / 2;
            paintIcon(painter, QRect(x, area.y(), px(16), area.height()), segment.icon, ink);
            area.setLeft(x + px(24));
            painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, segment.text);
        } else {
            painter.drawText(area, Qt::AlignCenter, segment.text);
        }
    }
}

void SegmentedControl::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) choose(segmentAt(event->position().toPoint()));
}

void SegmentedControl::mouseMoveEvent(QMouseEvent* event) {
    const int hovered = segmentAt(event->position().toPoint());
    if (hovered == m_hovered) return;
    m_hovered = hovered;
    update();
}

void SegmentedControl::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

void SegmentedControl::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Up:
            return step(-1);
        case Qt::Key_Right:
        case Qt::Key_Down:
            return step(1);
        default:
            QWidget::keyPressEvent(event);
    }
}

bool SegmentedControl::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = segmentAt(help->pos());
        if (index >= 0 && !m_segments[index].toolTip.isEmpty()) {
            QToolTip::showText(help->globalPos(), m_segments[index].toolTip, this, segmentRect(index));
            return true;
        }
    }
    return QWidget::event(event);
}

}  // namespace diagonal
