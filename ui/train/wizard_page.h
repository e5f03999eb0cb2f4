// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "training/run/options.h"
#include "ui/train/run_model.h"

namespace diagonal {

struct DataPreview;

/// What the pages of the wizard work on together.
struct WizardState {
    TrainOptions options;
    const DataPreview* preview = nullptr;  ///< null until the data was looked at
    QString finetuneName;                  ///< of the open model; empty when none can be fine-tuned
    QString finetunePath;
    const std::vector<RunSummary>* pastRuns = nullptr;  ///< newest first
};

/// One step of the wizard.
class WizardPage : public QWidget {
    Q_OBJECT

  public:
    explicit WizardPage(WizardState& state, QWidget* parent = nullptr) : QWidget(parent), m_state(state) {}

    virtual QString stepName() const = 0;
    /// One line about what the page says now: "small, from scratch".
    virtual QString stepSummary() const = 0;
    /// Takes what the state holds into the fields.
    virtual void load() = 0;
    /// Shows errors under the fields; false when there are some.
    virtual bool check() { return true; }
    virtual QWidget* sidePanel() { return nullptr; }
    virtual void focusFirst() = 0;

  Q_SIGNALS:
    void edited();  ///< the person changed something; the state holds it
    void ready();   ///< what check() missed is there: the next page may come

  protected:
    /// Steps that go once through all training images; 0 while their number is not known.
    int64_t stepsPerEpoch() const;
    /// Steps of the whole run; 0 while that is not known.
    int64_t runSteps() const;
    // What the run is too short for; empty where it is not.
    QString warmupWarning() const;
    QString validationWarning() const;
    QString checkpointWarning() const;

    WizardState& m_state;
};

}  // namespace diagonal
