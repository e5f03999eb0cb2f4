// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include "ui/train/run_model.h"

class QCheckBox;
class QSlider;

namespace diagonal {

class MetricTiles;
class PlotView;
class SegmentedControl;
class TabularLabel;

/// Loss, temperature, recall and throughput of a run over one x axis with one cursor.
class Curves : public QWidget {
    Q_OBJECT

  public:
    explicit Curves(QWidget* parent = nullptr);
    void setRun(RunModel* run);
    Across across() const;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* makeControls();
    void makePlots();
    void rebuild();
    void flush();
    void fillValidations();
    void fillMarkers();
    void addLosses();
    bool findLabels();
    void fillReferences();
    void fillTemperatureReferences();
    void updateRange();
    void setSmoothing(int position);

    QPointer<RunModel> m_run;
    QTimer m_timer;  ///< steps come often; the plots take them ten times a second
    size_t m_pushed = 0;
    size_t m_skips = 0;  ///< markers of left-out batches that are shown
    bool m_validationsDirty = false;

    QList<QWidget*> m_captions;  ///< of the controls
    SegmentedControl* m_across;
    QSlider* m_smoothing;
    TabularLabel* m_window;
    QCheckBox* m_logarithmic;
    PlotView *m_loss, *m_temperature, *m_recall;
    MetricTiles* m_tiles;
    int m_lossImage = 0, m_lossText = 0, m_lossValidation = 0, m_lossDistillation = -1, m_scale = 0;
    int m_recalls[6] = {};
    bool m_hasZeroShot = false, m_hasNeighbours = false, m_hasProbe = false;
};

/// Steps of the smoothing window at a position 0..100 of its slider: 1 to 1,000, logarithmic.
int smoothingWindow(int position);

}  // namespace diagonal
