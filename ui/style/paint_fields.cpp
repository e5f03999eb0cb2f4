// SPDX-License-Identifier: GPL-3.0-or-later
#include <QPainter>
#include <QWidget>

#include "ui/style/paint.h"

namespace diagonal {

namespace {

bool isQuiet(const QWidget* widget) {
    return widget != nullptr && widget->property("quiet").toBool();
}

void paintFlipped(QPainter& painter, const QRect& area, const QString& icon, const QColor& ink) {
    painter.save();
    painter.translate(area.center().x() + 0.5, area.center().y() + 0.5);
    painter.scale(1, -1);
    const QRect turned(-area.width() / 2, -area.height() / 2, area.width(), area.height());
    paintIcon(painter, turned, icon, ink, 12);
    painter.restore();
}

}  // namespace

void paintComboBox(QPainter& painter, const QStyleOptionComboBox& option, const QWidget* widget) {
    const Tokens& t = Theme::instance().tokens();
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool hovered = enabled && (option.state & QStyle::State_MouseOver) && !option.editable;
    const bool pressed = option.state & QStyle::State_On;
    const bool focused = option.editable ? (option.state & QStyle::State_HasFocus) != 0 : showsFocus(option);
    if (isQuiet(widget)) {
        paintFrame(painter, option.rect, px(5),
                   pressed   ? t.pressed
                   : hovered ? t.hover
                             : QColor(Qt::transparent),
                   Qt::transparent);
        if (focused) paintFocus(painter, option.rect, px(5));
    } else {
        const QColor fill = !enabled ? QColor(Qt::transparent) : pressed ? t.pressed : hovered ? t.hover : t.surface;
        paintControlFrame(painter, option.rect, fill, enabled, focused);
    }
    const QRect arrow(option.rect.right() + 1 - px(24), option.rect.y(), px(16), option.rect.height());
    paintIcon(painter, QStyle::visualRect(option.direction, option.rect, arrow), QStringLiteral("ui/chevron-down"),
              enabled ? t.text2 : t.disabled, 14);
}

void paintComboLabel(QPainter& painter, const QStyleOptionComboBox& option, const QRect& area, const QWidget* widget) {
    if (option.editable) return;
    const Tokens& t = Theme::instance().tokens();
    painter.save();
    const bool enabled = option.state & QStyle::State_Enabled;
    painter.setPen(!enabled ? t.disabled : isQuiet(widget) ? t.text2 : t.text);
    QRect text = area;
    if (!option.currentIcon.isNull()) {
        const QRect place(text.x(), text.y(), option.iconSize.width(), text.height());
        option.currentIcon.paint(&painter, QStyle::visualRect(option.direction, area, place));
        text.setLeft(text.x() + option.iconSize.width() + px(6));
    }
    const QString shown = painter.fontMetrics().elidedText(option.currentText, Qt::ElideRight, text.width());
    const Qt::Alignment start = QStyle::visualAlignment(option.direction, Qt::AlignLeft | Qt::AlignVCenter);
    painter.drawText(QStyle::visualRect(option.direction, area, text), static_cast<int>(start) | Qt::TextSingleLine,
                     shown);
    painter.restore();
}

void paintSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QRect& up, const QRect& down) {
    const Tokens& t = Theme::instance().tokens();
    const bool enabled = option.state & QStyle::State_Enabled;
    paintControlFrame(painter, option.rect, enabled ? t.surface : QColor(Qt::transparent), enabled,
                      (option.state & QStyle::State_HasFocus) != 0);
    if (option.buttonSymbols == QAbstractSpinBox::NoButtons) return;
    const auto inkOf = [&](QAbstractSpinBox::StepEnabledFlag step, QStyle::SubControl part) {
        if (!enabled || !(option.stepEnabled & step)) return t.disabled;
        return option.activeSubControls == part ? t.text : t.text2;
    };
    paintFlipped(painter, up, QStringLiteral("ui/chevron-down"),
                 inkOf(QAbstractSpinBox::StepUpEnabled, QStyle::SC_SpinBoxUp));
    paintIcon(painter, down, QStringLiteral("ui/chevron-down"),
              inkOf(QAbstractSpinBox::StepDownEnabled, QStyle::SC_SpinBoxDown), 12);
}

void paintSlider(QPainter& painter, const QStyleOptionSlider& option, const QRect& groove, const QRect& handle) {
    const Tokens& t = Theme::instance().tokens();
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool horizontal = option.orientation == Qt::Horizontal;
    const qreal thick = px(4);
    const QPointF middle = QRectF(handle).center();
    QRectF track = horizontal ? QRectF(groove.x(), middle.y() - thick / 2, groove.width(), thick)
                              : QRectF(middle.x() - thick / 2, groove.y(), thick, groove.height());
    paintFrame(painter, track, thick / 2, t.track, Qt::transparent);
    const QColor ink = enabled ? t.accent : t.disabled;
    QRectF filled = track;
    if (horizontal) {
        option.upsideDown ? filled.setLeft(middle.x()) : filled.setRight(middle.x());
    } else {
        option.upsideDown ? filled.setTop(middle.y()) : filled.setBottom(middle.y());
    }
    paintFrame(painter, filled, thick / 2, ink, Qt::transparent);
    const qreal side = px(14);
    const QRectF knob(middle.x() - side / 2, middle.y() - side / 2, side, side);
    const bool hovered = enabled && (option.state & QStyle::State_MouseOver);
    paintFrame(painter, knob, side / 2, hovered ? t.accentSoft : t.surface, ink, 2);
    if (showsFocus(option)) paintFocus(painter, knob.adjusted(-3, -3, 3, 3), side);
}

void paintScrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRect& thumb) {
    if (option.maximum <= option.minimum) return;
    const Tokens& t = Theme::instance().tokens();
    const bool active = option.state & (QStyle::State_MouseOver | QStyle::State_Sunken);
    const bool horizontal = option.orientation == Qt::Horizontal;
    const qreal thick = px(6);
    QRectF area = thumb;
    if (horizontal) {
        area = QRectF(thumb.x() + 2, thumb.center().y() + 0.5 - thick / 2, thumb.width() - 4, thick);
    } else {
        area = QRectF(thumb.center().x() + 0.5 - thick / 2, thumb.y() + 2, thick, thumb.height() - 4);
    }
    paintFrame(painter, area, thick / 2, active ? t.bar : t.disabled, Qt::transparent);
}

}  // namespace diagonal
