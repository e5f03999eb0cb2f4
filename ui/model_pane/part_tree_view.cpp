// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/part_tree_view.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>

#include "ui/shell/save_as.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/cell_delegate.h"

namespace diagonal {

namespace {

class PartDelegate : public CellDelegate {
  public:
    explicit PartDelegate(QObject* parent) : CellDelegate({60, 26}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const QString text = index.data().toString();
        const bool isGroup = index.model()->hasChildren(index.siblingAtColumn(0));
        if (index.column() == PartTreeModel::Name)
            cell.text(cell.rect.adjusted(px(4), 0, -px(8), 0), text, &Tokens::text, 12, isGroup ? 600 : 400);
        else if (index.column() == PartTreeModel::Parameters)
            cell.number(cell.inside(), text, &Tokens::text2);
        else
            cell.text(cell.inside(), text, &Tokens::text2);
    }
};

}  // namespace

PartTreeView::PartTreeView(Services& services, QWidget* parent) : QTreeView(parent), m_services(services) {
    setModel(&m_parts);
    setItemDelegate(new PartDelegate(this));
    setAccessibleName(tr("Architecture"));
    setFrameShape(QFrame::NoFrame);
    setUniformRowHeights(true);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setAllColumnsShowFocus(true);
    header()->setSectionsMovable(false);
    header()->setHighlightSections(false);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(px(60));
    followTheme(this, [this] {
        setIndentation(px(20));
        header()->setFont(Theme::instance().font(11));
        fitColumns();
    });
}

void PartTreeView::setReport(std::shared_ptr<const ModelReport> report) {
    m_title = report ? report->info.name : std::string();
    m_parts.setReport(std::move(report));
    expandToDepth(0);
    fitColumns();
}

void PartTreeView::fitColumns() {
    const int width = viewport()->width(), type = px(88), parameters = px(124);
    const int shape = qBound(px(120), width / 4, px(220));
    setColumnWidth(PartTreeModel::Name, qMax(px(180), width - shape - type - parameters));
    setColumnWidth(PartTreeModel::Shape, shape);
    setColumnWidth(PartTreeModel::Type, type);
    setColumnWidth(PartTreeModel::Parameters, parameters);
}

void PartTreeView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitColumns();
}

void PartTreeView::drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QRect row = option.rect;
    if (selectionModel()->isSelected(index)) painter->fillRect(row, colour(&Tokens::accentSoft));
    QStyleOptionViewItem plain = option;
    plain.showDecorationSelected = false;
    plain.palette.setColor(QPalette::Highlight, Qt::transparent);
    QTreeView::drawRow(painter, plain, index);
    painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), colour(&Tokens::border));
    if (hasFocus() && index.row() == currentIndex().row() && index.parent() == currentIndex().parent())
        paintFocus(*painter, row, 0);
}

void PartTreeView::drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const {
    if (!m_parts.hasChildren(index)) return;
    const QRect mark(rect.right() - indentation() + 1, rect.top(), indentation(), rect.height());
    paintIcon(*painter, mark,
              isExpanded(index) ? QStringLiteral("ui/chevron-down") : QStringLiteral("ui/chevron-right"),
              colour(&Tokens::text2));
}

void PartTreeView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copyText();
    QTreeView::keyPressEvent(event);
}

void PartTreeView::copyText() const {
    QApplication::clipboard()->setText(m_parts.text());
}

void PartTreeView::exportCsv() {
    const QString name = QString::fromStdString(m_title).replace(QLatin1Char('/'), QLatin1Char('-'));
    saveAs(m_services, this, tr("Export the architecture"), name + QStringLiteral(".csv"),
           {tr("CSV"), QStringLiteral(".csv")}, m_parts.csv().toUtf8());
}

void PartTreeView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    menu.addAction(tr("Copy as text"), this, &PartTreeView::copyText);
    menu.addAction(tr("Export CSV…"), this, &PartTreeView::exportCsv);
    menu.addSeparator();
    menu.addAction(tr("Expand all"), this, &PartTreeView::expandAll);
    menu.addAction(tr("Collapse all"), this, &PartTreeView::collapseAll);
    menu.exec(event->globalPos());
}

}  // namespace diagonal
