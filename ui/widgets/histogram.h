// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

namespace diagonal {

/// How often values occur, as horizontal bars beside a ColourLegend on the same axis: those on the diagonal in accent,
/// the others in grey. Counts are drawn by their square root, so that a few stay visible beside many.
class HistogramView : public QWidget {
    Q_OBJECT

  public:
    explicit HistogramView(QWidget* parent = nullptr);
    void setValues(const std::vector<float>& diagonal, const std::vector<float>& others);
    void setRange(double low, double high);
    void setInsets(int top, int bottom);
    void setNames(const QString& diagonal, const QString& others);  ///< "24 on the diagonal", "552 off it"

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<int> bins(const std::vector<float>& values, int count) const;

    std::vector<float> m_diagonal, m_others;
    double m_low = 0, m_high = 1;
    int m_top = 0, m_bottom = 0;
    QString m_diagonalName, m_othersName;
};

}  // namespace diagonal
