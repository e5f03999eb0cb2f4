// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "ui/style/tabular.h"
#include "ui/style/theme.h"

namespace diagonal {

/// One line of numbers (and words).
class TabularLabel : public QLabel {
    Q_OBJECT

  public:
    explicit TabularLabel(const QString& text = {}, int size = 13, int weight = 400, ColourRole colour = &Tokens::text,
                          QWidget* parent = nullptr);

    void setColour(ColourRole colour);
    void setWeight(int weight);
    /// Keeps at least the width of this text, so that a growing number moves nothing.
    void reserve(const QString& widest);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void take();

    QString m_widest;
    int m_size, m_weight;
    ColourRole m_colour;
};

}  // namespace diagonal
