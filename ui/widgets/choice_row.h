// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/style/looks.h"

class QButtonGroup;
class QHBoxLayout;
class QPushButton;

namespace diagonal {

/// Choices side by side, a button each, one of which holds: one stop for Tab, arrows move the choice and pass over
/// hidden ones.
class ChoiceRow : public QWidget {
    Q_OBJECT

  public:
    int count() const;
    int currentIndex() const;
    void setCurrentIndex(int index);

  Q_SIGNALS:
    void currentChanged(int index);  ///< whoever changed it
    void activated(int index);       ///< the person did

  protected:
    ChoiceRow(ButtonKind look, QWidget* parent);

    /// The first one is the choice at first.
    QPushButton* addChoice(const QString& text);
    QPushButton* choice(int index) const;
    /// The choice moves on when it was this one.
    void setChoiceVisible(int index, bool visible);
    QHBoxLayout* row() const { return m_row; }

    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    bool takeKey(const QKeyEvent& event);
    /// Chooses the next shown one in that direction, if there is one.
    void step(int from, int direction);

    ButtonKind m_look;
    QHBoxLayout* m_row;
    QButtonGroup* m_group;
    bool m_changed = false;
};

}  // namespace diagonal
