// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/painted_button.h"

namespace diagonal {

/// On or off at once, without a form to send: a knob in a track, with an accessible name and no text of its own.
class Switch : public PaintedButton {
    Q_OBJECT

  public:
    explicit Switch(const QString& name, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace diagonal
