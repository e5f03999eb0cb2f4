// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "ui/jobs/engine_service.h"
#include "ui/train/option_form.h"
#include "ui/train/wizard_page.h"

class QLineEdit;

namespace diagonal {

class Disclosure;
class FormField;
class MemoryLine;

/// How often to validate and save, where the run goes, and what it is computed with.
class OutputPage : public WizardPage {
    Q_OBJECT

  public:
    OutputPage(WizardState& state, EngineService& engine, const QString& runsFolder, QWidget* parent = nullptr);

    QString stepName() const override { return tr("Validation and output"); }
    QString stepSummary() const override;
    void load() override;
    bool check() override;
    void focusFirst() override;
    /// Names the run after data and model until the person has named it.
    void suggestName();

  private:
    void takeName();
    void look();
    void checkFolder();
    void refresh();

    /// What is known of the folder for runs; a disk may be slow, so a task looks.
    struct Place {
        QString folder;
        QStringList names;
        bool isWritable = true;
    };

    EngineService& m_engine;
    QObject m_lookOwner;
    QTimer m_wait;  ///< for a pause in typing
    bool m_isLooking = false;
    Place m_place;
    OptionForm m_form;
    QString m_suggested;
    QLineEdit *m_name, *m_folder;
    FormField *m_validate, *m_save, *m_microBatch, *m_nameField, *m_folderField;
    Disclosure* m_computing;
    MemoryLine* m_memory;
};

}  // namespace diagonal
