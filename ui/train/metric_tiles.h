// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/train/run_model.h"
#include "ui/widgets/panel.h"

namespace diagonal {

class MetricTile;

/// What the machine does: throughput, and the GPU where there is one, else the time that went by waiting for data.
class MetricTiles : public Panel {
    Q_OBJECT

  public:
    explicit MetricTiles(QWidget* parent = nullptr);
    /// run: null or without steps empties the tiles.
    void showRun(const RunModel* run);

  private:
    MetricTile* add(const QString& name);
    void showWaiting(const RunModel& run);
    void showGpu(const std::vector<StepMetrics>& steps);

    MetricTile *m_throughput, *m_waiting, *m_gpu, *m_memory, *m_power;
    QList<MetricTile*> m_tiles;
    QList<Hairline*> m_lines;  ///< one before each tile
};

}  // namespace diagonal
