// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>

#include "ui/widgets/colour_table.h"

namespace diagonal {

/// A vertical bar of colours with its values at the right; high at the top.
class ColourLegend : public QWidget {
    Q_OBJECT

  public:
    explicit ColourLegend(QWidget* parent = nullptr);
    void setColours(const ColourTable& table);
    void setRange(double low, double high);
    /// Marks the ends that cut values off.
    void setClipped(bool below, bool above);
    /// A line at this value (under the pointer), NaN for none.
    void setMarked(double value);
    void setFormat(std::function<QString(double)> format);
    /// Where the bar starts and ends, from the top edge of the widget (to stand beside a heatmap).
    void setInsets(int top, int bottom);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    ColourTable m_table;
    double m_low = 0, m_high = 1, m_marked;
    bool m_below = false, m_above = false;
    int m_top = 0, m_bottom = 0;
    std::function<QString(double)> m_format;
};

/// Values at round distances that cover low..high, at most `count`.
std::vector<double> niceTicks(double low, double high, int count);

}  // namespace diagonal
