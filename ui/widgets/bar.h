// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProgressBar>
#include <QVariantAnimation>

#include "ui/style/theme.h"

class QPainter;

namespace diagonal {

/// A rounded bar: value 0..1 of area in the fill's colour on the track. Delegates use it too.
void paintBar(QPainter& painter, const QRectF& area, double value, const QColor& fill, const QColor& track);

/// Progress and probabilities. Role: &Tokens::accent (best, progress), &Tokens::bar (others), &Tokens::warnLine
/// (unsure).
class Bar : public QProgressBar {
    Q_OBJECT

  public:
    explicit Bar(int thickness = 6, QWidget* parent = nullptr);

    /// 0..1, in place of QProgressBar's whole numbers.
    double value() const { return m_value; }
    /// animated: glides there in 120 ms where animation is on.
    void setValue(double value, bool animated = false);
    void setColour(ColourRole role);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int m_thickness;
    double m_value = 0, m_shown = 0;
    ColourRole m_role = &Tokens::accent;
    QVariantAnimation m_animation;
};

}  // namespace diagonal
