// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSlider>
#include <optional>
#include <vector>

namespace diagonal {

/// The background of a library, as a curve over relevance, with the line from which a hit counts as its handle. Dragged
/// or moved by keys it is the person's own; a double click or Home lets it set itself again. Positions are tenths of σ.
class LineSlider : public QSlider {
    Q_OBJECT

  public:
    static constexpr double kFrom = -4, kTo = 8;  ///< SearchResult::background

    explicit LineSlider(QWidget* parent = nullptr);
    /// Density from kFrom to kTo, any scale; empty: not known.
    void setBackground(const std::vector<float>& density);
    /// Where the line set itself; followed while the person has chosen none.
    void setAutomatic(double line);
    std::optional<double> chosen() const { return m_chosen; }
    void setChosen(std::optional<double> line);
    double line() const { return m_chosen.value_or(m_automatic); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void chosenChanged();  ///< by the person; live

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    double xOf(double relevance) const;
    void moveTo(double x);
    void show();

    std::vector<float> m_density;
    std::optional<double> m_chosen;
    double m_automatic = 0;
};

}  // namespace diagonal
