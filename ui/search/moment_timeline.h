// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSlider>

#include "ui/search/video_frames.h"

namespace diagonal {

/// A video over time: the query's curve with the line and the moments above it, the frames as wide as what they stand
/// for, and the playhead. Its value is the playhead's time in ms; arrows go from frame to frame, with Ctrl from moment
/// to moment.
class MomentTimeline : public QAbstractSlider {
    Q_OBJECT

  public:
    explicit MomentTimeline(QWidget* parent = nullptr);
    void setFrames(const VideoFrames* frames);  ///< which stays until the next

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void frameStepped(int by);
    void momentStepped(int by);
    void playToggled();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    double xOf(double time) const;
    double yOf(double relevance) const;
    void paintCurve(QPainter& painter) const;
    void paintFrames(QPainter& painter) const;
    void paintAxis(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;

    const VideoFrames* m_frames = nullptr;
    double m_low = 0, m_high = 1;  ///< of the curve, relevance
};

}  // namespace diagonal
