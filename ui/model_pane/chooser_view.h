// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/model_scoring.h"
#include "ui/model_pane/score_table_model.h"
#include "ui/widgets/panel.h"

class QLineEdit;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace diagonal {

class Bar;
class BusyMark;
class FrontPlot;
class NoticeBar;
class ScoreTable;
class Services;
class TabularLabel;
class TextLabel;

/// The right of the Models pane while models are compared: pictures with captions, the models of this computer, and how
/// good, quick and large each is.
class ChooserView : public Panel {
    Q_OBJECT

  public:
    explicit ChooserView(Services& services, QWidget* parent = nullptr);

    /// Those on this computer; others are left out.
    void setEntries(const std::vector<ModelEntry>& entries);
    /// A path, or what else openDataset takes.
    void setData(const QString& data);
    void setLimit(int pictures);
    void start();
    void stop() { m_scoring.cancel(); }
    bool isRunning() const { return m_scoring.isRunning(); }
    void copy() const;
    /// Writes CSV; what goes wrong is told.
    void exportTo(const QString& file);

    ScoreTableModel& scores() { return m_scores; }
    ScoreTable& table() { return *m_table; }
    FrontPlot& plot() { return *m_plot; }
    QPushButton& startButton() { return *m_start; }
    QString errorText() const;
    QString noteText() const;

  Q_SIGNALS:
    void runningChanged();

  private:
    QWidget* makeHeader();
    QWidget* makeDataRow();
    QWidget* makeProgressRow();
    QWidget* makeResults();
    void connectScoring();
    void chooseFile();
    void chooseFolder();
    void chooseExport();
    void showProgress(const JobState& state);
    void showError(const QString& text);
    void refresh();

    Services& m_services;
    ModelScoring m_scoring;
    ScoreTableModel m_scores;
    QLineEdit* m_data;
    QSpinBox* m_limit;
    QPushButton* m_start;
    QPushButton* m_stop;
    TextLabel* m_error;
    QWidget* m_progressRow;
    BusyMark* m_mark;
    Bar* m_bar;
    TabularLabel* m_progress;
    NoticeBar* m_notice;
    ScoreTable* m_table;
    QStackedWidget* m_results;
    FrontPlot* m_plot;
    TextLabel* m_note;
    QPushButton* m_copy;
    QPushButton* m_export;
};

}  // namespace diagonal
