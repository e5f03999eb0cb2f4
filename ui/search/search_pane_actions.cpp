// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QMenu>
#include <QTableView>

#include "engine/base/file.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/library_details.h"
#include "ui/search/result_grid.h"
#include "ui/search/search_export.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/video_page.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

const QString kFoldersShown = QStringLiteral("search/folders"), kTemplateUsed = QStringLiteral("search/template");
const QString kAddFolder = QStringLiteral("search/addFolder");
const QString kPhotoTemplate = QStringLiteral("a photo of {}.");

std::string textOf(const SearchAnswer& answer, const QString& file, bool showsBelow) {
    return file.endsWith(QLatin1String(".jsonl"), Qt::CaseInsensitive) ? hitsJsonl(answer, showsBelow)
                                                                       : hitsCsv(answer, showsBelow);
}

}  // namespace

void SearchPane::makeActions() {
    m_addFolder = makeAction(tr("Add folder…"), {"Ctrl+Shift+O"}, [this] {
        const QString folder =
            QFileDialog::getExistingDirectory(this, tr("Add a folder"), settings().value(kAddFolder).toString());
        if (folder.isEmpty()) return;
        settings().setValue(kAddFolder, folder);
        keepRecentFolder(folder);
        addToLibrary({folder});
    });
    m_addFiles = makeAction(tr("Add images or videos…"), QKeySequence::Open, [this] {
        const QString videos = tr("Videos (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.mpeg *.mts *.wmv *.3gp)");
        const QStringList files =
            QFileDialog::getOpenFileNames(this, tr("Add images or videos"), settings().value(kAddFolder).toString(),
                                          pictureFileFilter() + QStringLiteral(";;") + videos);
        if (!files.isEmpty()) addToLibrary(files);
    });
    m_export = makeAction(tr("&Export results…"), {"Ctrl+E"}, [this] {
        QMenu menu;
        fillExportMenu(menu);
        menu.exec(mapToGlobal(QPoint(width() - px(260), px(48))));
    });
    m_copy = makeAction(tr("&Copy paths"), QKeySequence::Copy, &SearchPane::copyPaths);
    m_paste = makeAction(tr("&Paste a picture"), QKeySequence::Paste, [this] { m_intake->paste(); });
    m_find = makeAction(tr("&Find…"), QKeySequence::Find, [this] { m_field->focusEdit(); });
    m_selectAll = makeAction(tr("Select &all"), QKeySequence::SelectAll, [this] {
        (m_filters->showsTable() ? static_cast<QAbstractItemView*>(m_table) : m_grid)->selectAll();
    });
    m_similar = makeAction(tr("Find &similar"), {"Ctrl+L"}, [this] { findSimilar(true); });
    m_refresh = makeAction(tr("Compare with the disk"), {"Ctrl+F5"}, [this] { m_library->refresh(); });
    m_pause = makeAction(tr("Pause indexing"), {}, [this] { m_library->setPaused(!m_library->isPaused()); });
    auto* views = new QActionGroup(this);
    m_gridView = makeAction(tr("&Grid"), {}, [this] { m_filters->setShowsTable(false); });
    m_tableView = makeAction(tr("&Table"), {}, [this] { m_filters->setShowsTable(true); });
    for (QAction* action : {m_gridView, m_tableView}) {
        action->setCheckable(true);
        views->addAction(action);
    }
    m_gridView->setChecked(true);
    m_foldersView = makeAction(tr("&Folders"), {}, [this] {
        if (!m_isNarrow) {
            m_wantsFolders = m_foldersView->isChecked();
            settings().setValue(kFoldersShown, m_wantsFolders);
        }
        showPanels();
    });
    m_foldersView->setCheckable(true);
    m_wantsFolders = settings().value(kFoldersShown, true).toBool();
    m_foldersView->setChecked(m_wantsFolders);
    m_template = makeAction(tr("Put words into “a photo of …”"), {}, [this] {
        settings().setValue(kTemplateUsed, m_template->isChecked());
        m_search->setTemplate(m_template->isChecked() ? kPhotoTemplate : QString());
    });
    m_template->setCheckable(true);
    m_template->setChecked(settings().value(kTemplateUsed, false).toBool());
    if (m_template->isChecked()) m_search->setTemplate(kPhotoTemplate);
}

