// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace diagonal {

/// A 3 x 3 matrix whose diagonal lights cell by cell on each step(): on progress, not on a clock, so that stalled work
/// looks stalled.
class BusyMark : public QWidget {
    Q_OBJECT

  public:
    explicit BusyMark(QWidget* parent = nullptr);
    void step();
    int position() const { return m_position; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int m_position = 0;
};

}  // namespace diagonal
