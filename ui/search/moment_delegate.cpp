// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/moment_delegate.h"

#include "ui/search/result_delegate.h"
#include "ui/search/result_model.h"
#include "ui/search/search_texts.h"
#include "ui/style/paint.h"
#include "ui/widgets/format.h"

namespace diagonal {

void MomentDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const bool isBelow = index.data(MomentBelowRole).toBool();
    if (cell.isSelected) {
        cell.painter.fillRect(cell.rect, colour(&Tokens::accentSoft));
        cell.painter.fillRect(cell.placed(QRect(cell.rect.left(), cell.rect.top(), px(3), cell.rect.height())),
                              colour(&Tokens::accent));
    } else if (cell.isHovered) {
        cell.painter.fillRect(cell.rect, colour(&Tokens::hover));
    }
    cell.focus();
    const QRect all = cell.rect.adjusted(px(16), px(5), -px(16), -px(5));
    if (isBelow) cell.painter.setOpacity(0.6);
    paintCover(cell, QRect(all.left(), all.top(), px(60), all.height()), index.data(MomentPictureRole).toString());
    cell.painter.setOpacity(1);
    const int left = all.left() + px(72), half = all.height() / 2;
    const ColourRole ink = isBelow ? cell.quiet() : &Tokens::text;
    const QRect words(left, all.top(), px(96), half);
    cell.text(words, index.data().toString(), ink, 13, 600);
    if (index.data(MomentBestRole).toBool()) {
        const QFontMetrics metrics(Theme::instance().font(13, 600));
        const QRect pill(left + metrics.horizontalAdvance(index.data().toString()) + px(8), all.top() + px(1), px(40),
                         px(18));
        paintFrame(cell.painter, cell.placed(pill), px(9), colour(&Tokens::surface), colour(&Tokens::border));
        cell.text(pill, ResultModel::tr("Best"), &Tokens::accent, 11, 600, Qt::ElideRight, Qt::AlignHCenter);
    }
    const QRect numbers(all.right() - px(62), all.top(), px(62), half);
    const double relevance = index.data(MomentRelevanceRole).toDouble();
    cell.number(numbers, formatSigma(relevance), ink, 12, 600);
    cell.number(numbers.translated(0, half), formatCosine(index.data(MomentCosineRole).toDouble()), cell.quiet(), 12);
    // A line of subtitles takes the room of the bar.
    const QString span = index.data(MomentSpanRole).toString();
    QRect below = words.translated(0, half);
    const QRect bar(words.right() + px(4), all.top(), numbers.left() - words.right() - px(12), all.height());
    const bool hasBar =
        bar.width() > px(16) && QFontMetrics(Theme::instance().font(12)).horizontalAdvance(span) <= below.width();
    if (!hasBar) below.setRight(numbers.left() - px(8));
    cell.text(below, span, cell.quiet(), 12);
    if (hasBar) cell.bar(bar, barOf(relevance), isBelow ? &Tokens::bar : &Tokens::accent);
}

}  // namespace diagonal
