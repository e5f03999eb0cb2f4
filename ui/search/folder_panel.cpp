// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/folder_panel.h"

#include <QCheckBox>
#include <QListView>
#include <QMenu>
#include <QScrollArea>
#include <QStandardItemModel>
#include <vector>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/search/search_texts.h"
#include "ui/search/source_row.h"
#include "ui/style/layouts.h"
#include "ui/style/paint.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kVideoRow = 42, kVideosSeen = 4;
enum VideoRole { PathRole = Qt::UserRole, DetailRole };

class VideoRowDelegate : public CellDelegate {
  public:
    explicit VideoRowDelegate(QObject* parent) : CellDelegate({100, kVideoRow}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        if (cell.isSelected || cell.isHovered)
            cell.painter.fillRect(cell.rect, colour(cell.isSelected ? &Tokens::accentSoft : &Tokens::hover));
        cell.focus();
        const QRect icon(cell.rect.left() + px(16), cell.rect.top() + px(4), px(16), px(18));
        paintIcon(cell.painter, cell.placed(icon), QStringLiteral("ui/film"), colour(&Tokens::text2));
        const QRect text = cell.rect.adjusted(px(40), px(3), -px(8), 0);
        cell.text(QRect(text.left(), text.top(), text.width(), px(19)), index.data().toString(), &Tokens::text, 13, 400,
                  Qt::ElideMiddle);
        cell.text(QRect(text.left(), text.top() + px(19), text.width(), px(17)), index.data(DetailRole).toString(),
                  cell.isSelected ? &Tokens::text2 : &Tokens::text3, 12);
    }
};

}  // namespace

FolderPanel::FolderPanel(LibrarySession& library, QWidget* parent)
    : Panel(&Tokens::surface, Qt::RightEdge, parent), m_library(library) {
    m_header = new SectionHeader(tr("Folders"));
    m_refresh = new IconButton(QStringLiteral("ui/refresh"), tr("Compare with the disk"));
    m_header->addRight(m_refresh);
    m_header->setContentsMargins(px(16), 0, px(8), 0);
    auto* list = new QWidget;
    m_rows = makeColumn({});
    list->setLayout(makeColumn({m_rows, stretch(1)}));
    auto* scroll = makeScroll(list);

    m_videoHeader = new SectionHeader(tr("Videos"));
    m_videoHeader->setContentsMargins(px(16), 0, px(8), 0);
    m_videoModel = new QStandardItemModel(this);
    m_videos = new QListView;
    m_videos->setModel(m_videoModel);
    m_videos->setItemDelegate(new VideoRowDelegate(m_videos));
    m_videos->setFrameShape(QFrame::NoFrame);
    m_videos->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_videos->setMouseTracking(true);
    m_videos->setAccessibleName(tr("Videos"));
    m_videos->setUniformItemSizes(true);
    m_videoSection = new QWidget;
    m_videoSection->setLayout(makeColumn({new Hairline, m_videoHeader, m_videos}));
    m_videoSection->hide();

    m_size = new ElidedLabel({}, 12, 400, &Tokens::text2);
    m_details = new LinkLabel(tr("Details"));
    m_details->setLook(12, 600);
    m_leftOut = new LinkLabel(tr("Left out…"));
    m_leftOut->setLook(12, 600);
    m_leftOut->setToolTip(tr("Names of folders and files that are not looked at"));
    auto* foot = makeRow({{m_size, 1}, m_leftOut, m_details}, 8, {16, 8, 16, 8});
    setLayout(makeColumn({m_header, makeProgress(), {scroll, 1}, m_videoSection, new Hairline, foot}, 0, {0, 0, 1, 0}));
    setMinimumWidth(px(200));

    connect(m_refresh, &QToolButton::clicked, &library, &LibrarySession::refresh);
    connect(m_pause, &QAbstractButton::clicked, this, [this] { m_library.setPaused(!m_library.isPaused()); });
    connect(m_leftOut, &QAbstractButton::clicked, this, &FolderPanel::leftOutRequested);
    connect(m_details, &QAbstractButton::clicked, this, [this] { Q_EMIT detailsRequested(0); });
    connect(&library, &LibrarySession::stateChanged, this, &FolderPanel::showState);
    connect(&library, &LibrarySession::opened, this, [this] {
        m_unchosen.clear();
        showState();
        showVideos();
    });
    connect(&library, &LibrarySession::progressed, this, &FolderPanel::showState);
    connect(&library, &LibrarySession::snapshotChanged, this, &FolderPanel::showVideos);
    const auto open = [this](const QModelIndex& index) { Q_EMIT videoActivated(index.data(PathRole).toString()); };
    connect(m_videos, &QAbstractItemView::activated, this, open);
    connect(m_videos, &QAbstractItemView::clicked, this, open);
    showState();
    showVideos();
}

