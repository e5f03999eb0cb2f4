// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/inference/colour_map.h"
#include "ui/matrix/matrix_analysis.h"

class QComboBox;

namespace diagonal {

class PlotView;
class SegmentedControl;
class TabularLabel;
class TemperatureSlider;
class TextLabel;

/// What of the matrix is shown and how: value, colours, temperature with the loss over it, order; and recall.
class MatrixSide : public QWidget {
    Q_OBJECT

  public:
    explicit MatrixSide(QWidget* parent = nullptr);

    ShownValue value() const;
    void setValue(ShownValue value);
    ColourMap colours() const;
    double temperature() const;
    void setModelTemperature(double temperature);
    MatrixOrder order() const;
    /// Loss curve and recall of pairs; what needs pairs is hidden without.
    void showAnalysis(const MatrixAnalysis& analysis, bool paired);
    /// The loss of pairs that are told apart by chance.
    double chance() const { return m_chance; }

  Q_SIGNALS:
    void viewChanged();  ///< value, colours or temperature
    void orderChanged();

  private:
    QWidget* makeValue();
    QWidget* makeTemperature();
    QWidget* makeOrder();
    void takeValue();
    void showTemperature();

    SegmentedControl* m_value;
    QComboBox *m_colours, *m_order;
    TemperatureSlider* m_slider;
    PlotView* m_loss;
    TextLabel* m_lowest;
    QWidget *m_lossGroup, *m_recallGroup;
    TabularLabel* m_recalls[4];
    LossCurve m_curve;
    double m_chance = 0;
    int m_imageToText = 0, m_textToImage = 0;
    ColourMap m_chosen[2] = {ColourMap::Viridis, ColourMap::Magma};  ///< for similarities, for probabilities
};

}  // namespace diagonal
