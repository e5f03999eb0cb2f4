// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// The few-shot curves of all models: colour and marker tell the model, the band is the spread over seeds, zero-shot is
/// dashed, a ring marks where both meet; last, behind a break, the linear probe with all pictures. Left and right move
/// the cursor.
class FewShotPlot : public QWidget {
    Q_OBJECT

  public:
    explicit FewShotPlot(QWidget* parent = nullptr);
    void setReport(std::shared_ptr<const EvaluationReport> report);
    bool isEmpty() const { return m_curves.empty(); }
    /// "Zero-shot is worth about 14 to 15 labelled pictures a class (ViT-B-32 15, ViT-B-16 14)".
    QString verdict() const;
    /// Of the cursor's number of pictures.
    QString reading() const;
    /// A line a model: accuracy with the spread of its seeds, and how far from zero-shot.
    QString detail() const;
    void setCursor(int place);
    /// Fields that are not defined are empty.
    QByteArray csv() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    struct Curve {
        QString name;
        const FewShotCurve* curve;
        double all;  ///< of the linear probe; NaN
    };
    QRectF plotArea() const;
    double xOf(double shots) const;
    double xOfAll() const;
    double yOf(double share) const;
    int places() const;
    double valueAt(const Curve& curve, int place) const;
    void paintCurve(QPainter& painter, size_t number) const;
    void paintLegend(QPainter& painter) const;
    std::shared_ptr<const EvaluationReport> m_report;
    std::vector<Curve> m_curves;
    std::vector<int> m_shots;
    bool m_hasAll = false;
    int m_cursor = -1;
    double m_low = 0, m_high = 1;
};

}  // namespace diagonal
