// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QPainter>
#include <cmath>

#include "ui/style/looks.h"
#include "ui/style/paint.h"
#include "ui/style/tabular.h"

namespace diagonal {

namespace {

struct ButtonLook {
    QColor fill, frame, ink;
};

ButtonKind kindOf(const QWidget* widget) {
    return widget != nullptr ? static_cast<ButtonKind>(widget->property("buttonKind").toInt()) : ButtonKind::Normal;
}

bool isBig(const QWidget* widget) {
    return widget != nullptr && widget->property("bigButton").toBool();
}

QString iconOf(const QWidget* widget) {
    return widget != nullptr ? widget->property("iconName").toString() : QString();
}

bool isChoice(ButtonKind kind) {
    return kind == ButtonKind::Segment || kind == ButtonKind::Chip;
}

QFont buttonFont(const QWidget* widget) {
    // A choice is measured in bold, whether it holds or not: choosing another moves nothing.
    if (isChoice(kindOf(widget))) return Theme::instance().font(12, 600);
    const bool strong = kindOf(widget) == ButtonKind::Primary || isBig(widget);
    return Theme::instance().font(13, strong ? 600 : 500);
}

ButtonLook lookOf(ButtonKind kind, const QStyleOption& option) {
    const Tokens& t = Theme::instance().tokens();
    const bool pressed = (option.state & (QStyle::State_Sunken | QStyle::State_On)) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    if (!(option.state & QStyle::State_Enabled)) {
        return {Qt::transparent, kind == ButtonKind::Quiet ? QColor(Qt::transparent) : t.border, t.disabled};
    }
    if (kind == ButtonKind::Primary) {
        const QColor fill = pressed ? t.accentPressed : hovered ? t.accentHover : t.accent;
        return {fill, fill, t.onAccent};
    }
    const QColor resting = kind == ButtonKind::Quiet ? QColor(Qt::transparent) : t.surface;
    const QColor fill = pressed ? t.pressed : hovered ? t.hover : resting;
    if (kind == ButtonKind::Danger) return {hovered || pressed ? t.errorSoft : resting, t.error, t.error};
    if (kind == ButtonKind::Quiet) return {fill, fill, t.text};
    return {fill, t.outline, t.text};
}

void paintChoice(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget) {
    const Tokens& t = Theme::instance().tokens();
    const bool dark = Theme::instance().isDark();
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool on = option.state & QStyle::State_On;
    const bool hovered = enabled && (option.state & QStyle::State_MouseOver);
    const bool isChip = kindOf(widget) == ButtonKind::Chip;
    QColor ink = on ? t.text : t.text2;
    if (isChip) {
        const qreal radius = option.rect.height() / 2.0;
        paintFrame(painter, option.rect, radius, on ? t.accentSoft : hovered ? t.pressed : t.hover, Qt::transparent);
        if (option.state & QStyle::State_HasFocus) paintFocus(painter, option.rect, radius);
        if (on) ink = t.accent;
    } else if (on) {
        paintFrame(painter, option.rect, px(5), dark ? t.pressed : t.surface, dark ? t.pressed : t.border);
    } else if (hovered) {
        paintFrame(painter, option.rect, px(5), dark ? t.hover : t.pressed, Qt::transparent);
    }
    painter.setFont(Theme::instance().font(12, on ? 600 : 500));
    painter.setPen(enabled ? ink : t.disabled);
    const QString icon = iconOf(widget);
    QRect area = option.rect;
    if (!icon.isEmpty()) {
        const int content = px(24) + painter.fontMetrics().horizontalAdvance(option.text);
        // With very large text there is no room for words beside it; they are its name still.
        if (content > area.width()) return paintIcon(painter, area, icon, painter.pen().color());
        const int start = (area.width() - content) / 2;
        const QRect place(area.x() + start, area.y(), px(16), area.height());
        paintIcon(painter, QStyle::visualRect(option.direction, area, place), icon, painter.pen().color());
        area = QStyle::visualRect(option.direction, area, area.adjusted(start + px(24), 0, -start, 0));
    }
    drawTabular(painter, area, option.text, Qt::AlignCenter);
}

/// The nearest area whose edges lie between device pixels; itself where the painter turns or shears.
QRectF onDevicePixels(const QTransform& device, const QRectF& area) {
    if (device.type() > QTransform::TxScale) return area;
    const QRectF there = device.mapRect(area);
    const QPointF topLeft(std::round(there.left()), std::round(there.top()));
    const QPointF bottomRight(std::round(there.right()), std::round(there.bottom()));
    return device.inverted().mapRect(QRectF(topLeft, bottomRight));
}

}  // namespace

void paintFrame(QPainter& painter, const QRectF& area, qreal radius, const QColor& fill, const QColor& frame,
                qreal line) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill);
    const QTransform device = painter.deviceTransform();
    QRectF shape = onDevicePixels(device, area);
    if (frame.alpha() == 0) {
        painter.setPen(Qt::NoPen);
    } else {
        const qreal scale = std::abs(device.m11());
        const qreal wide = std::max(1.0, std::round(line * scale)) / scale;
        painter.setPen(QPen(frame, wide));
        shape.adjust(wide / 2, wide / 2, -wide / 2, -wide / 2);
        radius -= wide / 2;
    }
    painter.drawRoundedRect(shape, radius, radius);
    painter.restore();
}

