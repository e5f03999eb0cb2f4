// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

namespace diagonal {

/// A name, a big number with its unit, and the recent course of it as an area.
class MetricTile : public QWidget {
    Q_OBJECT

  public:
    explicit MetricTile(const QString& name, QWidget* parent = nullptr);
    void setValue(const QString& value, const QString& unit);
    /// Drawn from 0 to `top`, or to the highest where that is 0.
    void setCourse(std::vector<double> values, double top = 0);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_name, m_value, m_unit;
    std::vector<double> m_values;
    double m_top = 0;
};

/// At most `count` means of equal stretches of the last `last` values.
std::vector<double> condensed(const std::vector<double>& values, size_t last, size_t count);

}  // namespace diagonal
