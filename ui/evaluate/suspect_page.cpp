// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/suspect_page.h"

#include <QItemSelectionModel>

#include "ui/base/paths.h"
#include "ui/pictures/paint_thumbnail.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/shell/services.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

namespace {

constexpr int kSuspectRow = 52, kSuspectPicture = 60;

class SuspectDelegate : public CellDelegate {
  public:
    explicit SuspectDelegate(QObject* parent) : CellDelegate({120, kSuspectRow}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        cell.ground();
        const QRect inside = cell.inside();
        const QString text = index.data().toString();
        if (index.column() >= SuspectTableModel::ZeroShot) return cell.number(inside, text, &Tokens::text);
        if (index.column() != SuspectTableModel::Picture)
            return cell.text(inside, text, &Tokens::text, 12, index.column() == SuspectTableModel::Answer ? 600 : 400);
        const QString file = index.data(SuspectTableModel::FileRole).toString();
        const QRect picture(inside.left(), inside.top() + px(4), px(kSuspectPicture), px(kSuspectRow - 9));
        paintThumbnail(cell, picture, file, file.isEmpty() || !ThumbnailCache::instance().error(file).isEmpty(), 96);
        cell.text(inside.adjusted(px(kSuspectPicture + 10), 0, 0, 0), text, &Tokens::text2, 12, 400, Qt::ElideMiddle);
    }
};

}  // namespace

int SuspectTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_suspects.size());
}

int SuspectTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SuspectTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const SuspectedLabel& one = m_suspects[static_cast<size_t>(index.row())];
    if (role == FileRole) return m_row.files.value(static_cast<qsizetype>(one.picture));
    if (role == Qt::ToolTipRole && index.column() == Picture) return shownPath(m_row.file(one.picture));
    if (role == Qt::EditRole && index.column() == Picture) return m_row.file(one.picture);  // of exports
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (index.column()) {
        case Picture:
            return shownName(m_row.file(one.picture));
        case Label:
            return m_row.className(one.label);
        case Answer:
            return m_row.className(one.answer);
        case ZeroShot:
            return formatPercent(one.zeroShot);
        default:
            return formatPercent(one.probe);
    }
}

QVariant SuspectTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section < ZeroShot ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const QString names[] = {tr("Picture"), tr("Its label"), tr("Both say"), tr("Zero-shot"), tr("Probe")};
    return names[section];
}

void SuspectTableModel::set(const ShownRow& row) {
    beginResetModel();
    m_row = row;
    const TaskResult* probe = row.result(EvaluationTask::LinearProbe);
    m_suspects = probe != nullptr ? probe->suspected : std::vector<SuspectedLabel>();
    endResetModel();
}

SuspectPage::SuspectPage(Services& services, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_view(new RowView({0, 180, 180, 92, 92})),
      m_note(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_open(new LinkLabel(tr("Open in Label"))) {
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new SuspectDelegate(m_view));
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setAccessibleName(tr("Labels that may be wrong"));
    setExportMenu(m_view, QStringLiteral("suspects"));
    setLayout(makeColumn(
        {makeRow({{m_note, 1}, m_open}, 12, {16, 10, 16, 8}), {makeRow({{m_view, 1}}, 0, {8, 0, 0, 0}), 1}}));
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, m_view, [this] { m_view->viewport()->update(); });
    connect(m_open, &LinkLabel::clicked, this,
            [this] { Q_EMIT m_services.paneRequested(QStringLiteral("label"), files()); });
    connect(m_view, &QTreeView::activated, m_open, &LinkLabel::click);
}

QStringList SuspectPage::files() const {
    QModelIndexList rows = m_view->selectionModel()->selectedRows();
    if (rows.isEmpty())
        for (int row = 0; row < m_model.rowCount(); ++row)
            rows << m_model.index(row, 0);
    QStringList files;
    for (const QModelIndex& index : rows)
        if (const QString file = index.data(SuspectTableModel::FileRole).toString(); !file.isEmpty()) files << file;
    return files;
}

void SuspectPage::setRow(const ShownRow& row) {
    m_model.set(row);
    const bool isProbed = row.result(EvaluationTask::LinearProbe) != nullptr;
    m_note->setText(
        !isProbed ? tr("Tick Linear probe: labels that it and zero-shot both contradict are listed here")
        : m_model.rowCount() == 0
            ? tr("No label is contradicted by both zero-shot and linear probe")
            : tr("Zero-shot and linear probe, which has not seen these pictures, surely agree on another label: %1")
                  .arg(formatCount(m_model.rowCount())));
    m_open->setEnabled(!files().isEmpty());
}

}  // namespace diagonal
