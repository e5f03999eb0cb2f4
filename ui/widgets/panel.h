// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/style/layouts.h"
#include "ui/style/theme.h"

namespace diagonal {

/// A flat area in one colour, with hairlines at the named edges (inside its own size).
class Panel : public QWidget {
    Q_OBJECT

  public:
    explicit Panel(ColourRole background = &Tokens::surface, Qt::Edges hairlines = {}, QWidget* parent = nullptr);
    void setBackground(ColourRole background);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    ColourRole m_background;
    Qt::Edges m_hairlines;
};

/// 1 px of border colour between groups of a panel.
class Hairline : public QWidget {
    Q_OBJECT

  public:
    explicit Hairline(Qt::Orientation orientation = Qt::Horizontal, QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// The 48 px strip at the top of a pane.
class Toolbar : public Panel {
    Q_OBJECT

  public:
    explicit Toolbar(QWidget* parent = nullptr);
    void add(std::initializer_list<LayoutItem> items) { addItems(*m_row, items); }

  private:
    QHBoxLayout* m_row;
};

}  // namespace diagonal
