// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/buttons.h"

#include <QComboBox>

#include "ui/style/theme.h"

namespace diagonal {

QPushButton* makeButton(const QString& text, const QString& icon, ButtonKind kind, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setAutoDefault(false);
    button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setButtonIcon(button, icon);
    setButtonKind(button, kind);
    return button;
}

void setButtonKind(QPushButton* button, ButtonKind kind) {
    button->setProperty("buttonKind", static_cast<int>(kind));
    button->updateGeometry();
    button->update();
}

void setButtonIcon(QPushButton* button, const QString& icon) {
    button->setProperty("iconName", icon);
    button->updateGeometry();
    button->update();
}

void setButtonBig(QPushButton* button, bool big) {
    button->setProperty("bigButton", big);
    button->updateGeometry();
    button->update();
}

void setInvalid(QWidget* field, bool invalid) {
    field->setProperty("invalid", invalid);
    field->update();
}

void setQuiet(QComboBox* box, bool quiet) {
    box->setProperty("quiet", quiet);
    followTheme(box, [box, quiet] { box->setFont(Theme::instance().font(quiet ? 12 : 13)); });
    box->update();
}

}  // namespace diagonal
