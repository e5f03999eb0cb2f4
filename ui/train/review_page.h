// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/train/wizard_page.h"

class QGridLayout;
class QPlainTextEdit;
class QPushButton;

namespace diagonal {

class TextLabel;

/// All that was chosen, and the command that does the same on another machine.
class ReviewPage : public WizardPage {
    Q_OBJECT

  public:
    explicit ReviewPage(WizardState& state, QWidget* parent = nullptr);

    QString stepName() const override { return tr("Review"); }
    QString stepSummary() const override { return tr("all of it, and the command"); }
    void load() override;
    bool check() override;
    void focusFirst() override;

  private:
    void addFact(const QString& name, const QString& value);
    void addOthers();
    QString timeText() const;

    TextLabel *m_problem, *m_warnings;
    QGridLayout* m_facts;
    QPlainTextEdit* m_command;
    QPushButton* m_copy;
};

}  // namespace diagonal
