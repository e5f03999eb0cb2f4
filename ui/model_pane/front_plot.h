// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/style/theme.h"

namespace diagonal {

/// Recall (up) against milliseconds an image (right, logarithmic): a mark a model, and a line through those of the
/// Pareto front. Diamonds are on the front, circles are not.
class FrontPlot : public QWidget {
    Q_OBJECT

  public:
    struct Point {
        QString name;
        double milliseconds = 0;
        double recall = 0;  ///< 0..1
        bool isOnFront = false;
    };

    explicit FrontPlot(QWidget* parent = nullptr);
    void setPoints(std::vector<Point> points);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QRectF area() const;
    QPointF place(const Point& point) const;
    void paintAxes(QPainter& painter) const;
    void paintNames(QPainter& painter) const;

    std::vector<Point> m_points;  ///< by time
    double m_left = 1, m_right = 10, m_bottom = 0, m_top = 1;
};

}  // namespace diagonal
