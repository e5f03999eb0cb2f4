// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/train/option_form.h"
#include "ui/train/wizard_page.h"

class QSpinBox;
class QVBoxLayout;

namespace diagonal {

class Disclosure;
class FormField;
class FormPage;
class SegmentedControl;

/// The loss, how long, how large the batch, how fast.
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
    FormField* makeLength();
    void fillTargets();
    void fillMutual(QVBoxLayout* column);
    void fillOptimizer();
    void fillSchedule(QVBoxLayout* column);
    void dropWhatDoesNotFit();
    void takeLoss();
    void takeLength();
    void changeUnit(int unit);
    void refresh();
    void refreshTeacher();
    void showLength();

    bool m_loading = false;
    OptionForm m_form;
    FormPage* m_page;
    SegmentedControl* m_unit;
    QSpinBox* m_length;
    FormField *m_loss, *m_lengthField, *m_batch, *m_warmup, *m_temperature, *m_smoothing, *m_imageRate, *m_textRate;
    FormField *m_temperatureRate, *m_gamma, *m_gammaEpochs, *m_rho, *m_distillation, *m_teacherTemperature;
    FormField *m_normalize, *m_targetTemperature, *m_targetGradient, *m_patience, *m_factor;
    std::string m_lossBefore;
    Disclosure *m_targets, *m_optimizer;
};

}  // namespace diagonal
