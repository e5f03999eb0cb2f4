// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sort_preview.h"

#include <QCollator>
#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "ui/base/paths.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

enum Column { Folder, Files, Count };
constexpr int kFirstFiles = 3;

class RowDelegate : public CellDelegate {
  public:
    explicit RowDelegate(QObject* parent) : CellDelegate({80, 26}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        cell.ground();
        const QString text = index.data().toString();
        const QRect area = cell.inside();
        if (index.column() == Count)
            cell.number(area, text, &Tokens::text);
        else
            cell.text(area, text, index.column() == Files ? &Tokens::text2 : &Tokens::text,
                      index.column() == Folder ? 13 : 12);
    }
};

struct FolderRow {
    int count = 0;
    QStringList first;
};

QStringList firstNames(const QStringList& names, int count) {
    return count > names.size() ? names + QStringList(QStringLiteral("…")) : names;
}

}  // namespace

SortPreview::SortPreview(QWidget* parent)
    : QWidget(parent),
      m_folders(new QTreeWidget),
      m_left(new TextLabel({}, 12, 400, &Tokens::text2)),
      m_missing(new TextLabel({}, 12, 400, &Tokens::warn)) {
    m_folders->setColumnCount(3);
    m_folders->setHeaderLabels({tr("Folder"), tr("First files"), tr("Pictures")});
    m_folders->setAccessibleName(tr("Preview"));
    m_folders->setRootIsDecorated(false);
    m_folders->setUniformRowHeights(true);
    m_folders->setItemDelegate(new RowDelegate(m_folders));
    m_folders->header()->setSectionsMovable(false);
    m_folders->header()->setStretchLastSection(false);
    m_folders->header()->setSectionResizeMode(Folder, QHeaderView::Interactive);
    m_folders->header()->setSectionResizeMode(Count, QHeaderView::Fixed);
    m_folders->header()->setSectionResizeMode(Files, QHeaderView::Stretch);
    m_folders->header()->resizeSection(Folder, px(180));
    m_folders->header()->resizeSection(Count, px(84));
    m_folders->headerItem()->setTextAlignment(Count, Qt::AlignRight | Qt::AlignVCenter);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(px(8));
    column->addWidget(m_folders, 1);
    for (TextLabel* label : {m_left, m_missing}) {
        label->setWordWrap(true);
        label->hide();
        column->addWidget(label);
    }
}

void SortPreview::clear() {
    m_folders->clear();
    m_left->hide();
    m_missing->hide();
}

void SortPreview::show(const SortJob& job, const SortPlan& plan) {
    std::map<std::string, FolderRow> folders;
    QStringList missing;
    int missingCount = 0, there = 0;
    for (const PlannedFile& file : plan.files) {
        const QString name = fromPath(file.target.empty() ? file.source.filename() : file.target.filename());
        if (isFailure(file.skip)) {
            ++missingCount;
            if (missing.size() < kFirstFiles) missing << name;
        } else if (file.skip != SortSkip::None) {
            ++there;
        } else {
            FolderRow& row = folders[file.folder];
            if (++row.count <= kFirstFiles) row.first << name;
        }
    }
    QList<QTreeWidgetItem*> rows;
    for (const auto& [folder, row] : folders) {
        auto* item = new QTreeWidgetItem(
            {fromPath(folder), firstNames(row.first, row.count).join(", "), formatCount(row.count)});
        for (int column = Folder; column <= Count; ++column)
            item->setToolTip(column, item->text(column));
        rows << item;
    }
    QCollator order;
    order.setNumericMode(true);
    std::sort(rows.begin(), rows.end(),
              [&](const auto* a, const auto* b) { return order.compare(a->text(Folder), b->text(Folder)) < 0; });
    m_folders->clear();
    m_folders->addTopLevelItems(rows);

    QStringList left;
    if (job.unsureLeft > 0) left << tr("%Ln unsure", nullptr, job.unsureLeft);
    if (job.othersLeft > 0) left << tr("%Ln without a label that fits", nullptr, job.othersLeft);
    if (job.waiting > 0) left << tr("%Ln not labelled yet", nullptr, job.waiting);
    if (job.failed > 0) left << tr("%Ln that cannot be read", nullptr, job.failed);
    if (there > 0) left << tr("%Ln already in place", nullptr, there);
    m_left->setText(tr("Left alone: %1").arg(left.join(", ")));
    m_left->setVisible(!left.isEmpty());
    m_missing->setText(tr("%Ln file(s) missing: %1", nullptr, missingCount)
                           .arg(firstNames(missing, missingCount).join(QStringLiteral(", "))));
    m_missing->setVisible(missingCount > 0);
}

QStringList SortPreview::folders() const {
    QStringList lines;
    for (int row = 0; row < m_folders->topLevelItemCount(); ++row) {
        const QTreeWidgetItem* item = m_folders->topLevelItem(row);
        lines << item->text(Folder) + '\t' + item->text(Count) + '\t' + item->text(Files);
    }
    return lines;
}

QString SortPreview::notes() const {
    QStringList texts;
    for (const TextLabel* label : {m_left, m_missing})
        if (!label->isHidden()) texts << label->text();
    return texts.join('\n');
}

}  // namespace diagonal
