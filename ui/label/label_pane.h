// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QUndoStack>

#include "ui/label/label_session.h"
#include "ui/label/relevance_session.h"
#include "ui/label/sort_session.h"
#include "ui/shell/pane_shell.h"

class QAbstractItemView;
class QActionGroup;
class QPushButton;
class QSplitter;

namespace diagonal {

class CompareView;
class GridColumn;
class NoticeBar;
class PictureColumn;
class SampleScenes;
class SegmentedControl;
class SidePanel;
class SortDialog;
class TableColumn;
class TextLabel;

/// Drop images, type labels, read ranked probabilities.
class LabelPane : public PaneShell {
    Q_OBJECT

  public:
    explicit LabelPane(Services& services, QWidget* parent = nullptr);
    ~LabelPane() override;

    QString id() const override { return QStringLiteral("label"); }
    QString title() const override { return tr("Label"); }
    QList<QAction*> fileActions() const override;
    QList<QAction*> editActions() const override;
    QList<QAction*> runActions() const override;
    QList<QAction*> viewActions() const override;
    bool openPaths(const QStringList& paths) override;

    LabelSession& session() { return m_session; }
    Intake& intake() { return *m_intake; }
    SidePanel& side() { return *m_side; }
    RelevanceSession& relevance() { return m_relevance; }
    PictureColumn& pictureColumn() { return *m_picture; }
    GridColumn& gridColumn() { return *m_grid; }
    TableColumn& tableColumn() { return *m_table; }
    QUndoStack& undoStack() { return m_undo; }
    CompareView& compareView() { return *m_compare; }

    /// One of the views that createViews() lists: "picture", "table", "compare".
    void showView(const QString& id);
    QString currentView() const;

    void removeSelected();
    /// The selected images with their best label, as text.
    QString selectionAsText() const;
    /// The format follows the ending: .csv, .json, .confusion.csv.
    void exportTo(const QString& file);
    SortDialog* sortIntoFolders();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void createActions();
    void createToolbar();
    QWidget* createEmptyPage();
    void createColumns();
    void createNotices();
    void createViews();
    void addView(const QString& id, const QString& text, const QString& icon, const QKeySequence& keys, QWidget* page);
    bool showsTable() const;
    bool showsComparison() const;
    QAbstractItemView& viewItems();  ///< of the view that is shown
    int currentRow() const;          ///< of the list model; -1: none
    QList<int> selectedRows() const;
    void chooseRow(int row);
    void step(int by);
    void createRelevanceActions();
    void connectRelevance();
    void showRelevance();
    void relevanceLookChanged();
    void createSortAction();
    void updateSort(bool hasScores);
    void chooseExport();
    void showContextMenu(const QPoint& position);
    void copyPicture(const QString& path);
    void currentChanged();
    void updateState();
    void updateCounts();
    void updateNotices();
    void updateStop();
    void arrange();

    Services& m_services;
    LabelSession m_session;
    RelevanceSession m_relevance;
    QUndoStack m_undo;
    SortSession m_sorting;
    Intake* m_intake;
    QAction* m_open;
    QAction* m_openFolder;
    QAction* m_paste;
    QAction* m_export;
    QAction* m_sort;
    QAction* m_undoAction;
    QAction* m_redoAction;
    QAction* m_copy;
    QAction* m_remove;
    QAction *m_selectAll, *m_find;
    QAction* m_stop;
    QAction* m_next;
    QAction* m_previous;
    QAction* m_relevanceAction;
    QAction* m_gridAction;
    struct View {
        QString id;
        QWidget* page;
        QAction* action;
    };
    QList<View> m_viewList;
    QActionGroup* m_viewActions = nullptr;
    SegmentedControl* m_views = nullptr;
    QPushButton* m_openButton = nullptr;
    QPushButton* m_pasteButton = nullptr;
    QPushButton* m_exportButton = nullptr;
    QPushButton* m_sortButton = nullptr;
    TextLabel* m_counts = nullptr;
    NoticeBar* m_progress = nullptr;
    NoticeBar* m_notice = nullptr;
    SegmentedControl* m_narrowView = nullptr;
    SampleScenes* m_scenes = nullptr;
    QWidget* m_emptyPage = nullptr;
    QSplitter* m_columns = nullptr;
    GridColumn* m_grid = nullptr;
    PictureColumn* m_picture = nullptr;
    TableColumn* m_table = nullptr;
    SidePanel* m_side = nullptr;
    CompareView* m_compare = nullptr;
    bool m_noticeClosed = false;
    QTimer m_currentTimer;
};

}  // namespace diagonal
