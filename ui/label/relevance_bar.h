// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QSlider;

namespace diagonal {

class IconButton;
class Switch;
class TextLabel;

/// Below the picture: relevance on or off, of which label, how strong, with the patch grid or without.
class RelevanceBar : public QWidget {
    Q_OBJECT

  public:
    explicit RelevanceBar(QWidget* parent = nullptr);

    /// chosen: one of the labels; empty: the best, which is `best` for the picture shown (or not known: empty).
    void setLabels(const QStringList& labels, const QString& chosen, const QString& best);
    void setOn(bool on);
    bool isOn() const;
    double opacity() const;  ///< 0..1
    void setOpacity(double opacity);
    bool showsGrid() const;
    void setShowsGrid(bool shown);
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void switched(bool on);
    void labelChosen(const QString& label);  ///< empty: the best
    void lookChanged();                      ///< opacity, grid

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    class Legend;
    void enable();

    Switch* m_switch;
    TextLabel* m_title;
    QComboBox* m_label;
    TextLabel* m_opacityTitle;
    QSlider* m_opacity;
    IconButton* m_grid;
    Legend* m_legend;
};

}  // namespace diagonal
