// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/library_details.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QPointer>
#include <QStandardItemModel>
#include <QTableView>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/fact_grid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

LibraryDetails::LibraryDetails(LibrarySession& library, qint64 source, QWidget* parent) : QDialog(parent) {
    const ShownLibrary& state = library.state();
    setWindowTitle(tr("Library %1").arg(library.name()));
    auto* facts = new FactGrid;
    const QString model = state.isImported() ? tr("unknown (imported)") : engineText(state.model.name);
    facts->setGroups({{tr("Library"),
                       {{tr("Folder"), formatPath(library.folder()), false, library.folder()},
                        {tr("Model"), model},
                        {tr("Numbers an embedding"), formatCount(state.model.dim), true},
                        {tr("On the disk"), formatBytes(state.counts.bytes), true}}},
                      {tr("Content"),
                       {{tr("Images"), formatCount(state.counts.pictures), true},
                        {tr("Videos"), formatCount(state.counts.videos), true},
                        {tr("Embeddings"), formatCount(state.counts.rows), true},
                        {tr("Waiting"), formatCount(state.counts.waiting), true},
                        {tr("Not readable"), formatCount(state.counts.failed), true}}}});
    auto* left = makeWrapped(state.leftBehind, 12, 400, &Tokens::text2);
    left->setVisible(!state.leftBehind.isEmpty());
    auto* header = new SectionHeader(tr("What could not be read"));
    auto* rows = new QStandardItemModel(0, 2, this);
    rows->setHorizontalHeaderLabels({tr("File"), tr("Reason")});
    auto* table = new QTableView;
    table->setModel(rows);
    table->setAccessibleName(tr("What could not be read"));
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setStretchLastSection(true);
    table->setColumnWidth(0, px(380));
    setExportMenu(table, QStringLiteral("not-read"));
    const bool hasFailures = state.counts.failed > 0;
    header->setVisible(hasFailures);
    table->setVisible(hasFailures);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    setLayout(makeColumn({facts, left, header, {table, 1}, buttons}, 8, {16, 16, 16, 16}));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(px(760), px(hasFailures ? 520 : 280));
    if (!hasFailures) return;
    library.lookAtFailures(source, [guard = QPointer(rows)](const auto& failures) {
        if (!guard) return;
        for (const auto& [path, reason] : failures)
            guard->appendRow({new QStandardItem(formatPath(path)), new QStandardItem(reason)});
    });
}

}  // namespace diagonal
