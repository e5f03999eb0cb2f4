// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/train/wizard_page.h"

class QLineEdit;
class QSpinBox;

namespace diagonal {

class FormField;

/// How often to validate and save, and where the run goes.
class OutputPage : public WizardPage {
    Q_OBJECT

  public:
    OutputPage(WizardState& state, const QString& runsFolder, QWidget* parent = nullptr);

    QString stepName() const override { return tr("Validation and output"); }
    QString stepSummary() const override;
    void load() override;
    bool check() override;
    void focusFirst() override;
    /// Names the run after data and model until the person has named it.
    void suggestName();

  private:
    void take();

    QString m_suggested;
    bool m_loading = false;
    QLineEdit *m_name, *m_folder;
    QSpinBox *m_validate, *m_save, *m_keep;
    FormField *m_nameField, *m_folderField;
};

}  // namespace diagonal
