// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chip.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/style/paint.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

Pill::Pill(const QString& text, Kind kind, QWidget* parent) : QWidget(parent), m_text(text), m_kind(kind) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void Pill::set(const QString& text, Kind kind) {
    m_text = text;
    m_kind = kind;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Pill::sizeHint() const {
    return {qRound(tabularWidth(Theme::instance().font(12, 600), m_text)) + px(20), px(20)};
}

void Pill::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QColor fill = t.accentSoft;
    QColor ink = t.accent;
    if (m_kind == Kind::Warn) {
        fill = t.warnSoft;
        ink = t.warn;
    } else if (m_kind == Kind::Error) {
        fill = t.errorSoft;
        ink = t.error;
    } else if (m_kind == Kind::Quiet) {
        fill = t.hover;
        ink = t.text2;
    }
    QPainter painter(this);
    paintFrame(painter, rect(), height() / 2.0, fill, Qt::transparent, 0);
    painter.setFont(Theme::instance().font(12, 600));
    painter.setPen(ink);
    drawTabular(painter, rect(), m_text, Qt::AlignCenter);
}

FilterChips::FilterChips(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

int FilterChips::addChip(const QString& text) {
    m_chips.append({text, 0, false});
    if (m_current < 0) m_current = 0;
    updateGeometry();
    return static_cast<int>(m_chips.size()) - 1;
}

void FilterChips::setCount(int index, qint64 count) {
    if (m_chips[index].count == count) return;
    m_chips[index].count = count;
    if (!isShown(m_current)) setCurrentIndex(0);
    updateGeometry();
    update();
}

void FilterChips::setHiddenWhenZero(int index) {
    m_chips[index].hiddenWhenZero = true;
    updateGeometry();
    update();
}

void FilterChips::setCurrentIndex(int index) {
    if (index == m_current || index < 0 || index >= m_chips.size()) return;
    m_current = index;
    setAccessibleDescription(chipText(index));
    update();
    Q_EMIT currentChanged(index);
}

bool FilterChips::isShown(int index) const {
    return index >= 0 && index < m_chips.size() && !(m_chips[index].hiddenWhenZero && m_chips[index].count == 0);
}

QString FilterChips::chipText(int index) const {
    return QStringLiteral("%1 %2").arg(m_chips[index].text, formatCount(m_chips[index].count));
}

QRect FilterChips::chipRect(int index) const {
    if (!isShown(index)) return {};
    const QFont font = Theme::instance().font(12, 600);
    const auto widthOf = [&](int i) { return qRound(tabularWidth(font, chipText(i))) + px(20); };
    int x = 0;
    for (int i = 0; i < index; ++i) {
        if (isShown(i)) x += widthOf(i) + px(6);
    }
    const int high = px(24);
    return {x, (height() - high) / 2, widthOf(index), high};
}

int FilterChips::chipAt(const QPoint& position) const {
    for (int i = 0; i < m_chips.size(); ++i) {
        if (chipRect(i).contains(position)) return i;
    }
    return -1;
}

QSize FilterChips::sizeHint() const {
    int right = 0;
    for (int i = 0; i < m_chips.size(); ++i)
        right = std::max(right, chipRect(i).right() + 1);
    return {right, px(28)};
}

QSize FilterChips::minimumSizeHint() const {
    return sizeHint();
}

void FilterChips::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    for (int i = 0; i < m_chips.size(); ++i) {
        if (!isShown(i)) continue;
        const QRect area = chipRect(i);
        const bool current = i == m_current;
        const QColor fill = current ? t.accentSoft : i == m_hovered ? t.pressed : t.hover;
        paintFrame(painter, area, area.height() / 2.0, fill, Qt::transparent, 0);
        if (current && hasFocus()) paintFocus(painter, area, area.height() / 2.0);
        painter.setFont(Theme::instance().font(12, current ? 600 : 500));
        painter.setPen(current ? t.accent : t.text2);
        drawTabular(painter, area, chipText(i), Qt::AlignCenter);
    }
}

void FilterChips::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) setCurrentIndex(chipAt(event->position().toPoint()));
}

void FilterChips::mouseMoveEvent(QMouseEvent* event) {
    const int hovered = chipAt(event->position().toPoint());
    if (hovered == m_hovered) return;
    m_hovered = hovered;
    update();
}

void FilterChips::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

void FilterChips::keyPressEvent(QKeyEvent* event) {
    const int direction = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (direction == 0) return QWidget::keyPressEvent(event);
    int next = m_current + direction;
    while (next >= 0 && next < m_chips.size() && !isShown(next))
        next += direction;
    setCurrentIndex(next);
}

}  // namespace diagonal
