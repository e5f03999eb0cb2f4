// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace diagonal {

/// A button that paints itself: reached by Tab (a click leaves the focus where it is), repainted when hovered, measured
/// anew when the theme changes.
class PaintedButton : public QAbstractButton {
    Q_OBJECT

  public:
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    explicit PaintedButton(QWidget* parent);
};

}  // namespace diagonal
