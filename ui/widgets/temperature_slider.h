// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSlider>

class QLineEdit;

namespace diagonal {

class LinkLabel;

/// The track of TemperatureSlider: 0.001 to 1, logarithmic, with the model's own value marked.
class TemperatureTrack : public QSlider {
    Q_OBJECT

  public:
    explicit TemperatureTrack(QWidget* parent = nullptr);
    double temperature() const { return m_temperature; }
    void setTemperature(double temperature);
    void setModelTemperature(double temperature);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    /// The slider's whole numbers are thousandths of the logarithm over the lowest temperature.
    static int positionOf(double temperature);
    static double temperatureAt(int position);

  Q_SIGNALS:
    void moved(double temperature);
    void released();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

  private:
    double xOf(double temperature) const;
    void moveTo(double x);
    void change(double temperature);

    double m_temperature = 0.01, m_model = 0;
};

/// "Temperature", Reset, a field, and the track.
class TemperatureSlider : public QWidget {
    Q_OBJECT

  public:
    static constexpr double kLowest = 0.001, kHighest = 1;

    explicit TemperatureSlider(QWidget* parent = nullptr);
    double temperature() const;
    void setTemperature(double temperature);
    /// Marks it; follows it while the person has not chosen another.
    void setModelTemperature(double temperature);
    bool isDragging() const { return m_dragging; }

  Q_SIGNALS:
    void temperatureChanged(double temperature);  ///< live, while it is dragged too

  private:
    void show(double temperature);
    void take();

    TemperatureTrack* m_track;
    QLineEdit* m_field;
    LinkLabel* m_reset;
    double m_model = 0;
    bool m_dragging = false;
};

}  // namespace diagonal
