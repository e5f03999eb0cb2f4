// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>
#include <vector>

#include "ui/jobs/evaluation_runs.h"
#include "ui/jobs/model_reports.h"

class QCheckBox;
class QMenu;
class QPushButton;
class QVBoxLayout;

namespace diagonal {

class Services;
class TextLabel;

/// A prompt set of a model, and whether it is to be evaluated.
struct ComparedPrompts {
    PromptSet set;
    bool isChosen = true;
};

struct ComparedModel {
    QString path, name;
    std::vector<ComparedPrompts> prompts;
};

/// What is compared: models, each with the prompt sets it is tried with. Kept in the settings.
class ComparedPanel : public QWidget {
    Q_OBJECT

  public:
    explicit ComparedPanel(Services& services, QWidget* parent = nullptr);

    const std::vector<ComparedModel>& models() const { return m_models; }
    /// Those with a chosen prompt set.
    std::vector<PlannedModel> planned() const;
    /// Nothing where it is there. name empty: of the path.
    void addModel(const QString& path, const QString& name = {}, bool isChosen = true);
    void addPrompts(const QString& path, const PromptSet& set);
    /// The models of runs and their checkpoints, the newest of each chosen.
    void addRuns(const QStringList& folders);
    void remove(const QString& path);
    QCheckBox* boxOf(const QString& path, int prompts) const;  ///< -1: of the model

    static PromptSet photoPrompt();  ///< "a photo of a {}."
    static PromptSet namesAlone();

  Q_SIGNALS:
    void edited();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void rebuild();
    void changed();
    void fillAddMenu(QMenu& menu);
    void fillModelMenu(QMenu& menu, const QString& path);
    void askTemplate(const QString& path);
    void refreshState(const QString& path);
    ComparedModel* find(const QString& path);
    void restore();
    void store() const;

    Services& m_services;
    ModelReports m_reports;
    std::vector<HubModel> m_hub;
    std::vector<ComparedModel> m_models;
    QPushButton* m_add;
    QVBoxLayout* m_rows;
    TextLabel* m_empty;
    QHash<QString, QList<QCheckBox*>> m_boxes;  ///< of each model: its own, then its prompt sets'
    bool m_isListed = false;
};

}  // namespace diagonal
