// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QBoxLayout;

namespace diagonal {

/// Buttons side by side, in the middle or from the start on; below each other where the room is too narrow for that.
class ButtonRow : public QWidget {
    Q_OBJECT

  public:
    explicit ButtonRow(Qt::Alignment alignment, QWidget* parent = nullptr);
    void addButton(QWidget* button);

    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QBoxLayout* m_box;
};

}  // namespace diagonal
