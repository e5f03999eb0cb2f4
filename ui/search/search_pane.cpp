// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/search_pane.h"

#include <QComboBox>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <algorithm>
#include <filesystem>

#include "engine/video/key_frames.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/search/activity.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/known_libraries.h"
#include "ui/search/left_out_dialog.h"
#include "ui/search/library_details.h"
#include "ui/search/line_slider.h"
#include "ui/search/region_view.h"
#include "ui/search/result_delegate.h"
#include "ui/search/result_grid.h"
#include "ui/search/result_side.h"
#include "ui/search/search_field.h"
#include "ui/search/video_page.h"
#include "ui/shell/services.h"
#include "ui/shell/splitter.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

namespace {

constexpr int kColumnWidths[] = {64, 220, 130, 124, 76, 130, 100, 70, 120};
static_assert(std::size(kColumnWidths) == ResultModel::ColumnCount);
constexpr int kFewPictures = 4;  // dropped pictures that are a question; more are to be added

}  // namespace

SearchPane::SearchPane(Services& services, QWidget* parent)
    : PaneShell(parent),
      m_services(services),
      m_library(new LibrarySession(services, this)),
      m_search(new SearchSession(services, this)),
      m_results(new ResultModel(this)),
      m_sorted(new QSortFilterProxyModel(this)),
      m_intake(new Intake(services, QStringLiteral("search"), this)) {
    Activity::watch();
    m_sorted->setSourceModel(m_results);
    m_sorted->setSortRole(ResultModel::SortRole);
    m_intake->takePictures();
    m_intake->setReader([this] { return pathReader(); });
    makeActions();
    makeToolbar();
    m_notice = addNotice(false);
    m_mainPage = makeMainPage();
    m_emptyPage = makeEmptyPage();
    addPage(m_emptyPage);
    addPage(m_mainPage);
    pages().setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connectSessions();
    connectViews();
    showLibraries();
    libraryOpened();
}

SearchPane::~SearchPane() = default;

void SearchPane::makeToolbar() {
    m_libraries = new QComboBox;
    m_libraries->setAccessibleName(tr("Library"));
    m_libraries->setMinimumContentsLength(14);
    m_libraries->setMaximumWidth(px(260));
    m_count = new ElidedLabel({}, 12, 400, &Tokens::text2);
    m_add = makeButton(tr("Add folder or video…"), QStringLiteral("ui/plus"));
    m_send = makeButton(tr("Send to…"));
    m_exportButton = makeButton(tr("Export…"), QStringLiteral("ui/export"));
    toolbar().add({m_libraries, m_count, m_add, stretch(1), m_send, m_exportButton});
    connect(m_libraries, &QComboBox::activated, this, &SearchPane::chooseLibrary);
    connect(m_add, &QPushButton::clicked, this, [this] {
        QMenu menu;
        menu.addAction(m_addFolder);
        menu.addAction(m_addFiles);
        menu.exec(m_add->mapToGlobal(QPoint(0, m_add->height())));
    });
    connect(m_send, &QPushButton::clicked, this, [this] {
        QMenu menu;
        fillSendMenu(menu, false);
        menu.exec(m_send->mapToGlobal(QPoint(0, m_send->height())));
    });
    connect(m_exportButton, &QPushButton::clicked, m_export, &QAction::trigger);
}

QWidget* SearchPane::makeEmptyPage() {
    auto* empty = new EmptyState(tr("Find pictures and moments by words"),
                                 tr("Add folders and videos to a library. Each picture is looked at once; then a "
                                    "search takes a moment, and says when there is nothing to be found."));
    auto* folder = empty->addButton(tr("Add folder…"), QStringLiteral("ui/folder"), ButtonKind::Primary);
    auto* files = empty->addButton(tr("Add images or videos…"), QStringLiteral("ui/image"));
    auto* open = empty->addButton(tr("Open a library…"), QStringLiteral("ui/folders"));
    connect(folder, &QPushButton::clicked, m_addFolder, &QAction::trigger);
    connect(files, &QPushButton::clicked, m_addFiles, &QAction::trigger);
    connect(open, &QPushButton::clicked, this, [this] { chooseLibrary(m_libraries->count() - 2); });
    return empty;
}

