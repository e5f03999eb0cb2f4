// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/row_view.h"

#include <QHeaderView>

#include "ui/style/theme.h"

namespace diagonal {

RowView::RowView(std::vector<int> widths, QWidget* parent) : QTreeView(parent), m_widths(std::move(widths)) {
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    header()->setSectionsMovable(false);
    header()->setHighlightSections(false);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(px(24));
    followTheme(this, [this] {
        header()->setFont(Theme::instance().font(11));
        fitColumns();
        viewport()->update();
    });
}

void RowView::setModel(QAbstractItemModel* model) {
    QTreeView::setModel(model);
    fitColumns();
}

void RowView::fitColumns() {
    if (model() == nullptr) return;
    for (int column = 0; column < static_cast<int>(m_widths.size()); ++column) {
        const int width = m_widths[static_cast<size_t>(column)];
        header()->setSectionResizeMode(column, width == 0 ? QHeaderView::Stretch : QHeaderView::Fixed);
        if (width > 0) header()->resizeSection(column, px(width));
    }
}

}  // namespace diagonal
