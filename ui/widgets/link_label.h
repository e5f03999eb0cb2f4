// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace diagonal {

/// Words that do something when clicked: "Show", "Reset", "open a CLIP model…". Signal: clicked().
class LinkLabel : public QAbstractButton {
    Q_OBJECT

  public:
    explicit LinkLabel(const QString& text, QWidget* parent = nullptr);
    /// Weight 600 (default) or 400, size 11, 12 or 13 (default).
    void setLook(int size, int weight);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    int m_size = 13, m_weight = 600;
};

}  // namespace diagonal
