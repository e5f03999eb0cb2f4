// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

namespace diagonal {

/// 26 x 26, one 16 px icon. The tooltip is its accessible name.
class IconButton : public QToolButton {
    Q_OBJECT

  public:
    IconButton(const QString& icon, const QString& toolTip, QWidget* parent = nullptr);
    void setIconName(const QString& icon);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  private:
    QString m_icon;
};

}  // namespace diagonal
