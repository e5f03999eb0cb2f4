// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/image_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include "ui/base/settings.h"
#include "ui/pictures/table_delegate.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/style/theme.h"

namespace diagonal {

namespace {

constexpr int kWidths[] = {60, 150, 108, 124, 120, 62, 52, 112, 84, 96};
static_assert(std::size(kWidths) == ImageTableModel::ColumnCount);

QString settingsKey() {
    return QStringLiteral("label/tableColumns");
}

}  // namespace

ImageTable::ImageTable(ImageTableModel& model, QWidget* parent) : QTableView(parent), m_model(model) {
    setModel(&model);
    setItemDelegate(new TableDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setTabKeyNavigation(false);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setAccessibleName(tr("Images"));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    header->setStretchLastSection(true);
    header->setSortIndicatorClearable(true);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setToolTip(tr("Click to sort, drag to move, right-click or Alt+Down to choose columns"));
    followTheme(this, [this] {
        verticalHeader()->setMinimumSectionSize(TableDelegate::rowHeight());
        verticalHeader()->setDefaultSectionSize(TableDelegate::rowHeight());
        viewport()->update();
    });
    resetColumns();
    setSortingEnabled(true);
    header->restoreState(settings().value(settingsKey()).toByteArray());
    for (const auto signal : {&QHeaderView::sectionMoved, &QHeaderView::sectionResized})
        connect(header, signal, this, &ImageTable::saveColumns);
    connect(header, &QHeaderView::sortIndicatorChanged, this, &ImageTable::saveColumns);
    connect(header, &QWidget::customContextMenuRequested, this,
            [this, header](const QPoint& position) { showColumnMenu(header->mapToGlobal(position)); });

    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this] { viewport()->update(); });
}

void ImageTable::resetColumns() {
    QHeaderView* header = horizontalHeader();
    header->setSortIndicator(-1, Qt::AscendingOrder);
    for (int column = 0; column < ImageTableModel::ColumnCount; ++column) {
        header->moveSection(header->visualIndex(column), column);
        header->setSectionHidden(column, false);
        header->resizeSection(column, px(kWidths[column]));
    }
    // Where there is not room for all, the verdict is seen before the second label.
    header->moveSection(header->visualIndex(ImageTableModel::Verdict), header->visualIndex(ImageTableModel::Second));
}

void ImageTable::saveColumns() const {
    settings().setValue(settingsKey(), horizontalHeader()->saveState());
}

void ImageTable::showColumnMenu(const QPoint& position) {
    QMenu menu;
    if (const int current = currentIndex().column(); current >= 0) {
        const QString name = m_model.headerData(current, Qt::Horizontal, Qt::DisplayRole).toString();
        menu.addAction(tr("Sort by %1, ascending").arg(name), this,
                       [this, current] { sortByColumn(current, Qt::AscendingOrder); });
        menu.addAction(tr("Sort by %1, descending").arg(name), this,
                       [this, current] { sortByColumn(current, Qt::DescendingOrder); });
        menu.addAction(tr("As they came"), this, [this] { sortByColumn(-1, Qt::AscendingOrder); });
        menu.addSeparator();
    }
    const int shown = ImageTableModel::ColumnCount - horizontalHeader()->hiddenSectionCount();
    for (int column = 0; column < ImageTableModel::ColumnCount; ++column) {
        QAction* action = menu.addAction(m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        action->setEnabled(shown > 1 || isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            setColumnHidden(column, !on);
            saveColumns();
        });
    }
    menu.addSeparator();
    menu.addAction(tr("Reset columns"), this, [this] {
        resetColumns();
        saveColumns();
    });
    menu.exec(position);
}

void ImageTable::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Down && event->modifiers() == Qt::AltModifier) {
        const int left = columnViewportPosition(std::max(0, currentIndex().column()));
        return showColumnMenu(viewport()->mapToGlobal(QPoint(std::max(0, left), 0)));
    }
    QTableView::keyPressEvent(event);
}

QModelIndexList ImageTable::selectedRows() const {
    // The ranges may be many, their rows far more: columns of a row are never looked at.
    QModelIndexList rows;
    for (const QItemSelectionRange& range : selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows << m_model.index(row, 0);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

QList<int> ImageTable::shownColumns() const {
    QList<int> columns;
    for (int place = 0; place < ImageTableModel::ColumnCount; ++place)
        if (const int column = horizontalHeader()->logicalIndex(place);
            column != ImageTableModel::Picture && !isColumnHidden(column))
            columns << column;
    return columns;
}

void ImageTable::choose(const QModelIndex& index) {
    if (!index.isValid()) {
        selectionModel()->clear();
        return;
    }
    const int column = currentIndex().isValid() ? currentIndex().column() : int{ImageTableModel::Name};
    const QModelIndex cell = index.siblingAtColumn(column);
    selectionModel()->setCurrentIndex(cell, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    scrollTo(cell);
}

void ImageTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    Q_EMIT currentImageChanged();
}

}  // namespace diagonal
