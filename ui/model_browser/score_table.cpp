// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_browser/score_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kScoreRow = 34, kEdge = 6, kCheck = 18, kDiamond = 5;
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

void ModelScoreDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    if (selected) painter->fillRect(option.rect, colour(&Tokens::accentSoft));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colour(&Tokens::border));
    if ((option.state & QStyle::State_HasFocus) != 0 && showsFocus(option)) paintFocus(*painter, option.rect, 0);
    QRect area = option.rect.adjusted(px(kEdge), 0, -px(kEdge), 0);
    const bool isOnFront = index.data(ScoreTableModel::FrontRole).toBool();
    const QString text = index.data().toString();
    const bool isStrong =
        isOnFront && (index.column() == ScoreTableModel::Name || index.column() == ScoreTableModel::Mean);
    painter->setFont(Theme::instance().font(12, isStrong ? 600 : 400));
    if (index.column() == ScoreTableModel::Name) {
        QStyleOptionButton check;
        check.rect = checkArea(option.rect);
        check.state = QStyle::State_Enabled |
                      (index.data(Qt::CheckStateRole).toInt() == Qt::Checked ? QStyle::State_On : QStyle::State_Off);
        paintCheckBox(*painter, check);
        area.setLeft(check.rect.right() + px(8));
        if (isOnFront) paintDiamond(*painter, {area.left() + px(kDiamond) + 0.0, option.rect.center().y() + 0.5});
        area.setLeft(area.left() + px(2 * kDiamond + 6));
        const QString error = index.data(ScoreTableModel::ErrorRole).toString();
        QString note;
        if (!error.isEmpty()) note = tr("failed");
        if (index.data(ScoreTableModel::BusyRole).toBool()) note = tr("computing");
        if (!note.isEmpty()) {
            painter->setPen(colour(error.isEmpty() ? &Tokens::text2 : &Tokens::error));
            painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, note);
            area.setRight(area.right() - painter->fontMetrics().horizontalAdvance(note) - px(8));
        }
        painter->setPen(colour(&Tokens::text));
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(text, Qt::ElideMiddle, area.width()));
    } else if (ScoreTableModel::isNumber(index.column())) {
        painter->setPen(colour(index.column() == ScoreTableModel::Mean ? &Tokens::text : &Tokens::text2));
        drawTabular(*painter, area, text);
    } else {
        painter->setPen(colour(&Tokens::text2));
        painter->drawText(area, Qt::AlignCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
    }
    painter->restore();
}

bool ModelScoreDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                     const QModelIndex& index) {
    if (event->type() != QEvent::MouseButtonRelease || index.column() != ScoreTableModel::Name) return false;
    const auto* mouse = static_cast<QMouseEvent*>(event);
    const QRect area = checkArea(option.rect).adjusted(-px(kEdge), -px(8), px(4), px(8));
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
