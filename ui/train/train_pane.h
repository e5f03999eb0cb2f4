// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>

#include "ui/shell/pane.h"
#include "ui/train/run_model.h"

class QListView;
class QStackedWidget;

namespace diagonal {

class Curves;
class MonitorHead;
class ProbePanel;
class RunFacts;
class RunListModel;
class Services;
class TrainWizard;

/// Runs at the left, the monitor of one of them beside it; the wizard takes their place while a run is designed.
class TrainPane : public Pane {
    Q_OBJECT

  public:
    explicit TrainPane(Services& services, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("train"); }
    QString title() const override { return tr("Train"); }
    QList<QAction*> fileActions() const override { return {m_newRun, m_openRun}; }
    QList<QAction*> runActions() const override { return {m_stop, m_resume, m_refresh}; }
    /// A run folder is shown; anything else is data for a new run.
    bool openPaths(const QStringList& paths) override;
    bool hasNews() const override;

    TrainWizard* wizard() const { return m_wizard; }
    RunModel* shownRun() const { return m_shown; }
    bool isWizardShown() const;
    void newRun();
    void openRun(const QString& folder);
    void refreshRuns();

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void openData(const QString& path);
    QWidget* makeRunColumn();
    QWidget* makeMonitor();
    void makeActions();
    void connectTraining();
    void start(const TrainOptions& options);
    void resume(const QString& folder);
    void leaveWizard();
    void beginLive(RunModel* run, const TrainOptions& options);
    void showRun(RunModel* run);
    void select(const QString& folder);
    void useModel();
    void openFolder();
    void updateList();
    void updateActions();

    Services& m_services;
    QObject m_listOwner, m_readOwner, m_resumeOwner, m_openOwner;
    QPointer<RunModel> m_live;  ///< the run that trains, or the last that did
    QPointer<RunModel> m_shown;
    RunListModel* m_runs;
    QString m_wanted;  ///< the folder chosen last; that of m_shown once it is read
    std::shared_ptr<KnownRuns> m_known;
    QStringList m_foreign;  ///< run folders opened from elsewhere
    bool m_news = false;

    QAction *m_newRun, *m_openRun, *m_stop, *m_resume, *m_refresh;
    QStackedWidget *m_stack, *m_content;
    TrainWizard* m_wizard;
    QListView* m_list;
    RunFacts* m_facts;
    MonitorHead* m_head;
    Curves* m_curves;
    ProbePanel* m_probe;
    QWidget* m_probeSide;
};

}  // namespace diagonal
