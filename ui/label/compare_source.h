// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/jobs/model_reports.h"
#include "ui/label/compare_session.h"

class QComboBox;
class QLineEdit;

namespace diagonal {

class ElidedLabel;
class SegmentedControl;
class Services;

/// What the right side of the comparison is: another prompt of the same model, or another model.
class CompareSource : public QWidget {
    Q_OBJECT

  public:
    explicit CompareSource(Services& services, QWidget* parent = nullptr);

    /// Shows a choice that was made elsewhere; no signal.
    void show(const CompareChoice& choice);
    /// A line behind the choice: what the second model takes.
    void setNote(const QString& note);
    void choosePrompt(const QString& set);     ///< a named set of templates; empty: labels as written
    void chooseTemplate(const QString& text);  ///< the person's own
    void chooseModel(const QString& path);
    void openModelChooser();

    SegmentedControl& kinds() { return *m_kind; }
    QComboBox& prompts() { return *m_prompts; }
    QComboBox& models() { return *m_models; }
    QLineEdit& field() { return *m_field; }

  Q_SIGNALS:
    void chosen(const diagonal::CompareChoice& choice);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void fillPrompts();
    void fillModels();
    void promptActivated(int index);
    void modelActivated(int index);
    void templateEdited();
    void arrange();
    void take(const CompareChoice& choice);
    void showProblem(const QString& problem);

    Services& m_services;
    ModelReports m_reports;
    std::vector<HubModel> m_hub;
    CompareChoice m_choice;
    SegmentedControl* m_kind;
    QComboBox* m_prompts;
    QComboBox* m_models;
    QLineEdit* m_field;
    ElidedLabel* m_note;
    QString m_noteText, m_problem;  ///< m_problem: why the template cannot be used
};

}  // namespace diagonal