QList<QAction*> SearchPane::fileActions() const {
    return {m_addFolder, m_addFiles, m_export};
}

QList<QAction*> SearchPane::editActions() const {
    return {m_copy, m_paste, m_selectAll, m_find, m_similar};
}

QList<QAction*> SearchPane::viewActions() const {
    return {m_gridView, m_tableView, m_foldersView, m_template};
}

bool SearchPane::openPaths(const QStringList& paths) {
    if (paths.isEmpty()) return false;
    m_intake->add(paths);
    return true;
}

void SearchPane::fillSendMenu(QMenu& menu, bool isOfTile) {
    const auto add = [&](const QString& text, const QString& pane) {
        menu.addAction(text, this, [this, pane, isOfTile] { send(pane, isOfTile); });
    };
    add(tr("To Label"), QStringLiteral("label"));
    add(tr("To Matrix"), QStringLiteral("matrix"));
    add(tr("To Embeddings"), QStringLiteral("embeddings"));
}

/// What is selected. One alone is so from the start: unless it was asked for at its tile, all that is above the line.
void SearchPane::send(const QString& pane, bool isOfTile) {
    QModelIndexList rows = selected();
    if (rows.size() < 2 && !isOfTile && m_results->above() > 0) {
        if (const SearchAnswerPtr answer = m_search->answer(); answer && answer->isCut()) return sendAll(pane, answer);
        rows.clear();
        for (int i = 0; i < m_results->above(); ++i)
            rows << m_results->index(i, 0);
    }
    QModelIndexList pictures;
    for (const QModelIndex& index : rows)
        if (!m_results->row(index)->isVideo) pictures << index;
    const QStringList files = m_results->files(pictures);
    if (files.isEmpty())
        m_services.notify(tr("There is no picture among the results"));
    else
        Q_EMIT m_services.paneRequested(pane, files);
}

/// Also what is not shown.
void SearchPane::sendAll(const QString& pane, const SearchAnswerPtr& answer) {
    m_services.compute(
        &m_sendOwner, tr("Looking for all results"),
        [answer](const JobContext& job) {
            const SearchAnswerPtr whole = wholeAnswer(answer, job);
            const Snapshot& snapshot = whole->snapshot();
            QStringList files;
            for (const SearchHit& hit : whole->result.hits)
                if (hit.file >= 0 && hit.isAbove &&
                    snapshot.files[static_cast<size_t>(hit.file)].kind == MediaKind::Picture)
                    files << fromPath(snapshot.paths[static_cast<size_t>(hit.file)]);
            return files;
        },
        [this, pane](const QStringList& files) {
            if (files.isEmpty())
                m_services.notify(tr("There is no picture among the results"));
            else
                Q_EMIT m_services.paneRequested(pane, files);
        });
}

void SearchPane::askResults(const QString& ending) {
    const SaveFormat format{ending == QLatin1String(".csv") ? tr("CSV") : tr("JSON Lines"), ending};
    const QString file = chooseSaveFile(this, tr("Export results"), QStringLiteral("results") + ending, {format});
    if (!file.isEmpty()) exportResults(file);
}

/// Of the open video, else of all.
void SearchPane::askMoments(const QString& ending) {
    const SaveFormat format{ending == QLatin1String(".csv") ? tr("CSV") : tr("EDL"), ending};
    const QString file = chooseSaveFile(this, tr("Export times"), QStringLiteral("moments") + ending, {format});
    if (!file.isEmpty()) exportMoments(file, m_video->isHidden() ? -1 : m_video->frames().file);
}

void SearchPane::askFrames() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("A folder for the frames"));
    if (!folder.isEmpty()) exportFrames(folder, m_video->isHidden() ? -1 : m_video->frames().file);
}

