// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <memory>

#include "ui/base/paths.h"
#include "ui/label/compare_view.h"
#include "ui/label/grid_column.h"
#include "ui/label/label_commands.h"
#include "ui/label/label_pane.h"
#include "ui/label/table_column.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/image_table.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/services.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kMostUndos = 100;
constexpr size_t kMostUndoBytes = size_t{256} << 20;

}  // namespace

void LabelPane::createActions() {
    m_open = makeAction(tr("&Open images…"), QKeySequence::Open,
                        [this] { m_intake->chooseFiles(tr("Open images"), pictureFileFilter(true)); });
    m_openFolder = makeAction(tr("Open &folder…"), {"Ctrl+Shift+O"}, [this] { m_intake->chooseFolder(); });
    m_export = makeAction(tr("&Export…"), {"Ctrl+E"}, &LabelPane::chooseExport);
    createSortAction();
    m_undo.setUndoLimit(kMostUndos);
    connect(&m_undo, &QUndoStack::indexChanged, this, [this] { boundMemory(m_undo, kMostUndoBytes); });
    m_undoAction = m_undo.createUndoAction(this, tr("&Undo"));
    m_redoAction = m_undo.createRedoAction(this, tr("&Redo"));
    m_undoAction->setShortcut(QKeySequence::Undo);
    m_redoAction->setShortcuts(redoKeys());
    addActions({m_undoAction, m_redoAction});
    m_copy = makeAction(tr("&Copy labels"), QKeySequence::Copy, [this] {
        QApplication::clipboard()->setText(showsComparison() ? m_compare->selectionAsText() : selectionAsText());
    });
    m_paste = makeAction(tr("&Paste"), QKeySequence::Paste, [this] { m_intake->paste(); });
    m_remove = makeAction(tr("Re&move from the list"), QKeySequence::Delete, &LabelPane::removeSelected);
    m_selectAll = makeAction(tr("Select &all"), QKeySequence::SelectAll, [this] {
        static_cast<ImageRowsModel&>(*viewItems().model()).settle();
        viewItems().selectAll();
    });
    m_find = makeAction(tr("&Find…"), QKeySequence::Find, [this] {
        showView(QStringLiteral("table"));
        m_table->search().setFocus(Qt::ShortcutFocusReason);
    });
    m_next = makeAction(tr("&Next image"), {"Alt+Right"}, [this] { step(1); });
    m_previous = makeAction(tr("&Previous image"), {"Alt+Left"}, [this] { step(-1); });
    createRelevanceActions();
    m_stop = makeAction(tr("&Stop labelling"), {"Ctrl+."}, [this] {
        m_intake->cancel();
        m_session.cancel();
        m_compare->session().cancel();
    });
}

QList<QAction*> LabelPane::fileActions() const {
    return {m_open, m_openFolder, m_sort, m_export};
}

QList<QAction*> LabelPane::editActions() const {
    return {m_undoAction, m_redoAction, m_copy, m_paste, m_selectAll, m_find, m_remove};
}

QList<QAction*> LabelPane::runActions() const {
    return {m_stop};
}

QList<QAction*> LabelPane::viewActions() const {
    QList<QAction*> actions = m_viewActions->actions();
    return actions << m_previous << m_next << m_relevanceAction << m_gridAction;
}

bool LabelPane::openPaths(const QStringList& paths) {
    // Comparing begins with prompts, not with pictures.
    if (showsComparison() && m_session.images().rowCount() == 0) showView("picture");
    m_intake->add(paths);
    return true;
}

void LabelPane::removeSelected() {
    QList<int> rows = selectedRows();
    if (rows.isEmpty()) return;
    const int position = (showsTable() ? m_table->position() : m_grid->position()) - static_cast<int>(rows.size()) + 1;
    std::sort(rows.begin(), rows.end());
    m_undo.push(new RemoveImagesCommand(m_session.images(), rows));
    const int left = m_grid->shown().rowCount();
    if (showsTable())
        m_table->chooseAt(position);
    else if (left > 0)
        m_grid->grid().choose(m_grid->shown().index(std::clamp(position, 0, left - 1), 0));
    m_services.notify(tr("%Ln image(s) taken out of the list; the files stay", nullptr, static_cast<int>(rows.size())));
}

QString LabelPane::selectionAsText() const {
    if (showsTable()) return m_table->selectionAsText();
    const ImageList& images = const_cast<LabelPane*>(this)->m_session.images();
    QStringList lines;
    for (const int row : m_grid->selectedRows()) {
        const ImageItem& one = images.item(row);
        QStringList cells = {one.path};
        if (one.isFailed())
            cells << tr("Error: %1").arg(one.error);
        else if (one.hasScores())
            cells << (one.assigned ? one.label : tr("no label")) << formatPercent(one.top.probability)
                  << formatCosine(one.top.cosine);
        lines << cells.join('\t');
    }
    return lines.join('\n');
}

void LabelPane::showContextMenu(const QPoint& position) {
    const int row = currentRow();
    if (row < 0) return;
    const QString path = m_session.images().item(row).path;
    const bool isFailed = m_session.images().item(row).isFailed();
    QMenu menu;
    menu.addAction(tr("Open containing folder"), this,
                   [path] { QDesktopServices::openUrl(toUrl(QFileInfo(path).absolutePath())); });
    menu.addSeparator();
    menu.addAction(m_copy);
    menu.addAction(tr("Copy path"), this, [path] { QApplication::clipboard()->setText(path); });
    QAction* copyImage = menu.addAction(tr("Copy image"), this, [this, path] { copyPicture(path); });
    copyImage->setEnabled(!isFailed);
    menu.addSeparator();
    menu.addAction(m_remove);
    menu.exec(position);
}

void LabelPane::copyPicture(const QString& path) {
    m_services.compute(
        m_grid, tr("Copying the picture"), [path](const JobContext&) { return readPicture(path, 0, false); },
        [this, path](const ShownPicture& picture) {
            if (picture.image.isNull())
                m_services.notifyError({shownName(path), picture.problem, {}});
            else
                QApplication::clipboard()->setImage(picture.image);
        });
}

}  // namespace diagonal
