// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/widgets/buttons.h"

namespace diagonal {

class ButtonRow;
class TextLabel;

/// What to do, then what happens, then the ways in.
class EmptyState : public QWidget {
    Q_OBJECT

  public:
    EmptyState(const QString& title, const QString& explanation, QWidget* parent = nullptr);
    QPushButton* addButton(const QString& text, const QString& icon = {}, ButtonKind kind = ButtonKind::Normal);
    /// The drawing that explains the product: pictures down, words across, matches on the diagonal.
    void setDrawing(bool shown);
    void setTexts(const QString& title, const QString& explanation);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showDrawing();

    bool m_hasDrawing = false;
    QWidget* m_drawing;
    TextLabel* m_title;
    TextLabel* m_explanation;
    ButtonRow* m_buttons;
};

}  // namespace diagonal
