// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/style/theme.h"

class QPainter;

namespace diagonal {

/// Digits in the width of the widest digit, so that numbers below each other stand in columns (Qt 6.4 cannot switch a
/// font's tabular figures on). Everything that draws numbers goes through here.
qreal tabularWidth(const QFont& font, const QString& text);
/// Draws one line with the painter's font and pen.
void drawTabular(QPainter& painter, const QRectF& area, const QString& text,
                 Qt::Alignment alignment = Qt::AlignRight | Qt::AlignVCenter);

/// One line of numbers (and words).
class TabularLabel : public QWidget {
    Q_OBJECT

  public:
    explicit TabularLabel(const QString& text = {}, int size = 13, int weight = 400, ColourRole colour = &Tokens::text,
                          QWidget* parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString& text);
    void setAlignment(Qt::Alignment alignment);
    void setColour(ColourRole colour);
    void setWeight(int weight);
    /// Keeps at least the width of this text, so that a growing number moves nothing.
    void reserve(const QString& widest);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QFont textFont() const;

    QString m_text, m_widest;
    int m_size, m_weight;
    ColourRole m_colour;
    Qt::Alignment m_alignment = Qt::AlignRight | Qt::AlignVCenter;
};

}  // namespace diagonal
