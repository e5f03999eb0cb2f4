// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/painted_button.h"

namespace diagonal {

/// One step of the wizard: its number in a circle, its name, and what it says now.
class StepButton : public PaintedButton {
    Q_OBJECT

  public:
    StepButton(int number, const QString& name, bool last, QWidget* parent = nullptr);
    void setSummary(const QString& summary);
    void setFailed(bool failed);
    QString summary() const { return m_summary; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int m_number;
    bool m_last, m_failed = false;
    QString m_summary;
};

}  // namespace diagonal
