// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "ui/style/theme.h"

namespace diagonal {

/// One line that ends in "…" where there is no room, with the whole text as tooltip.
class ElidedLabel : public QLabel {
    Q_OBJECT

  public:
    explicit ElidedLabel(const QString& text = {}, int size = 13, int weight = 400, ColourRole colour = &Tokens::text,
                         QWidget* parent = nullptr);

    void setColour(ColourRole colour);
    void setWeight(int weight);
    void setElideMode(Qt::TextElideMode mode);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void take();

    int m_size, m_weight;
    ColourRole m_colour;
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

/// Text in a size, weight and colour of the guide; wraps where setWordWrap says so. Plain text unless setTextFormat.
class TextLabel : public QLabel {
    Q_OBJECT

  public:
    explicit TextLabel(const QString& text = {}, int size = 13, int weight = 400, ColourRole colour = &Tokens::text,
                       QWidget* parent = nullptr);
    void setColour(ColourRole colour);
    void setWeight(int weight);

  private:
    void take();

    int m_size, m_weight;
    ColourRole m_colour;
};

/// A text that wraps.
TextLabel* makeWrapped(const QString& text = {}, int size = 13, int weight = 400, ColourRole colour = &Tokens::text);

}  // namespace diagonal