QWidget* FolderPanel::makeProgress() {
    m_progress = new QWidget;
    m_doing = new ElidedLabel({}, 12, 400, &Tokens::text2);
    m_rate = new TabularLabel({}, 11, 400, &Tokens::text2);
    m_bar = new Bar(4);
    m_bar->setAccessibleName(tr("Indexed"));
    m_pause = new LinkLabel(tr("Pause"));
    m_pause->setLook(12, 600);
    m_progress->setLayout(makeColumn({m_doing, m_bar, makeRow({{m_rate, 1}, m_pause}, 8)}, 2, {16, 0, 16, 6}));
    return m_progress;
}

std::vector<int64_t> FolderPanel::chosenSources() const {
    std::vector<int64_t> chosen;
    for (const SourceState& source : m_library.state().sources)
        if (!m_unchosen.contains(source.id)) chosen.push_back(source.id);
    if (chosen.size() == m_library.state().sources.size()) return {};
    // Without any the filter would let all through.
    if (chosen.empty()) chosen.push_back(-1);
    return chosen;
}

QStringList FolderPanel::texts() const {
    QStringList all;
    for (const SourceRow* row : m_sources)
        all << row->text();
    return all;
}

void FolderPanel::showState() {
    const ShownLibrary& state = m_library.state();
    while (m_sources.size() > static_cast<qsizetype>(state.sources.size())) {
        SourceRow* row = m_sources.takeLast();
        m_rows->removeWidget(row);
        row->deleteLater();
    }
    while (m_sources.size() < static_cast<qsizetype>(state.sources.size())) {
        auto* row = new SourceRow;
        m_sources << row;
        m_rows->addWidget(row);
        connect(row, &SourceRow::chosen, this, [this, row](bool on) {
            if (on)
                m_unchosen.remove(row->state().id);
            else
                m_unchosen.insert(row->state().id);
            tellChosen();
        });
        connect(row, &SourceRow::menuRequested, this, [this, row] { showMenu(row); });
        connect(row, &SourceRow::failuresRequested, this, [this, row] { Q_EMIT detailsRequested(row->state().id); });
    }
    const bool isSearched = m_library.fitsModel();
    for (qsizetype i = 0; i < m_sources.size(); ++i) {
        const SourceState& source = state.sources[static_cast<size_t>(i)];
        m_sources[i]->setState(source, isSearched && !m_unchosen.contains(source.id), isSearched);
    }
    m_refresh->setEnabled(m_library.isOpen() && !m_library.isScanning());
    for (LinkLabel* link : {m_leftOut, m_details})
        link->setEnabled(m_library.isOpen());
    m_size->setText(m_library.isOpen() ? tr("Index %1").arg(formatBytes(state.counts.bytes)) : QString());
    showProgress();
    tellChosen();
}

/// Of a library that opens, or folders that join, others are chosen than before.
void FolderPanel::tellChosen() {
    std::vector<int64_t> chosen = chosenSources();
    if (chosen == m_chosen) return;
    m_chosen = std::move(chosen);
    Q_EMIT sourcesChanged();
}

