// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/grid_column.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/label/image_filter_chips.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/image_list.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"

namespace diagonal {

GridColumn::GridColumn(ImageList& images, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_images(images),
      m_shown(images),
      m_chips(new ImageFilterChips),
      m_grid(new ImageGrid(m_shown)),
      m_none(new TextLabel(tr("No images here"), 13, 400, &Tokens::text3)) {
    auto* order = new IconButton("ui/sort", tr("Order and groups of the images"));

    auto* content = new QHBoxLayout;
    content->setContentsMargins(px(11), px(4), 0, 0);
    content->addWidget(m_grid);
    m_none->setAlignment(Qt::AlignCenter);
    m_none->hide();
    setLayout(makeColumn({makeRow({{m_chips, 1}, order}, 4, {12, 6, 8, 6}), m_none, {content, 1}}));
    setMinimumWidth(px(132));

    connect(m_chips, &FilterChips::currentChanged, this, [this] {
        const int row = currentRow();
        m_grid->choose({});  // a hundred thousand selected rows would all have to move
        m_shown.setFilter(m_chips->filter());
        chooseRow(row);
        if (currentRow() < 0 && m_shown.rowCount() > 0) m_grid->choose(m_shown.index(0, 0));
        updateCounts();
    });
    connect(order, &QAbstractButton::clicked, this, &GridColumn::showOrders);
    connect(&images, &ImageList::scoresChanged, this, &GridColumn::updateCounts);
    connect(&m_shown, &ImageRowsModel::refreshed, this, &GridColumn::updateCounts);
    m_shown.refresh();
}

void GridColumn::updateCounts() {
    const ImageCounts& counts = m_images.counts();
    // So that no chip is cut off and nothing moves while labels stream in.
    setMinimumWidth(m_chips->widestHint(counts, m_images.parsedLabels()) + px(12 + 4 + 26 + 8));
    if (counts.failed == 0 && m_shown.filter() == ImageFilter::Failed) m_chips->setCurrentIndex(0);
    m_none->setVisible(m_shown.rowCount() == 0);
}

void GridColumn::showOrders() {
    QMenu menu;
    const std::pair<ImageOrder, QString> orders[] = {{ImageOrder::AsAdded, tr("As added")},
                                                     {ImageOrder::Name, tr("By name")},
                                                     {ImageOrder::Label, tr("By label")},
                                                     {ImageOrder::LeastSure, tr("Least sure first")},
                                                     {ImageOrder::MostSure, tr("Most sure first")}};
    for (const auto& [order, text] : orders) {
        QAction* action = menu.addAction(text, this, [this, order = order] {
            m_shown.setOrder(order);
            m_grid->scrollTo(m_grid->currentIndex());
        });
        action->setCheckable(true);
        action->setChecked(order == m_shown.order());
    }
    menu.addSeparator();
    QAction* grouped = menu.addAction(tr("Group by label"));
    grouped->setCheckable(true);
    grouped->setChecked(m_shown.isGrouped());
    connect(grouped, &QAction::toggled, this, [this](bool on) {
        m_shown.setGrouped(on);
        m_grid->scrollTo(m_grid->currentIndex());
    });
    menu.addAction(tr("Fold all groups"), this, [this] { m_grid->foldAll(true); })->setEnabled(m_shown.isGrouped());
    menu.addAction(tr("Unfold all groups"), this, [this] { m_grid->foldAll(false); })->setEnabled(m_shown.isGrouped());
    const auto* button = qobject_cast<QWidget*>(sender());
    menu.exec(button->mapToGlobal(QPoint(0, button->height())));
}

QList<int> GridColumn::selectedRows() const {
    QModelIndexList selected = m_grid->selectionModel()->selectedIndexes();
    std::sort(selected.begin(), selected.end());
    QList<int> rows;
    for (const QModelIndex& index : selected)
        rows << m_shown.imageRow(index);
    return rows;
}

int GridColumn::currentRow() const {
    return m_shown.imageRow(m_grid->currentIndex());
}

void GridColumn::chooseRow(int row) {
    m_shown.settle();
    m_grid->choose(m_shown.indexOf(row));
}

int GridColumn::position() const {
    return m_grid->currentIndex().row();
}

void GridColumn::step(int by) {
    const QModelIndex next = m_shown.index(position() + by, 0);
    if (next.isValid()) m_grid->choose(next);
}

}  // namespace diagonal