void paintControlFrame(QPainter& painter, const QRectF& area, const QColor& fill, bool enabled, bool focused,
                       ColourRole frame) {
    const QColor line = !enabled ? colour(&Tokens::border) : focused ? colour(&Tokens::accent) : colour(frame);
    paintFrame(painter, area, px(5), fill, line, focused && enabled ? 2 : 1);
}

void paintFocus(QPainter& painter, const QRectF& area, qreal radius) {
    paintFrame(painter, area, radius, Qt::transparent, colour(&Tokens::accent), 2);
}

void paintIcon(QPainter& painter, const QRect& area, const QString& name, const QColor& colour, int size) {
    const int side = px(size);
    const QPixmap icon = Theme::instance().pixmap(name, side, colour, painter.device()->devicePixelRatioF());
    painter.drawPixmap(area.x() + (area.width() - side) / 2, area.y() + (area.height() - side) / 2, icon);
}

bool showsFocus(const QStyleOption& option) {
    return (option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_KeyboardFocusChange);
}

void paintPushButton(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget) {
    ButtonKind kind = kindOf(widget);
    if (isChoice(kind)) return paintChoice(painter, option, widget);
    if (kind == ButtonKind::Normal && (option.features & QStyleOptionButton::DefaultButton)) kind = ButtonKind::Primary;
    const ButtonLook look = lookOf(kind, option);
    paintFrame(painter, option.rect, px(5), look.fill, look.frame);
    if (showsFocus(option)) {
        // On an accent fill the accent frame would not be seen: a surface line sets it off.
        paintFocus(painter, option.rect, px(5));
        if (kind == ButtonKind::Primary) {
            paintFrame(painter, QRectF(option.rect).adjusted(2, 2, -2, -2), px(4), Qt::transparent,
                       colour(&Tokens::onAccent), 1);
        }
    }

    const QString icon = iconOf(widget);
    const bool hasMenu = (option.features & QStyleOptionButton::HasMenu) != 0;
    painter.save();
    painter.setFont(buttonFont(widget));
    painter.setPen(look.ink);
    const int gap = px(8);
    const int iconWidth = icon.isEmpty() ? 0 : px(16) + (option.text.isEmpty() ? 0 : gap);
    const int menuWidth = hasMenu ? px(16) + gap : 0;
    const int textWidth = painter.fontMetrics().size(Qt::TextShowMnemonic, option.text).width();
    const int content = std::min(iconWidth + textWidth + menuWidth, option.rect.width() - px(8));
    const auto mirrored = [&](const QRect& part) { return QStyle::visualRect(option.direction, option.rect, part); };
    QRect area(option.rect.x() + (option.rect.width() - content) / 2, option.rect.y(), content, option.rect.height());
    if (!icon.isEmpty()) {
        paintIcon(painter, mirrored({area.x(), area.y(), px(16), area.height()}), icon, look.ink);
        area.setLeft(area.x() + iconWidth);
    }
    if (hasMenu) {
        paintIcon(painter, mirrored({area.right() + 1 - px(16), area.y(), px(16), area.height()}),
                  QStringLiteral("ui/chevron-down"), look.ink);
        area.setRight(area.right() - menuWidth);
    }
    const Qt::Alignment start = QStyle::visualAlignment(option.direction, Qt::AlignLeft | Qt::AlignVCenter);
    painter.drawText(mirrored(area), static_cast<int>(start) | Qt::TextSingleLine | Qt::TextHideMnemonic, option.text);
    painter.restore();
}