void SearchPane::fillExportMenu(QMenu& menu) {
    menu.addAction(tr("Results as CSV…"), this, [this] { askResults(QStringLiteral(".csv")); });
    menu.addAction(tr("Results as JSON Lines…"), this, [this] { askResults(QStringLiteral(".jsonl")); });
    menu.addSeparator();
    const QList<QAction*> ofMoments{
        menu.addAction(tr("Times of moments as CSV…"), this, [this] { askMoments(QStringLiteral(".csv")); }),
        menu.addAction(tr("Moments as an edit list (EDL)…"), this, [this] { askMoments(QStringLiteral(".edl")); }),
        menu.addAction(tr("Frames of moments…"), this, &SearchPane::askFrames)};
    const bool hasMoments = m_search->answer() && !momentsOfHits(*m_search->answer()).empty();
    for (QAction* action : ofMoments)
        action->setEnabled(hasMoments);
}

void SearchPane::exportResults(const QString& file) {
    const SearchAnswerPtr answer = m_search->answer();
    if (!answer) return;
    const bool showsBelow = m_showsChance;
    saveTo(m_services, this, file, [answer, file, showsBelow](const JobContext& job) {
        writeFile(toPath(file), textOf(*wholeAnswer(answer, job), file, showsBelow));
    });
}

void SearchPane::exportMoments(const QString& file, int video) {
    const SearchAnswerPtr answer = m_search->answer();
    if (!answer) return;
    saveTo(m_services, this, file, [answer, file, video](const JobContext& job) {
        const std::vector<VideoMoments> videos = momentsOfHits(*wholeAnswer(answer, job), video);
        const bool isEdl = file.endsWith(QLatin1String(".edl"), Qt::CaseInsensitive);
        writeFile(toPath(file), isEdl ? momentsEdl(videos, toPath(file).stem().string()) : momentsCsv(videos));
    });
}

void SearchPane::exportFrames(const QString& folder, int video) {
    const SearchAnswerPtr answer = m_search->answer();
    if (!answer) return;
    auto* context = new QObject(this);
    m_services.compute(
        context, tr("Exporting frames"),
        [answer, folder, video](const JobContext& job) {
            return writeMomentFrames(momentsOfHits(*wholeAnswer(answer, job), video), toPath(folder), "jpg", job);
        },
        [this, context](const MomentFrames& written) {
            context->deleteLater();
            for (const FileFailure& failure : written.failures)
                m_services.notifyError({shownName(fromPath(failure.path)), engineText(failure.reason), {}});
            m_services.notify(tr("%Ln frame(s) written", nullptr, static_cast<int>(written.files.size())));
        },
        [this, context](const JobError& error) {
            context->deleteLater();
            m_services.notifyError(error);
        });
}

void SearchPane::copyPaths() {
    QStringList paths = m_results->files(selected());
    if (paths.isEmpty()) return;
    QApplication::clipboard()->setText(paths.join(QLatin1Char('\n')));
}

void SearchPane::copyPicture(const QString& picture) {
    m_services.compute(
        m_grid, tr("Copying the picture"), [picture](const JobContext&) { return readPicture(picture, 0, false); },
        [this, picture](const ShownPicture& shown) {
            if (shown.image.isNull())
                m_services.notifyError({shownName(picture), shown.problem, {}});
            else
                QApplication::clipboard()->setImage(shown.image);
        });
}

void SearchPane::showContextMenu(const QPoint& globalPosition) {
    const ResultRow* row = m_results->row(current());
    if (row == nullptr) return;
    const qint64 marked = m_results->hit(*row).row;
    QMenu menu;
    menu.addAction(row->isVideo ? tr("Open its moments") : tr("Open"), this, &SearchPane::activate);
    menu.addAction(tr("Show in the file manager"), this, [this, path = row->file] { m_services.showInFolder(path); });
    menu.addSeparator();
    menu.addAction(m_similar);
    menu.addAction(tr("Add to the search"), this, [this] { findSimilar(false); });
    menu.addAction(tr("More like this"), this, [this, marked] { mark(marked, true); });
    menu.addAction(tr("Less like this"), this, [this, marked] { mark(marked, false); });
    menu.addSeparator();
    menu.addAction(m_copy);
    menu.addAction(tr("Copy image"), this, [this, picture = row->picture] { copyPicture(picture); });
    menu.addSeparator();
    fillSendMenu(menu, true);
    menu.addSeparator();
    fillExportMenu(*menu.addMenu(tr("Export")));
    menu.exec(globalPosition);
}

}  // namespace diagonal
