// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>
#include <QToolButton>

#include "ui/style/looks.h"

class QComboBox;

namespace diagonal {

/// A push button 28 high (36 when big), its icon in the colour of its text. icon: a name for Theme::pixmap
/// ("ui/folder"), or empty. Plain QPushButtons look like ButtonKind::Normal.
QPushButton* makeButton(const QString& text, const QString& icon = {}, ButtonKind kind = ButtonKind::Normal,
                        QWidget* parent = nullptr);
void setButtonKind(QPushButton* button, ButtonKind kind);
void setButtonIcon(QPushButton* button, const QString& icon);
void setButtonBig(QPushButton* button, bool big = true);

/// The frame of a field that cannot be taken as it is.
void setInvalid(QWidget* field, bool invalid);

/// A combo box without frame, as at the right of a section header.
void setQuiet(QComboBox* box, bool quiet = true);

}  // namespace diagonal
