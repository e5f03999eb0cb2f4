// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <vector>

#include "ui/evaluate/shown_row.h"

class QPushButton;

namespace diagonal {

class LinkLabel;
class SectionHeader;
class SegmentedControl;
class TextLabel;

/// Said probability against how often that is right: squares with the model's temperature, dots with the fitted one.
/// Below it how many answers are how sure.
class ReliabilityPlot : public QWidget {
    Q_OBJECT

  public:
    explicit ReliabilityPlot(QWidget* parent = nullptr);
    /// Null: nothing.
    void setCalibration(const Calibration* calibration);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    QRectF plotArea() const;
    void paintBins(QPainter& painter, const std::vector<ReliabilityBin>& bins, bool isFitted) const;

    Calibration m_calibration;
    bool m_isThere = false;
};

/// How far the probabilities of a row can be believed: zero-shot's, with the temperature that makes them true, and
/// those of its probes.
class CalibrationView : public QWidget {
    Q_OBJECT

  public:
    explicit CalibrationView(QWidget* parent = nullptr);
    void setRow(const ShownRow& row);
    /// The one that is kept with this model; 0: none.
    void setKept(double temperature);
    QString verdict() const;
    QPushButton& useButton() { return *m_use; }

  Q_SIGNALS:
    /// 0: the model's own again.
    void temperatureWanted(const QString& model, double temperature);

  private:
    void refresh();
    void showChoices();
    void showFitted(const Calibration& one);
    void showProbe(const TaskResult& result);
    void showVerdict(const std::vector<ReliabilityBin>& bins);
    void showNumbers(const std::vector<std::array<QString, 3>>& lines);

    ShownRow m_row;
    double m_kept = 0;
    int m_wanted = 0;  ///< of m_which, where it is there
    SectionHeader* m_header;
    SegmentedControl* m_which;
    ReliabilityPlot* m_plot;
    TextLabel* m_numbers;
    TextLabel* m_verdict;
    TextLabel* m_note;
    QPushButton* m_use;
    LinkLabel* m_reset;
    QWidget* m_side;
};

}  // namespace diagonal
