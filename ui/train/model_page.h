// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/train/architectures.h"
#include "ui/train/wizard_page.h"

class QButtonGroup;
class QComboBox;
class QSpinBox;
class QVBoxLayout;

namespace diagonal {

class FormField;
class FormPage;

/// From scratch with one of the architectures, or on from the open model.
class ModelPage : public WizardPage {
    Q_OBJECT

  public:
    explicit ModelPage(WizardState& state, QWidget* parent = nullptr);

    QString stepName() const override { return tr("Model"); }
    QString stepSummary() const override;
    void load() override;
    void focusFirst() override;

  private:
    void addChoice(const QString& name, const QString& facts, const QString& use, int id, QWidget* more = nullptr);
    QComboBox* makePublished();
    QString publishedName() const;
    void rebuild();
    bool isFineTune() const;

    std::vector<ArchitectureChoice> m_choices;
    FormPage* m_page;
    QButtonGroup* m_group;
    QVBoxLayout* m_list;
    QComboBox* m_published = nullptr;
    QSpinBox* m_vocabulary;
    FormField* m_vocabularyField;
};

}  // namespace diagonal
