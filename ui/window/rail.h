// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/painted_button.h"
#include "ui/widgets/panel.h"

class QButtonGroup;
class QVBoxLayout;

namespace diagonal {

/// One pane's place in the rail: icon, name, accent edge when shown, a dot for news.
class RailButton : public PaintedButton {
    Q_OBJECT

  public:
    RailButton(const QString& icon, const QString& title, QWidget* parent = nullptr);
    void setNews(bool news);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_icon;
    bool m_news = false;
};

/// The panes at the left of the window. Up and Down move.
class Rail : public Panel {
    Q_OBJECT

  public:
    explicit Rail(QWidget* parent = nullptr);
    void addItem(const QString& icon, const QString& title);
    void setCurrent(int index);
    void setNews(int index, bool news);

  Q_SIGNALS:
    void chosen(int index);

  private:
    QVBoxLayout* m_column;
    QButtonGroup* m_group;
};

}  // namespace diagonal
