// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/confusion_view.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>

#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kCellWidth = 92, kCellHeight = 26, kRowHead = 150;
constexpr double kStrongest = 0.45;  // text stays readable on it

QColor mixed(const QColor& ground, const QColor& ink, double share) {
    const auto part = [share](int a, int b) { return static_cast<int>(a + share * (b - a)); };
    return {part(ground.red(), ink.red()), part(ground.green(), ink.green()), part(ground.blue(), ink.blue())};
}

class ConfusionDelegate : public QStyledItemDelegate {
  public:
    explicit ConfusionDelegate(const ConfusionModel& model, QObject* parent)
        : QStyledItemDelegate(parent), m_model(model) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Confusion& confusion = m_model.confusion();
        const int count = confusion.count(index.row(), index.column());
        const bool right = confusion.isRight(index.row(), index.column());
        const double share = static_cast<double>(count) / confusion.rowTotal(index.row());
        painter->save();
        const QRect cell = option.rect.adjusted(0, 0, -1, -1);
        const QColor ink = colour(right ? &Tokens::accent : &Tokens::warnLine);
        painter->fillRect(cell, count == 0 ? colour(&Tokens::sunken)
                                           : mixed(colour(&Tokens::surface), ink, 0.08 + (kStrongest - 0.08) * share));
        if ((option.state & QStyle::State_MouseOver) != 0) {
            painter->setPen(colour(&Tokens::outline));
            painter->drawRect(cell.adjusted(0, 0, -1, -1));
        }
        if ((option.state & QStyle::State_HasFocus) != 0 && showsFocus(option)) paintFocus(*painter, cell, 0);
        if (count > 0 || right) {
            painter->setFont(Theme::instance().font(12, right ? 600 : 400));
            painter->setPen(colour(count > 0 ? &Tokens::text : &Tokens::text3));
            drawTabular(*painter, cell.adjusted(px(6), 0, -px(8), 0), formatCount(count));
        }
        painter->restore();
    }

  private:
    const ConfusionModel& m_model;
};

}  // namespace

int ConfusionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_confusion.rowCount();
}

int ConfusionModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_confusion.columnCount();
}

QString ConfusionModel::columnName(int column) const {
    const QString text = m_confusion.columnText(column);
    return text.isEmpty() ? tr("No label") : text;
}

QVariant ConfusionModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const int count = m_confusion.count(index.row(), index.column());
    if (role == Qt::DisplayRole) return count;
    if (role != Qt::ToolTipRole && role != Qt::AccessibleTextRole) return {};
    const int total = m_confusion.rowTotal(index.row());
    const QString share = count == total ? QStringLiteral("100%") : formatPercent(static_cast<double>(count) / total);
    return tr("Folder “%1”, labelled “%2”: %3 of %4 (%5)")
        .arg(m_confusion.rowText(index.row()), columnName(index.column()), formatCount(count), formatCount(total),
             count == 0 ? QStringLiteral("0%") : share);
}

QVariant ConfusionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const bool across = orientation == Qt::Horizontal;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((across ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::DisplayRole) return across ? columnName(section) : m_confusion.rowText(section);
    if (role != Qt::ToolTipRole) return {};
    return across ? tr("Labelled “%1”").arg(columnName(section))
                  : tr("Folder “%1”: %Ln picture(s)", nullptr, m_confusion.rowTotal(section))
                        .arg(m_confusion.rowText(section));
}

void ConfusionModel::set(Confusion confusion) {
    beginResetModel();
    m_confusion = std::move(confusion);
    endResetModel();
}

QString ConfusionModel::csv() const {
    return QString::fromStdString(m_confusion.csv(tr("No label")));
}

QString ConfusionModel::tsv() const {
    QString text = tr("True label");
    for (int column = 0; column < columnCount(); ++column)
        text += '\t' + columnName(column);
    text += '\n';
    for (int row = 0; row < rowCount(); ++row) {
        text += m_confusion.rowText(row);
        for (int column = 0; column < columnCount(); ++column)
            text += '\t' + QString::number(m_confusion.count(row, column));
        text += '\n';
    }
    return text;
}

ConfusionView::ConfusionView(QWidget* parent) : QTableView(parent) {
    setModel(&m_model);
    setItemDelegate(new ConfusionDelegate(m_model, this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setEditTriggers(NoEditTriggers);
    setSelectionMode(NoSelection);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setCornerButtonEnabled(false);
    setAccessibleName(tr("True labels by given labels"));
    for (QHeaderView* header : {horizontalHeader(), verticalHeader()}) {
        header->setHighlightSections(false);
        header->setSectionsClickable(false);
        header->setSectionResizeMode(QHeaderView::Fixed);
    }
    followTheme(this, [this] {
        horizontalHeader()->setDefaultSectionSize(px(kCellWidth));
        verticalHeader()->setMinimumSectionSize(px(kCellHeight));
        verticalHeader()->setDefaultSectionSize(px(kCellHeight));
        verticalHeader()->setFixedWidth(px(kRowHead));
        viewport()->update();
    });
    const auto choose = [this](const QModelIndex& index) {
        const Confusion& confusion = m_model.confusion();
        Q_EMIT cellChosen(confusion.rowText(index.row()), confusion.columnText(index.column()));
    };
    connect(this, &QTableView::clicked, this, choose);
    connect(this, &QTableView::activated, this, choose);
}

void ConfusionView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    menu.addAction(tr("Copy matrix"), this, [this] { QApplication::clipboard()->setText(m_model.tsv()); });
    menu.addAction(tr("Export matrix…"), this, [this] { Q_EMIT exportClicked(m_model.csv().toUtf8()); });
    menu.exec(event->globalPos());
}

}  // namespace diagonal
