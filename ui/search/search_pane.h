// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pictures/intake.h"
#include "ui/search/library_session.h"
#include "ui/search/result_model.h"
#include "ui/search/search_session.h"
#include "ui/shell/pane_shell.h"

class QAbstractItemView;
class QComboBox;
class QMenu;
class QPushButton;
class QSortFilterProxyModel;
class QSplitter;
class QTableView;

namespace diagonal {

class ElidedLabel;
class EmptyState;
class FilterBar;
class FolderPanel;
class NoticeBar;
class ResultGrid;
class ResultSide;
class SectionHeader;
class SearchField;
class Services;
class VideoPage;

/// Pictures and moments of videos, found in a library by words, by pictures, and by both.
class SearchPane : public PaneShell {
    Q_OBJECT

  public:
    explicit SearchPane(Services& services, QWidget* parent = nullptr);
    ~SearchPane() override;

    QString id() const override { return QStringLiteral("search"); }
    QString title() const override { return tr("Search"); }
    QList<QAction*> fileActions() const override;
    QList<QAction*> editActions() const override;
    QList<QAction*> runActions() const override { return {m_refresh, m_pause}; }
    QList<QAction*> viewActions() const override;
    bool openPaths(const QStringList& paths) override;
    bool hasNews() const override { return m_library->isEmbedding(); }

    LibrarySession& library() { return *m_library; }
    SearchSession& search() { return *m_search; }
    ResultModel& results() { return *m_results; }
    SearchField& field() { return *m_field; }
    FilterBar& filters() { return *m_filters; }
    FolderPanel& folders() { return *m_folders; }
    ResultGrid& grid() { return *m_grid; }
    QTableView& table() { return *m_table; }
    ResultSide& side() { return *m_side; }
    VideoPage& video() { return *m_video; }
    NoticeBar& notice() { return *m_notice; }
    Intake& intake() { return *m_intake; }
    /// What stands in place of results; empty: results do.
    QString message() const;

    void openLibrary(const QString& folder);
    void createLibrary(const QString& folder);
    void addToLibrary(const QStringList& paths);
    /// A picture, a frame, or a part of one becomes a term of the query, beside what is there.
    void searchPicture(const QString& picture, const QString& name);
    void searchRegion(const QString& picture, const QRectF& region);
    void findSimilar(bool isAlone);
    void openVideo(const QString& path);
    void closeVideo();
    /// Pictures to another pane: what is selected; else all above the line, unless it is of a tile.
    void send(const QString& pane, bool isOfTile);
    /// By the file's ending: .csv or .jsonl.
    void exportResults(const QString& file);
    void exportMoments(const QString& file, int video);  ///< .csv or .edl; video -1: of all
    void exportFrames(const QString& folder, int video);

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void makeActions();
    void makeToolbar();
    QWidget* makeEmptyPage();
    QWidget* makeMainPage();
    void makeTable();
    void connectSessions();
    void connectViews();
    Intake::Reader pathReader();

    void showLibraries();
    void chooseLibrary(int index);
    void newLibrary();
    void libraryOpened();
    void libraryChanged();
    void snapshotChanged();
    void showNotice();
    void followNotice();

    void queryChanged();
    void filterChanged();
    void answered();
    void showStatus();
    void showPage();
    void showMessage(const QString& title, const QString& text, const QString& link = {});
    void showPanels();
    void showView();
    void marksChanged();

    /// What is chosen and seen of the results, by file.
    struct Place {
        QSet<QString> selected;
        int row = 0;                                 ///< the current one
        std::vector<std::pair<QString, int>> files;  ///< that are seen, with the top of each in the viewport
        bool isTop = true;
    };
    Place placeNow() const;
    void goTo(const Place& place);
    QAbstractItemView* shownView() const;
    QModelIndex current() const;  ///< of the results
    QModelIndexList selected() const;
    void choose(int row);
    void currentChanged();
    void activate();
    void openFile(const QString& file, bool isVideo);
    void mark(qint64 row, bool liked);
    void findSimilarTo(qint64 row, const QString& picture, bool isAlone);
    void showContextMenu(const QPoint& globalPosition);
    void fillSendMenu(QMenu& menu, bool isOfTile);
    void fillExportMenu(QMenu& menu);
    void sendAll(const QString& pane, const SearchAnswerPtr& answer);
    void askResults(const QString& ending);
    void askMoments(const QString& ending);
    void askFrames();
    void copyPaths();
    void copyPicture(const QString& picture);
    void removeSource(qint64 source, const QString& path);

    Services& m_services;
    LibrarySession* m_library;
    SearchSession* m_search;
    ResultModel* m_results;
    QSortFilterProxyModel* m_sorted;
    Intake* m_intake;
    QObject m_regionOwner, m_sendOwner;
    QHash<QString, QString> m_pictureNames;  ///< of pictures that are being stored, by file
    bool m_wasShown = false, m_showsChance = false;
    bool m_isAnotherQuestion = true;  ///< than what is shown: its answer is read from the top
    bool m_isChoosing = false, m_wantsFolders = true;
    bool m_isNarrow = false;  ///< folders and the side do not fit beside each other

    QAction *m_addFolder, *m_addFiles, *m_export, *m_copy, *m_paste, *m_find, *m_selectAll, *m_similar, *m_refresh,
        *m_pause, *m_gridView, *m_tableView, *m_foldersView, *m_template;
    QComboBox* m_libraries;
    ElidedLabel* m_count;
    QPushButton *m_add, *m_send, *m_exportButton;
    NoticeBar* m_notice;
    QWidget *m_emptyPage, *m_mainPage;
    SearchField* m_field;
    FilterBar* m_filters;
    QSplitter* m_splitter;
    FolderPanel* m_folders;
    QWidget* m_found;
    SectionHeader* m_resultHead;
    QStackedWidget* m_center;
    ResultGrid* m_grid;
    QTableView* m_table;
    EmptyState* m_message;
    QPushButton* m_messageButton;
    ResultSide* m_side;
    VideoPage* m_video;
    QString m_shownTitle;
};

}  // namespace diagonal
