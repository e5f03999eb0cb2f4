// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/painted_button.h"

namespace diagonal {

/// Words that do something when clicked: "Show", "Reset", "open a CLIP model…". Signal: clicked().
class LinkLabel : public PaintedButton {
    Q_OBJECT

  public:
    explicit LinkLabel(const QString& text, QWidget* parent = nullptr);
    /// Weight 600 (default) or 400, size 11, 12 or 13 (default).
    void setLook(int size, int weight);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int m_size = 13, m_weight = 600;
};

}  // namespace diagonal