void SearchPane::makeTable() {
    m_table = new QTableView;
    m_table->setModel(m_sorted);
    m_table->setItemDelegate(new ResultTableDelegate(m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setAccessibleName(tr("Results"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    for (int column = 0; column < ResultModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, px(kColumnWidths[column]));
    followTheme(m_table, [this] {
        m_table->verticalHeader()->setMinimumSectionSize(ResultTableDelegate::rowHeight());
        m_table->verticalHeader()->setDefaultSectionSize(ResultTableDelegate::rowHeight());
    });
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, m_table, [this] { m_table->viewport()->update(); });
}

QWidget* SearchPane::makeMainPage() {
    m_field = new SearchField;
    m_filters = new FilterBar;
    auto* query = new Panel(&Tokens::window, Qt::BottomEdge);
    query->setLayout(makeColumn({{makeRow({{m_field, 1}}, 0, {16, 0, 16, 0})}, m_filters}, 10, {0, 10, 0, 0}));
    m_folders = new FolderPanel(*m_library);
    m_grid = new ResultGrid(*m_results);
    makeTable();
    m_message = new EmptyState({}, {});
    m_messageButton = m_message->addButton({});
    m_center = new QStackedWidget;
    for (QWidget* page :
         {static_cast<QWidget*>(m_message), static_cast<QWidget*>(m_grid), static_cast<QWidget*>(m_table)})
        m_center->addWidget(page);
    m_resultHead = new SectionHeader(tr("Results"));
    m_resultHead->setContentsMargins(px(12), 0, px(8), 0);
    m_resultHead->hide();
    m_found = new QWidget;
    m_found->setLayout(makeColumn({m_resultHead, {m_center, 1}}));
    m_video = new VideoPage(m_services);
    m_video->hide();
    m_side = new ResultSide(m_services, *m_results);
    m_splitter = makeSplitter(Qt::Horizontal, QStringLiteral("search/splitter"),
                              {{m_folders, 250}, {m_found, 780}, {m_video, 1100}, {m_side, 320}}, 1);
    m_splitter->setStretchFactor(2, 1);
    auto* page = new QWidget;
    page->setLayout(makeColumn({query, {m_splitter, 1}}));
    return page;
}

void SearchPane::connectSessions() {
    connect(m_library, &LibrarySession::opened, this, &SearchPane::libraryOpened);
    connect(m_library, &LibrarySession::stateChanged, this, &SearchPane::libraryChanged);
    connect(m_library, &LibrarySession::progressed, this, &SearchPane::libraryChanged);
    connect(m_library, &LibrarySession::snapshotChanged, this, &SearchPane::snapshotChanged);
    connect(m_library, &LibrarySession::failed, &m_services, &Services::notifyError);
    connect(m_library, &LibrarySession::noted, &m_services, &Services::notify);
    connect(m_search, &SearchSession::modelKnown, this, [this] {
        m_library->setModel(m_search->model());
        snapshotChanged();
    });
    connect(m_search, &SearchSession::answered, this, &SearchPane::answered);
    connect(m_search, &SearchSession::busyChanged, this, [this] {
        m_results->setStale(m_search->isStale());
        showStatus();
    });
    connect(m_search, &SearchSession::marksChanged, this, &SearchPane::marksChanged);
    connect(m_search, &SearchSession::failed, &m_services, &Services::notifyError);
    m_search->setFoldAlike(m_filters->foldsAlike());
    connect(m_intake, &Intake::found, this, [this](const QStringList& files, const Failures& failures, bool) {
        for (const auto& [path, reason] : failures)
            m_services.notifyError({shownName(path), reason, {}});
        for (const QString& file : files) {
            const QString name = m_pictureNames.take(file);
            searchPicture(file, name.isEmpty() ? tr("like this picture") : name);
        }
    });
}

void SearchPane::connectViews() {
    connect(m_field, &SearchField::termsChanged, this, &SearchPane::queryChanged);
    connect(m_field, &SearchField::downPressed, this, [this] {
        QWidget* view = m_center->currentWidget();
        view->setFocus(Qt::TabFocusReason);
        if (m_results->rowCount() > 0 && !current().isValid()) choose(0);
    });
    connect(m_filters, &FilterBar::filterChanged, this, &SearchPane::filterChanged);
    connect(m_filters, &FilterBar::lineChanged, this, [this] { m_search->setLine(m_filters->line().chosen()); });
    connect(m_filters, &FilterBar::foldChanged, m_search, &SearchSession::setFoldAlike);
    connect(m_filters, &FilterBar::viewChanged, this, [this](bool table) {
        (table ? m_tableView : m_gridView)->setChecked(true);
        showView();
    });
    connect(m_folders, &FolderPanel::sourcesChanged, this, &SearchPane::filterChanged);
    connect(m_folders, &FolderPanel::videoActivated, this, &SearchPane::openVideo);
    connect(m_folders, &FolderPanel::revealRequested, &m_services, &Services::showInFolder);
    connect(m_folders, &FolderPanel::detailsRequested, this, [this](qint64 source) {
        auto* details = new LibraryDetails(*m_library, source, this);
        details->setAttribute(Qt::WA_DeleteOnClose);
        details->open();
    });
    connect(m_folders, &FolderPanel::leftOutRequested, this, [this] {
        auto* leftOut = new LeftOutDialog(*m_library, this);
        leftOut->setAttribute(Qt::WA_DeleteOnClose);
        leftOut->open();
    });
    connect(m_folders, &FolderPanel::removeRequested, this, &SearchPane::removeSource);
    connect(m_grid, &ResultGrid::currentResultChanged, this, &SearchPane::currentChanged);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &SearchPane::currentChanged);
    connect(m_grid, &QAbstractItemView::activated, this, &SearchPane::activate);
    connect(m_table, &QAbstractItemView::activated, this, &SearchPane::activate);
    for (QAbstractItemView* view : {static_cast<QAbstractItemView*>(m_grid), static_cast<QAbstractItemView*>(m_table)})
        connect(view, &QWidget::customContextMenuRequested, this,
                [this, view](const QPoint& position) { showContextMenu(view->viewport()->mapToGlobal(position)); });
    connect(m_messageButton, &QPushButton::clicked, this, [this] {
        if (m_filters->isFiltering() && m_search->answer() && m_search->answer()->result.looked == 0)
            return m_filters->reset();
        m_showsChance = true;
        answered();
    });
    connect(m_notice, &NoticeBar::linkActivated, this, &SearchPane::followNotice);
    connect(m_side, &ResultSide::similarRequested, this,
            [this] { findSimilarTo(m_side->shown().row, m_side->shown().picture, true); });
    const auto open = [this] { openFile(m_side->shown().file, m_side->shown().isVideo); };
    connect(m_side, &ResultSide::openRequested, this, open);
    connect(m_side, &ResultSide::videoRequested, this, open);
    connect(m_side, &ResultSide::revealRequested, this, [this] { m_services.showInFolder(m_side->shown().file); });
    connect(m_side, &ResultSide::markRequested, this, [this](bool liked) { mark(m_side->shown().row, liked); });
    connect(m_side, &ResultSide::regionRequested, this, &SearchPane::searchRegion);
    connect(m_video, &VideoPage::closeRequested, this, &SearchPane::closeVideo);
    connect(m_video, &VideoPage::revealRequested, &m_services, &Services::showInFolder);
    connect(m_video, &VideoPage::copyRequested, this, &SearchPane::copyPicture);
    connect(m_video, &VideoPage::exportCsvRequested, this, [this] { askMoments(QStringLiteral(".csv")); });
    connect(m_video, &VideoPage::exportEdlRequested, this, [this] { askMoments(QStringLiteral(".edl")); });
    connect(m_video, &VideoPage::exportFramesRequested, this, &SearchPane::askFrames);
    connect(m_video, &VideoPage::searchRequested, this,
            [this](const QString& picture) { searchRegion(picture, QRectF(0, 0, 1, 1)); });
}

/// A few pictures are a question; folders, videos and many pictures are to be added. A library is opened.
Intake::Reader SearchPane::pathReader() {
    return [this](const QStringList& paths, const JobContext&) -> std::function<void()> {
        const auto library =
            std::ranges::find_if(paths, [](const QString& path) { return Library::isLibrary(toPath(path)); });
        if (library != paths.end()) return [this, folder = *library] { openLibrary(folder); };
        bool isQuestion = paths.size() <= kFewPictures;
        for (const QString& path : paths) {
            std::error_code ignored;
            const std::filesystem::path file = toPath(path);
            isQuestion = isQuestion && std::filesystem::is_regular_file(file, ignored) && !hasVideoExtension(file) &&
                         !path.endsWith(QLatin1String(".txt"), Qt::CaseInsensitive);
        }
        if (isQuestion) {
            return [this, paths] {
                for (const QString& path : paths)
                    searchPicture(path, shownName(path));
            };
        }
        return [this, paths] { addToLibrary(paths); };
    };
}

void SearchPane::showEvent(QShowEvent* event) {
    PaneShell::showEvent(event);
    if (std::exchange(m_wasShown, true)) return;
    const QString last = lastLibrary();
    if (!last.isEmpty() && !m_library->isOpen() && !m_library->isOpening()) openLibrary(last);
}

void SearchPane::resizeEvent(QResizeEvent* event) {
    PaneShell::resizeEvent(event);
    showPanels();
}

}  // namespace diagonal
