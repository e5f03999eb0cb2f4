// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPointer>
#include <QWidget>

#include "ui/train/run_model.h"
#include "ui/widgets/colour_table.h"

class QSlider;

namespace diagonal {

class ColourLegend;
class HeatmapView;
class SectionHeader;
class SegmentedControl;
class TabularLabel;

/// Small matrices of evaluations, one of which is shown large.
class MatrixStrip : public QWidget {
    Q_OBJECT

  public:
    explicit MatrixStrip(QWidget* parent = nullptr);
    struct Item {
        int evaluation;
        QString name;
        QImage picture;
    };
    void setItems(std::vector<Item> items);
    void setCurrent(int evaluation);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void chosen(int evaluation);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

  private:
    QRect tile(int index) const;

    std::vector<Item> m_items;
    int m_current = -1;
};

/// The similarity matrix of the probe batch as it grows its diagonal, evaluation by evaluation.
class ProbePanel : public QWidget {
    Q_OBJECT

  public:
    explicit ProbePanel(QWidget* parent = nullptr);
    void setRun(RunModel* run);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void reload();
    void showEvaluation(int index);
    void fillStrip();
    void showNothing();
    void fixRange();
    SimilarityMatrix matrixOf(int index) const;
    bool isSoftmax() const;
    const ValidationMetrics& evaluation(int index) const;

    QPointer<RunModel> m_run;
    std::vector<size_t> m_evaluations;  ///< validations that hold a probe matrix
    double m_low = 0, m_high = 1;
    bool m_atLatest = true;

    SectionHeader* m_header;
    SegmentedControl* m_value;
    QWidget *m_content, *m_square;
    HeatmapView* m_heatmap;
    ColourLegend* m_legend;
    MatrixStrip* m_strip;
    QSlider* m_slider;
    TabularLabel* m_position;
    TabularLabel *m_diagonal, *m_others, *m_rows, *m_columns;
    QWidget* m_waiting;
};

}  // namespace diagonal
