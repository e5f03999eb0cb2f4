// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/train/wizard_page.h"

class QLineEdit;
class QSpinBox;

namespace diagonal {

class FormField;
class SegmentedControl;
class TextLabel;

/// How long, how large the batch, how fast.
class ObjectivePage : public WizardPage {
    Q_OBJECT

  public:
    explicit ObjectivePage(WizardState& state, QWidget* parent = nullptr);

    QString stepName() const override { return tr("Objective"); }
    QString stepSummary() const override;
    void load() override;
    bool check() override;
    void focusFirst() override;

  private:
    void take();
    void showLength();

    bool m_loading = false;
    SegmentedControl* m_unit;
    QSpinBox *m_length, *m_batch, *m_warmup, *m_seed;
    QLineEdit *m_rate, *m_decay;
    FormField *m_lengthField, *m_batchField, *m_rateField, *m_decayField;
};

}  // namespace diagonal
