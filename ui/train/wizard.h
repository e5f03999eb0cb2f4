// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <set>
#include <string>

#include "ui/train/wizard_page.h"

class QPushButton;
class QStackedWidget;

namespace diagonal {

class DataPage;
class OutputPage;
class Panel;
class Services;
class StepButton;
class TextLabel;

/// A new run in five steps that already hold what is needed: Enter five times trains. It stands in the pane, so that
/// looking elsewhere stays possible.
class TrainWizard : public QWidget {
    Q_OBJECT

  public:
    explicit TrainWizard(Services& services, QWidget* parent = nullptr);

    /// Starts over with the defaults. A data path may be given.
    void begin(const QString& spec = {});
    /// Newest first; how long the run will take is told by how fast they went.
    void setPastRuns(const std::vector<RunSummary>* runs) { m_state.pastRuns = runs; }
    /// Goes on where the person left, or starts over where nothing of theirs is left.
    void open();
    /// Goes on where a run could not start.
    void showOptions(const TrainOptions& options);
    const TrainOptions& options() const { return m_state.options; }
    int currentStep() const;
    int stepCount() const { return static_cast<int>(m_pages.size()); }
    void goTo(int step);
    /// The next page, or the start of the run from the last; stays where a page has errors.
    void next();
    void setData(const QString& spec);

  Q_SIGNALS:
    void startRequested(const diagonal::TrainOptions& options);
    void cancelled();  ///< what was chosen stays

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void addPage(WizardPage* page);
    QWidget* makeSteps();
    QWidget* makeFooter();
    void dataKnown();
    void rememberEdits();
    void showSide();
    void updateSteps();
    void showBusy();
    void back();
    bool checkPage(int step);
    void load();
    void leave();
    void startOver();
    void updateStartOver();

    Services& m_services;
    WizardState m_state;
    TrainOptions m_before;           ///< as they were at the last look
    std::set<std::string> m_edited;  ///< keys that the person changed: other data leaves them alone
    QList<WizardPage*> m_pages;
    QList<StepButton*> m_steps;
    DataPage* m_data;
    OutputPage* m_output;
    QStackedWidget* m_stack;
    Panel* m_side;
    struct Draft {
        TrainOptions options;
        std::set<std::string> edited;
        int step = 0;
    };
    std::optional<Draft> m_dropped;  ///< what was there before starting over
    bool m_isDraft = false;          ///< the person has changed something

    QPushButton *m_back, *m_next, *m_startOver;
    TextLabel* m_blocked;
};

}  // namespace diagonal
