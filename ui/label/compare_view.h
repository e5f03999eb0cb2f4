// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/label/compare_session.h"
#include "ui/widgets/panel.h"

class QPushButton;
class QStackedWidget;

namespace diagonal {

class CompareDetail;
class CompareSource;
class ElidedLabel;
class EmptyState;
class FilterChips;
class NoticeBar;
class RowView;
class Services;

/// The view "Compare" of the Label pane: two prompts, or two models, on the same pictures; where they disagree first.
class CompareView : public Panel {
    Q_OBJECT

  public:
    CompareView(Services& services, LabelSession& labels, QWidget* parent = nullptr);
    ~CompareView() override;

    /// Whether the view is the one that is shown: a second model takes memory only then.
    void setActive(bool active);
    CompareSession& session() { return m_session; }
    CompareSource& source() { return *m_source; }
    ComparisonModel& shown() { return m_session.pictures(); }
    FilterChips& chips() { return *m_chips; }
    RowView& list() { return *m_list; }
    CompareDetail& detail() { return *m_detail; }
    NoticeBar& notice() { return *m_notice; }
    QString summary() const;
    bool isEmpty() const;  ///< nothing is compared: the view explains itself
    void step(int by);
    QList<int> selectedRows();  ///< of the Label pane's list
    /// The selected rows, all where none is selected, as text with tabs.
    QString selectionAsText();

  Q_SIGNALS:
    void imageChosen(int row);  ///< of the Label pane's list

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* makeSides();
    QWidget* makeSummary();
    QWidget* makeBody();
    void refresh();
    void refreshSides();
    void refreshNotice();
    void refreshEmpty();
    void showDetail();
    void arrange();
    void chooseExport();
    int currentRow();

    Services& m_services;
    LabelSession& m_labels;
    CompareSession m_session;
    CompareSource* m_source;
    ElidedLabel* m_left;
    ElidedLabel* m_summary;
    ElidedLabel* m_details;
    FilterChips* m_chips;
    QPushButton* m_copy;
    QPushButton* m_export;
    NoticeBar* m_notice;
    EmptyState* m_empty = nullptr;
    QPushButton* m_tryPrompt = nullptr;
    QPushButton* m_tryModel = nullptr;
    QStackedWidget* m_pages;
    RowView* m_list;
    CompareDetail* m_detail;
    QWidget* m_summaryRow = nullptr;
};

}  // namespace diagonal
