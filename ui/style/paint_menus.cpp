// SPDX-License-Identifier: GPL-3.0-or-later
#include <QPainter>

#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kCheckColumn = 30;
constexpr int kRightPadding = 14;

QStringList partsOf(const QStyleOptionMenuItem& option) {
    return option.text.split(QLatin1Char('\t'));
}

}  // namespace

QSize menuItemSize(const QStyleOptionMenuItem& option) {
    if (option.menuItemType == QStyleOptionMenuItem::Separator) return {px(10), px(9)};
    const QFontMetrics metrics(option.font);
    const QStringList parts = partsOf(option);
    int width = px(kCheckColumn + kRightPadding) + metrics.size(Qt::TextShowMnemonic, parts.value(0)).width() + px(16);
    if (parts.size() > 1) width += px(24) + metrics.horizontalAdvance(parts[1]);
    return {width, std::max(px(26), metrics.height() + px(8))};
}

void paintMenuItem(QPainter& painter, const QStyleOptionMenuItem& option) {
    const Tokens& t = Theme::instance().tokens();
    const QRect area = option.rect;
    const auto mirrored = [&](const QRect& part) { return QStyle::visualRect(option.direction, area, part); };
    const auto towards = [&](Qt::Alignment side) {
        return static_cast<int>(QStyle::visualAlignment(option.direction, side | Qt::AlignVCenter)) |
               Qt::TextSingleLine;
    };
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        painter.fillRect(area.x(), area.center().y(), area.width(), 1, t.border);
        return;
    }
    const bool enabled = option.state & QStyle::State_Enabled;
    if (enabled && (option.state & QStyle::State_Selected))
        paintFrame(painter, QRectF(area).adjusted(4, 0, -4, 0), px(4), t.hover, Qt::transparent);
    const QRect column = mirrored({area.x() + px(4), area.y(), px(kCheckColumn - 6), area.height()});
    if (option.checkType != QStyleOptionMenuItem::NotCheckable) {
        if (option.checked) paintIcon(painter, column, QStringLiteral("ui/check"), enabled ? t.accent : t.disabled);
    } else if (!option.icon.isNull()) {
        const QRect place(column.center().x() - px(8), column.center().y() - px(8) + 1, px(16), px(16));
        option.icon.paint(&painter, place, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    }
    painter.save();
    painter.setFont(option.font);
    painter.setPen(enabled ? t.text : t.disabled);
    const QStringList parts = partsOf(option);
    const QRect text = mirrored(area.adjusted(px(kCheckColumn), 0, -px(kRightPadding), 0));
    painter.drawText(text, towards(Qt::AlignLeft) | Qt::TextHideMnemonic, parts.value(0));
    if (parts.size() > 1) {
        painter.setPen(enabled ? t.text2 : t.disabled);
        painter.drawText(text, towards(Qt::AlignRight), parts[1]);
    }
    painter.restore();
    if (option.menuItemType == QStyleOptionMenuItem::SubMenu) {
        const bool leftwards = option.direction == Qt::RightToLeft;
        paintIcon(painter, mirrored({area.right() - px(22), area.y(), px(16), area.height()}),
                  leftwards ? QStringLiteral("ui/chevron-left") : QStringLiteral("ui/chevron-right"),
                  enabled ? t.text2 : t.disabled, 14);
    }
}

void paintMenuBarItem(QPainter& painter, const QStyleOptionMenuItem& option) {
    const Tokens& t = Theme::instance().tokens();
    painter.fillRect(option.rect, t.window);
    const bool enabled = option.state & QStyle::State_Enabled;
    if (enabled && (option.state & QStyle::State_Selected)) {
        paintFrame(painter, QRectF(option.rect).adjusted(0, 3, 0, -3), px(4),
                   (option.state & QStyle::State_Sunken) ? t.pressed : t.hover, Qt::transparent);
    }
    painter.save();
    painter.setPen(enabled ? t.text : t.disabled);
    painter.setFont(option.font);
    painter.drawText(option.rect, Qt::AlignCenter | Qt::TextSingleLine | Qt::TextHideMnemonic, option.text);
    painter.restore();
}

void paintHeaderSection(QPainter& painter, const QStyleOptionHeader& option) {
    const Tokens& t = Theme::instance().tokens();
    const bool hovered = (option.state & QStyle::State_MouseOver) && (option.state & QStyle::State_Enabled);
    painter.fillRect(option.rect, hovered ? t.hover : t.surface);
    painter.fillRect(option.rect.x(), option.rect.bottom(), option.rect.width(), 1, t.border);
}

void paintHeaderLabel(QPainter& painter, const QStyleOptionHeader& option) {
    const Tokens& t = Theme::instance().tokens();
    QRect area = option.rect;
    if (option.sortIndicator != QStyleOptionHeader::None) {
        const QRect arrow =
            QStyle::visualRect(option.direction, area, QRect(area.right() - px(16), area.y(), px(16), area.height()));
        painter.save();
        if (option.sortIndicator == QStyleOptionHeader::SortUp) {
            // Fusion's "up" means ascending: the chevron points down the growing column.
            paintIcon(painter, arrow, QStringLiteral("ui/chevron-down"), t.text2, 12);
        } else {
            painter.translate(0, 2.0 * arrow.center().y() + 1);
            painter.scale(1, -1);
            paintIcon(painter, arrow, QStringLiteral("ui/chevron-down"), t.text2, 12);
        }
        painter.restore();
        option.direction == Qt::RightToLeft ? area.setLeft(arrow.right() + px(2)) : area.setRight(arrow.left() - px(2));
    }
    painter.save();
    painter.setFont(Theme::instance().font(12, 500));
    painter.setPen((option.state & QStyle::State_Enabled) ? t.text2 : t.disabled);
    const QString text = painter.fontMetrics().elidedText(option.text, Qt::ElideRight, area.width());
    painter.drawText(
        area, static_cast<int>(QStyle::visualAlignment(option.direction, option.textAlignment)) | Qt::TextSingleLine,
        text);
    painter.restore();
}

}  // namespace diagonal