QSize pushButtonSize(const QStyleOptionButton& option, const QWidget* widget) {
    const QFontMetrics metrics(buttonFont(widget));
    const ButtonKind kind = kindOf(widget);
    if (kind == ButtonKind::Chip) return {qRound(tabularWidth(buttonFont(widget), option.text)) + px(20), px(24)};
    if (kind == ButtonKind::Segment) {
        return {metrics.horizontalAdvance(option.text) + px(iconOf(widget).isEmpty() ? 24 : 48), px(24)};
    }
    const int textWidth = metrics.size(Qt::TextShowMnemonic, option.text).width();
    int width = textWidth + 2 * px(isBig(widget) ? 18 : 12) + px(2);
    if (!iconOf(widget).isEmpty()) width += px(16) + (option.text.isEmpty() ? 0 : px(8));
    if (option.features & QStyleOptionButton::HasMenu) width += px(24);
    return {width, px(isBig(widget) ? 36 : 28)};
}

void paintToolButton(QPainter& painter, const QStyleOptionToolButton& option, const QWidget* widget) {
    const Tokens& t = Theme::instance().tokens();
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool checked = option.state & QStyle::State_On;
    QColor fill = Qt::transparent;
    if (checked) fill = t.accentSoft;
    if (enabled && (option.state & QStyle::State_MouseOver) && !checked) fill = t.hover;
    if (enabled && (option.state & QStyle::State_Sunken)) fill = t.pressed;
    paintFrame(painter, option.rect, px(5), fill, Qt::transparent);
    if (showsFocus(option)) paintFocus(painter, option.rect, px(5));
    const QColor ink = !enabled ? t.disabled : checked ? t.accent : t.text2;
    const QString icon = iconOf(widget);
    QRect area = option.rect;
    const bool textBeside = !option.text.isEmpty() && option.toolButtonStyle != Qt::ToolButtonIconOnly;
    if (!icon.isEmpty()) {
        const QRect place = textBeside ? QRect(area.x() + px(6), area.y(), px(16), area.height()) : area;
        paintIcon(painter, QStyle::visualRect(option.direction, option.rect, place), icon, ink);
        if (textBeside) area.setLeft(place.right() + px(6));
    } else if (!option.icon.isNull() && option.toolButtonStyle != Qt::ToolButtonTextOnly) {
        option.icon.paint(&painter, area, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled,
                          checked ? QIcon::On : QIcon::Off);
    }
    if (!textBeside) return;
    painter.save();
    painter.setFont(option.font);
    painter.setPen(enabled ? t.text : t.disabled);
    painter.drawText(QStyle::visualRect(option.direction, option.rect, area), Qt::AlignCenter | Qt::TextHideMnemonic,
                     option.text);
    painter.restore();
}

void paintCheckBox(QPainter& painter, const QStyleOption& option) {
    const Tokens& t = Theme::instance().tokens();
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool on = option.state & QStyle::State_On;
    const bool partly = option.state & QStyle::State_NoChange;
    const QColor line = !enabled ? t.border : t.outline;
    if (on || partly) {
        const QColor fill = enabled ? t.accent : t.disabled;
        paintFrame(painter, option.rect, px(3), fill, fill);
        paintIcon(painter, option.rect, on ? QStringLiteral("ui/check") : QStringLiteral("ui/minus"), t.onAccent, 12);
    } else {
        const bool hovered = enabled && (option.state & QStyle::State_MouseOver);
        paintFrame(painter, option.rect, px(3), enabled ? (hovered ? t.hover : t.surface) : QColor(Qt::transparent),
                   line);
    }
    if (showsFocus(option)) paintFocus(painter, QRectF(option.rect).adjusted(-2, -2, 2, 2), px(5));
}

void paintRadioButton(QPainter& painter, const QStyleOption& option) {
    const Tokens& t = Theme::instance().tokens();
    const bool enabled = option.state & QStyle::State_Enabled;
    const QRectF area = option.rect;
    const bool on = option.state & QStyle::State_On;
    const QColor line = !enabled ? t.border : on ? t.accent : t.outline;
    paintFrame(painter, area, area.width() / 2, enabled ? t.surface : QColor(Qt::transparent), line, on ? 2 : 1);
    if (on) {
        const qreal inset = area.width() * 0.28;
        paintFrame(painter, area.adjusted(inset, inset, -inset, -inset), area.width(), line, Qt::transparent);
    }
    if (showsFocus(option)) paintFocus(painter, area.adjusted(-2, -2, 2, 2), area.width());
}

}  // namespace diagonal
