// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyleOption>

#include "ui/style/theme.h"

class QPainter;
class QWidget;

namespace diagonal {

/// Pieces that the style and painted widgets share.

/// A rounded rectangle whose 1 px (or `line` px) frame lies inside area, on whole device pixels.
void paintFrame(QPainter& painter, const QRectF& area, qreal radius, const QColor& fill, const QColor& frame,
                qreal line = 1);
/// The frame of buttons and fields: outline, border when disabled, 2 px accent with the focus.
void paintControlFrame(QPainter& painter, const QRectF& area, const QColor& fill, bool enabled, bool focused,
                       ColourRole frame = &Tokens::outline);
/// The 2 px frame of keyboard focus for what has no frame of its own.
void paintFocus(QPainter& painter, const QRectF& area, qreal radius = 5);
/// An icon of the theme centred in area.
void paintIcon(QPainter& painter, const QRect& area, const QString& name, const QColor& colour, int size = 16);
/// Whether the focus of this option has to be seen: reached by the keyboard, or a field that takes text.
bool showsFocus(const QStyleOption& option);

// Parts of the style, one a control.
void paintPushButton(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget);
void paintCheckBox(QPainter& painter, const QStyleOption& option);
void paintRadioButton(QPainter& painter, const QStyleOption& option);
void paintComboBox(QPainter& painter, const QStyleOptionComboBox& option, const QWidget* widget);
void paintComboLabel(QPainter& painter, const QStyleOptionComboBox& option, const QRect& area, const QWidget* widget);
void paintSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QRect& up, const QRect& down);
void paintSlider(QPainter& painter, const QStyleOptionSlider& option, const QRect& groove, const QRect& handle);
void paintScrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRect& thumb);
void paintToolButton(QPainter& painter, const QStyleOptionToolButton& option, const QWidget* widget);
void paintMenuItem(QPainter& painter, const QStyleOptionMenuItem& option);
void paintMenuBarItem(QPainter& painter, const QStyleOptionMenuItem& option);
void paintHeaderSection(QPainter& painter, const QStyleOptionHeader& option);
void paintHeaderLabel(QPainter& painter, const QStyleOptionHeader& option);
QSize menuItemSize(const QStyleOptionMenuItem& option);
QSize pushButtonSize(const QStyleOptionButton& option, const QWidget* widget);

}  // namespace diagonal