void FolderPanel::showProgress() {
    const ShownLibrary& state = m_library.state();
    const bool isPaused = m_library.isPaused() && state.left > 0;
    m_progress->setVisible(m_library.isBusy() || isPaused);
    m_bar->setVisible(m_library.isEmbedding());
    m_rate->setVisible(m_library.isEmbedding());
    m_pause->setVisible(m_library.isEmbedding() || isPaused);
    m_pause->setText(isPaused ? tr("Resume") : tr("Pause"));
    m_pause->updateGeometry();
    if (m_library.isEmbedding()) {
        const qint64 done = m_library.done(), total = m_library.total();
        m_doing->setText(tr("%1 of %2 files").arg(formatCount(done), formatCount(total)));
        m_bar->setValue(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0);
        QStringList rate;
        if (m_library.perSecond() > 0) rate << formatRate(m_library.perSecond(), tr("files/s"));
        if (m_library.secondsLeft() >= 0) rate << tr("%1 left").arg(formatTimeLeft(m_library.secondsLeft()));
        m_rate->setText(rate.join(QStringLiteral(", ")));
    } else if (isPaused) {
        m_doing->setText(tr("Paused, %1 files left").arg(formatCount(state.left)));
    } else {
        m_doing->setText(tr("Looking at the folders…"));
    }
}

void FolderPanel::showVideos() {
    const auto snapshot = m_library.snapshot();
    std::vector<int> frames;
    std::vector<size_t> videos, marks;
    if (snapshot && m_library.state().counts.videos > 0) {
        frames.resize(snapshot->files.size());
        for (const LibraryRow& row : snapshot->rows)
            if (row.file >= 0 && row.patch == 0) ++frames[static_cast<size_t>(row.file)];
        for (size_t i = 0; i < snapshot->files.size(); ++i) {
            const LibraryFile& file = snapshot->files[i];
            if (file.kind != MediaKind::Video) continue;
            videos.push_back(i);
            marks.push_back(qHashMulti(std::hash<std::string_view>()(snapshot->paths.view(i)), file.duration,
                                       file.hasFailed, frames[i]));
        }
    }
    // What stays the same stays chosen and where it was scrolled to.
    if (marks == m_videoMarks) return;
    m_videoMarks = marks;
    m_videoModel->clear();
    for (const size_t i : videos) {
        const LibraryFile& file = snapshot->files[i];
        const QString path = fromPath(snapshot->paths[i]);
        auto* item = new QStandardItem(shownName(path));
        item->setData(path, PathRole);
        item->setData(file.hasFailed ? tr("could not be read")
                                     : QStringLiteral("%1, %2").arg(formatTime(file.duration),
                                                                    tr("%Ln frame(s)", nullptr, frames[i])),
                      DetailRole);
        item->setToolTip(formatPath(path));
        m_videoModel->appendRow(item);
    }
    const int count = m_videoModel->rowCount();
    m_videoHeader->setNote(count > 0 ? formatCount(count) : QString());
    m_videoSection->setVisible(count > 0);
    m_videos->setFixedHeight(px(kVideoRow) * std::min(count, kVideosSeen) + px(kVideoRow) / 2);
}

void FolderPanel::showMenu(SourceRow* row) {
    const SourceState& state = row->state();
    QMenu menu;
    QAction* watched = menu.addAction(tr("Watch for changes"));
    watched->setCheckable(true);
    watched->setChecked(state.isWatched);
    watched->setEnabled(m_library.state().isWritable());
    connect(watched, &QAction::toggled, &m_library, [this, id = state.id](bool on) { m_library.setWatched(id, on); });
    QAction* all = menu.addAction(tr("Hidden and system folders too"));
    QAction* parts = menu.addAction(tr("Parts of video frames too (finds small things)"));
    for (const auto& [action, isOn] : {std::pair(all, state.takesAll), std::pair(parts, state.hasPatches)}) {
        action->setCheckable(true);
        action->setChecked(isOn);
        action->setEnabled(m_library.state().isWritable());
        connect(action, &QAction::toggled, &m_library,
                [this, all, parts, id = state.id] { m_library.setTaken(id, all->isChecked(), parts->isChecked()); });
    }
    menu.addSeparator();
    menu.addAction(tr("Show in the file manager"), this, [this, state] { Q_EMIT revealRequested(state.path); });
    QAction* failures =
        menu.addAction(tr("What could not be read…"), this, [this, state] { Q_EMIT detailsRequested(state.id); });
    failures->setEnabled(state.counts.failed > 0);
    menu.addSeparator();
    QAction* remove = menu.addAction(tr("Take out of the library…"), this,
                                     [this, state] { Q_EMIT removeRequested(state.id, state.path); });
    remove->setEnabled(m_library.state().isWritable());
    menu.exec(row->mapToGlobal(QPoint(row->width() / 2, row->height() / 2)));
}

}  // namespace diagonal
