// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/score_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>

#include "ui/style/paint.h"
#include "ui/style/theme.h"

namespace diagonal {

namespace {

constexpr int kScoreRow = 34, kEdge = kCellEdge, kCheck = 18, kDiamond = 5;
constexpr int kColumnWidths[] = {200, 64, 54, 54, 64, 54, 54, 54, 70, 62, 74, 48, 72, 112, 112};
static_assert(std::size(kColumnWidths) == ScoreTableModel::ColumnCount);

void toggle(QAbstractItemModel& model, const QModelIndex& cell) {
    const bool isChosen = cell.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    model.setData(cell, isChosen ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

void paintDiamond(QPainter& painter, const QPointF& at) {
    const double d = px(kDiamond);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour(&Tokens::accent));
    painter.drawPolygon(QPolygonF{at + QPointF(0, -d), at + QPointF(d, 0), at + QPointF(0, d), at + QPointF(-d, 0)});
}

}  // namespace

QRect ModelScoreDelegate::checkArea(const QRect& cell) {
    return {cell.left() + px(kEdge), cell.center().y() - px(kCheck) / 2, px(kCheck), px(kCheck)};
}

ModelScoreDelegate::ModelScoreDelegate(QObject* parent) : CellDelegate({80, kScoreRow}, parent) {
}

void ModelScoreDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    cell.ground();
    QRect area = cell.rect.adjusted(px(kEdge), 0, -px(kEdge), 0);
    const QString text = index.data().toString();
    const bool isOnFront = index.data(ScoreTableModel::FrontRole).toBool();
    const bool isMean = index.column() == ScoreTableModel::Mean;
    if (ScoreTableModel::isNumber(index.column())) {
        cell.number(area, text, isMean ? &Tokens::text : &Tokens::text2, 12, isOnFront && isMean ? 600 : 400);
        return;
    }
    if (index.column() != ScoreTableModel::Name) {
        cell.text(area, text, &Tokens::text2, 12, 400, Qt::ElideRight, Qt::AlignHCenter);
        return;
    }
    QStyleOptionButton check;
    check.rect = cell.placed(checkArea(cell.rect));
    check.state = QStyle::State_Enabled |
                  (index.data(Qt::CheckStateRole).toInt() == Qt::Checked ? QStyle::State_On : QStyle::State_Off);
    paintCheckBox(cell.painter, check);
    area.setLeft(checkArea(cell.rect).right() + px(8));
    const QRect mark(area.left(), area.top(), px(2 * kDiamond), area.height());
    if (isOnFront) paintDiamond(cell.painter, QRectF(cell.placed(mark)).center());
    area.setLeft(area.left() + px(2 * kDiamond + 6));
    const bool hasFailed = !index.data(ScoreTableModel::ErrorRole).toString().isEmpty();
    const QString note = index.data(ScoreTableModel::BusyRole).toBool() ? tr("computing")
                         : hasFailed                                    ? tr("failed")
                                                                        : QString();
    if (!note.isEmpty()) {
        cell.text(area, note, hasFailed ? &Tokens::error : &Tokens::text2, 12, 400, Qt::ElideNone, Qt::AlignRight);
        area.setRight(area.right() - cell.painter.fontMetrics().horizontalAdvance(note) - px(8));
    }
    cell.text(area, text, &Tokens::text, 12, isOnFront ? 600 : 400, Qt::ElideMiddle);
}

bool ModelScoreDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                     const QModelIndex& index) {
    if (event->type() != QEvent::MouseButtonRelease || index.column() != ScoreTableModel::Name) return false;
    const auto* mouse = static_cast<QMouseEvent*>(event);
    const QRect area = QStyle::visualRect(option.direction, option.rect,
                                          checkArea(option.rect).adjusted(-px(kEdge), -px(8), px(4), px(8)));
    if (mouse->button() != Qt::LeftButton || !area.contains(mouse->pos())) return false;
    toggle(*model, index);
    return true;
}

ScoreTable::ScoreTable(ScoreTableModel& model, QWidget* parent) : QTableView(parent), m_model(model) {
    setModel(&model);
    setItemDelegate(new ModelScoreDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setTabKeyNavigation(false);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setAccessibleName(tr("Models to compare"));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::DescendingOrder);
    header->setStretchLastSection(true);
    setSortingEnabled(true);
    followTheme(this, [this, header] {
        verticalHeader()->setMinimumSectionSize(px(kScoreRow));
        verticalHeader()->setDefaultSectionSize(px(kScoreRow));
        for (int column = 0; column < ScoreTableModel::ColumnCount; ++column)
            header->resizeSection(column, px(kColumnWidths[column]));
        setMinimumHeight(px(4 * kScoreRow));
    });
}

void ScoreTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT copyRequested();
    } else if (event->key() == Qt::Key_Space && currentIndex().isValid()) {
        toggle(m_model, currentIndex().siblingAtColumn(ScoreTableModel::Name));
    } else {
        QTableView::keyPressEvent(event);
    }
}

}  // namespace diagonal
