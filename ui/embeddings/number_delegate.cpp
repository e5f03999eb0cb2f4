// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/number_delegate.h"

#include "ui/item_models/embedding_table_model.h"

namespace diagonal {

void NumberDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    cell.ground();
    const QRect area = cell.inside();
    const QString text = index.data().toString();
    const bool isWaiting = index.data(Qt::TextAlignmentRole).isValid();
    if (index.data(EmbeddingTableModel::NumberRole).isValid())
        cell.number(area, text, &Tokens::text2);
    else if (isWaiting)
        cell.text(area, text, cell.isSelected ? &Tokens::text : &Tokens::text3, 12, 400, Qt::ElideRight,
                  Qt::AlignRight);
    else
        cell.text(area, text, &Tokens::text, 12, 400, Qt::ElideMiddle);
}

}  // namespace diagonal
