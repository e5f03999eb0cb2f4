// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/number_delegate.h"

#include <QPainter>

#include "ui/models/embedding_table_model.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

void NumberDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    if (selected) painter->fillRect(option.rect, colour(&Tokens::accentSoft));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colour(&Tokens::border));
    if ((option.state & QStyle::State_HasFocus) != 0) paintFocus(*painter, option.rect, 0);
    const QRect area = option.rect.adjusted(px(2), 0, -px(2), 0);
    painter->setFont(Theme::instance().font(12));
    const QString text = index.data().toString();
    if (index.data(EmbeddingTableModel::NumberRole).isValid()) {
        painter->setPen(colour(&Tokens::text2));
        drawTabular(*painter, area, text);
    } else {
        const bool waiting = index.data(Qt::TextAlignmentRole).isValid();
        painter->setPen(colour(waiting && !selected ? &Tokens::text3 : &Tokens::text));
        const Qt::Alignment alignment = waiting ? Qt::AlignRight : Qt::AlignLeft;
        painter->drawText(
            area, static_cast<int>(alignment | Qt::AlignVCenter),
            painter->fontMetrics().elidedText(text, waiting ? Qt::ElideRight : Qt::ElideMiddle, area.width()));
    }
    painter->restore();
}

}  // namespace diagonal
