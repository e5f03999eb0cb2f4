// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/painted_button.h"

namespace diagonal {

/// A small picture that can be clicked.
class ThumbButton : public PaintedButton {
    Q_OBJECT

  public:
    ThumbButton(const QString& picture, const QString& name, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_picture;
};

}  // namespace diagonal
