// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_counts.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>

#include "engine/inference/export.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kCountRow = 24, kCountEdge = 8, kCountNumber = 56, kLeastColumn = 300;

class CountDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return static_cast<const QListView*>(parent())->gridSize();
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect row = option.rect.adjusted(0, 0, -px(kCountEdge), 0);
        if ((option.state & QStyle::State_MouseOver) != 0)
            paintFrame(*painter, row, px(5), colour(&Tokens::hover), Qt::transparent);
        if ((option.state & QStyle::State_HasFocus) != 0 && showsFocus(option)) paintFocus(*painter, row, px(5));
        const QRect area = row.adjusted(px(kCountEdge), 0, -px(kCountEdge), 0);
        const int bars = std::max(px(60), static_cast<int>(area.width() * 0.38));
        const int barLeft = area.right() + 1 - px(kCountNumber) - bars;
        const bool isSome = index.data(CountModel::CountRole).toInt() > 0;
        painter->setFont(Theme::instance().font(13));
        painter->setPen(colour(isSome ? &Tokens::text : &Tokens::text3));
        const int room = barLeft - area.left() - px(10);
        painter->drawText(QRect(area.left(), area.top(), room, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, room));
        paintBar(*painter, QRectF(barLeft, area.center().y() - px(3) + 1, bars, px(6)),
                 index.data(CountModel::ShareRole).toDouble(), colour(&Tokens::bar), colour(&Tokens::track));
        painter->setFont(Theme::instance().font(12));
        drawTabular(*painter, area, formatCount(index.data(CountModel::CountRole).toInt()));
        painter->restore();
    }
};

}  // namespace

int CountModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant CountModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Entry& entry = m_entries[static_cast<size_t>(index.row())];
    const QString name = entry.label.isEmpty() ? tr("No label") : entry.label;
    switch (role) {
        case Qt::DisplayRole:
            return name;
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return tr("%1: %2").arg(name, formatCount(entry.count));
        case CountRole:
            return entry.count;
        case ShareRole:
            return static_cast<double>(entry.count) / std::max(1, m_entries.front().count);
        case LabelRole:
            return entry.label;
        default:
            return {};
    }
}

void CountModel::set(const QStringList& labels, const std::vector<int>& counts) {
    std::vector<Entry> entries;
    for (size_t i = 0; i < counts.size(); ++i)
        if (const QString label = labels.value(static_cast<qsizetype>(i)); !label.isEmpty() || counts[i] > 0)
            entries.push_back({label, counts[i]});
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.count > b.count; });
    if (entries == m_entries) return;
    if (entries.size() != m_entries.size()) {
        beginResetModel();
        m_entries = std::move(entries);
        endResetModel();
        return;
    }
    m_entries = std::move(entries);
    Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

QString CountModel::csv() const {
    QString text = QStringLiteral("label,images\r\n");
    for (int row = 0; row < rowCount(); ++row)
        text += QString::fromStdString(csvText(data(index(row), Qt::DisplayRole).toString().toStdString())) + ',' +
                QString::number(m_entries[static_cast<size_t>(row)].count) + QStringLiteral("\r\n");
    return text;
}

QString CountModel::tsv() const {
    QString text = tr("Label") + '\t' + tr("Images") + '\n';
    for (int row = 0; row < rowCount(); ++row)
        text += data(index(row), Qt::DisplayRole).toString() + '\t' +
                QString::number(m_entries[static_cast<size_t>(row)].count) + '\n';
    return text;
}

LabelCounts::LabelCounts(QWidget* parent) : QListView(parent) {
    setModel(&m_model);
    setItemDelegate(new CountDelegate(this));
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
    setAccessibleName(tr("Images per label"));
    followTheme(this, [this] { fit(); });
    const auto choose = [this](const QModelIndex& index) {
        Q_EMIT labelChosen(index.data(CountModel::LabelRole).toString());
    };
    connect(this, &QListView::clicked, this, choose);
    connect(this, &QListView::activated, this, choose);
}

void LabelCounts::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    fit();
}

void LabelCounts::fit() {
    // The layout keeps room for the scroll bar, shown or not.
    const int room = width() - style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this) - px(4);
    const int columns = std::clamp(room / px(kLeastColumn), 1, 2);
    setGridSize({room / columns, px(kCountRow)});
}

void LabelCounts::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    menu.addAction(tr("Copy counts"), this, [this] { QApplication::clipboard()->setText(m_model.tsv()); });
    menu.addAction(tr("Export counts…"), this, [this] { Q_EMIT exportClicked(m_model.csv().toUtf8()); });
    menu.exec(event->globalPos());
}

}  // namespace diagonal
