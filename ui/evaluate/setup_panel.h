// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <functional>
#include <map>

#include "ui/evaluate/compared_panel.h"
#include "ui/widgets/panel.h"

class QLineEdit;
class QSpinBox;

namespace diagonal {

class Disclosure;

/// Where pictures come from, as a text that openDataset takes; below it what lies there, or why it cannot be read.
class DataField : public QWidget {
    Q_OBJECT

  public:
    DataField(Services& services, const QString& name, const QString& placeholder, const QString& toolTip,
              QWidget* parent = nullptr);
    QString spec() const;
    void setSpec(const QString& spec);
    QString note() const;
    bool hasFailed() const { return m_hasFailed; }
    /// What lies there, once it is known.
    struct Facts {
        size_t pictures = 0, labelled = 0, captions = 0, classes = 0;
    };
    const Facts& facts() const { return m_facts; }
    QLineEdit& field() { return *m_field; }

  Q_SIGNALS:
    void edited();
    void looked();

  private:
    void look();
    void say(const QString& text, bool isError);

    Services& m_services;
    QLineEdit* m_field;
    TextLabel* m_note;
    QTimer m_delay;
    Facts m_facts;
    bool m_hasFailed = false;
};

/// The left of the Evaluate pane: what is compared, on which pictures, in which tasks. Kept in the settings.
class SetupPanel : public Panel {
    Q_OBJECT

  public:
    explicit SetupPanel(Services& services, QWidget* parent = nullptr);

    EvaluationPlan plan() const;
    /// Why that cannot be evaluated; empty when it can.
    QString problem() const;
    ComparedPanel& compared() { return *m_compared; }
    DataField& labelled() { return *m_labelled; }
    DataField& captioned() { return *m_captioned; }
    DataField& training() { return *m_training; }
    QCheckBox& box(EvaluationTask task) { return *m_tasks.at(task); }
    QSpinBox& seeds() { return *m_seeds; }
    QSpinBox& limit() { return *m_limit; }
    void setTask(EvaluationTask task, bool isWanted);
    void setLocked(bool locked);

  Q_SIGNALS:
    void edited();

  private:
    QWidget* makeData();
    QWidget* makeTasks();
    QWidget* makeMore();
    QSpinBox* addNumber(QVBoxLayout& column, const QString& name, const char* key, int low, int high, int value);
    void store();
    void restore();

    Services& m_services;
    ComparedPanel* m_compared;
    DataField* m_labelled;
    DataField* m_captioned;
    DataField* m_training;
    std::map<EvaluationTask, QCheckBox*> m_tasks;
    TextLabel* m_seedsNote;
    TextLabel* m_neighboursNote;
    Disclosure* m_more = nullptr;
    QSpinBox* m_limit = nullptr;
    QSpinBox* m_seeds = nullptr;
    QSpinBox* m_neighbours = nullptr;
    QSpinBox* m_severity = nullptr;
    QSpinBox* m_draws = nullptr;
    QCheckBox* m_startFromTexts = nullptr;
    bool m_isRestoring = false;
};

}  // namespace diagonal
