// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/bar_list.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMetaMethod>
#include <algorithm>

#include "engine/inference/export.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kBarRow = 24, kBarEdge = 8, kBarNumber = 58, kBarName = 120, kLeastColumn = 220, kShownLines = 5;

class BarDelegate : public CellDelegate {
  public:
    using CellDelegate::CellDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return static_cast<const QListView*>(parent())->gridSize();
    }

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const BarRow& row = static_cast<const BarModel*>(index.model())->rows()[static_cast<size_t>(index.row())];
        cell.roundGround(cell.rect.adjusted(0, 0, -px(kBarEdge), 0));
        const QRect area = cell.rect.adjusted(px(kBarEdge), 0, -px(2 * kBarEdge), 0);
        // Names before bars, where there is not room for both.
        const int bars =
            std::max(px(48), std::min(static_cast<int>(area.width() * 0.35), area.width() - px(kBarNumber + kBarName)));
        QRect bar = area;
        bar.setRight(area.right() - px(kBarNumber));
        bar.setLeft(bar.right() + 1 - bars);
        QRect name = area;
        name.setRight(bar.left() - px(10));
        cell.text(name, row.name, row.number.isEmpty() || row.share == 0 ? &Tokens::text3 : &Tokens::text, 12,
                  row.isStrong ? 600 : 400);
        cell.bar(bar, row.share, &Tokens::bar, 6);
        cell.number(area, row.number, row.share == 0 ? &Tokens::text3 : &Tokens::text);
    }
};

/// Places in labels, most images first; the last one beyond them is "none".
std::vector<size_t> byCount(const QStringList& labels, const std::vector<int>& counts) {
    std::vector<size_t> order;
    for (size_t i = 0; i < counts.size(); ++i)
        if (static_cast<qsizetype>(i) < labels.size() || counts[i] > 0) order.push_back(i);
    std::ranges::stable_sort(order, std::greater(), [&counts](size_t i) { return counts[i]; });
    return order;
}

QString nameOfCount(const QStringList& labels, size_t i) {
    return static_cast<qsizetype>(i) < labels.size() ? labels[static_cast<qsizetype>(i)] : BarList::tr("No label");
}

}  // namespace

int BarModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant BarModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const BarRow& row = m_rows[static_cast<size_t>(index.row())];
    if (role == Qt::DisplayRole) return row.name;
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) return tr("%1: %2").arg(row.name, row.number);
    return {};
}

void BarModel::set(std::vector<BarRow> rows) {
    if (rows == m_rows) return;
    const bool isResized = rows.size() != m_rows.size();
    if (isResized) beginResetModel();
    m_rows = std::move(rows);
    if (isResized)
        endResetModel();
    else
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

BarList::BarList(QWidget* parent) : QListView(parent) {
    setModel(&m_model);
    setItemDelegate(new BarDelegate({}, this));
    setFrameShape(QFrame::NoFrame);
    setFlow(LeftToRight);
    setWrapping(true);
    setResizeMode(Adjust);
    setMovement(Static);
    setSelectionMode(NoSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    followTheme(this, [this] { fit(); });
    const auto choose = [this](const QModelIndex& index) {
        Q_EMIT chosen(rows()[static_cast<size_t>(index.row())].key);
    };
    connect(this, &QListView::clicked, this, choose);
    connect(this, &QListView::activated, this, choose);
}

void BarList::set(const QString& title, std::vector<BarRow> rows, const QString& hint) {
    m_title = title;
    m_hint = hint;
    setAccessibleName(rows.empty() && !hint.isEmpty() ? hint : title);
    m_model.set(std::move(rows));
    viewport()->update();
}

QSize BarList::sizeHint() const {
    return {px(400), kShownLines * px(kBarRow) + px(8)};
}

void BarList::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    fit();
}

void BarList::fit() {
    // The layout keeps room for the scroll bar, shown or not.
    const int room = width() - style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this) - px(4);
    const int columns = std::clamp(room / px(kLeastColumn), 1, 2);
    setGridSize({room / columns, px(kBarRow)});
}

void BarList::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (!rows().empty()) return;
    QPainter painter(viewport());
    painter.setFont(Theme::instance().font(12));
    painter.setPen(colour(&Tokens::text3));
    painter.drawText(viewport()->rect().adjusted(px(kBarEdge), px(2), -px(kBarEdge), 0),
                     Qt::AlignLeading | Qt::AlignTop | Qt::TextWordWrap, m_hint);
}

void BarList::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    menu.addAction(tr("Copy these numbers"), this, [this] {
        QString lines = m_title + '\n';
        for (const BarRow& row : rows())
            lines += row.name + '\t' + row.number + '\n';
        QApplication::clipboard()->setText(lines);
    });
    if (isSignalConnected(QMetaMethod::fromSignal(&BarList::exportClicked)))
        menu.addAction(tr("Export…"), this, &BarList::exportClicked);
    for (QAction* action : menu.actions())
        action->setEnabled(!rows().empty());
    menu.exec(event->globalPos());
}

std::vector<BarRow> countRows(const QStringList& labels, const std::vector<int>& counts) {
    const int highest = counts.empty() ? 1 : std::max(1, *std::ranges::max_element(counts));
    std::vector<BarRow> rows;
    for (const size_t i : byCount(labels, counts)) {
        const QString label = labels.value(static_cast<qsizetype>(i));
        rows.push_back(
            {nameOfCount(labels, i), static_cast<double>(counts[i]) / highest, formatCount(counts[i]), false, label});
    }
    return rows;
}

QByteArray countsCsv(const QStringList& labels, const std::vector<int>& counts) {
    std::string text = "label,images\r\n";
    for (const size_t i : byCount(labels, counts))
        text += csvText(nameOfCount(labels, i).toStdString()) + ',' + std::to_string(counts[i]) + "\r\n";
    return QByteArray::fromStdString(text);
}

}  // namespace diagonal
