// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_delegates.h"

#include "ui/item_models/comparison_model.h"
#include "ui/item_models/pair_score_model.h"
#include "ui/pictures/paint_thumbnail.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kThumbnail = 44, kPairRow = 60, kPairNumber = 56, kPairHeight = 27;

/// Two lines below each other.
QRect lineOf(const QRect& area, int top, int height) {
    return {area.left(), area.top() + px(top), area.width(), px(height)};
}

void paintName(const Cell& cell, const ImageItem& image, const Comparison& one) {
    const QRect thumbnail(cell.inside().left(), cell.rect.center().y() + 1 - px(kThumbnail) / 2, px(kThumbnail),
                          px(kThumbnail));
    paintThumbnail(cell, thumbnail, image.path, one.isFailed());
    QRect words = cell.inside();
    words.setLeft(thumbnail.right() + 1 + px(12));
    const QRect second = lineOf(words, 31, 18);
    cell.text(lineOf(words, 11, 20), image.name, &Tokens::text, 13, 400, Qt::ElideMiddle);
    if (one.isFailed()) {
        cell.text(second, one.error, &Tokens::error);
    } else if (!one.result) {
        cell.text(second, ComparisonDelegate::tr("To come"), cell.quiet());
    } else {
        const bool agrees = one.result->agrees();
        cell.text(second, agrees ? ComparisonDelegate::tr("Agree") : ComparisonDelegate::tr("Disagree"),
                  one.stale ? cell.quiet()
                  : agrees  ? &Tokens::text2
                            : &Tokens::warn,
                  12, agrees ? 400 : 500);
    }
}

/// What one side says: its label above a bar with the number.
void paintSide(const Cell& cell, const Comparison& one, bool isLeft) {
    const QRect area = cell.inside(), score = lineOf(area, 32, 16);
    const double probability = (isLeft ? one.result->left : one.result->right).probability;
    const bool stands = !one.result->agrees() && !one.stale;
    cell.text(lineOf(area, 11, 20), isLeft ? one.leftLabel : one.rightLabel, one.stale ? cell.quiet() : &Tokens::text,
              13, stands ? 600 : 400);
    cell.bar(score.adjusted(0, 0, -px(kPairNumber), 0), probability, one.stale ? &Tokens::bar : &Tokens::accent);
    cell.number(score, formatPercent(probability), one.stale ? cell.quiet() : &Tokens::text2);
}

}  // namespace

ComparisonDelegate::ComparisonDelegate(QObject* parent) : CellDelegate({80, kPairRow}, parent) {
}

void ComparisonDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto* image = index.data(ComparisonModel::ItemRole).value<const ImageItem*>();
    const auto* one = index.data(ComparisonModel::ComparisonRole).value<const Comparison*>();
    if (image == nullptr || one == nullptr) return;
    cell.ground();
    if (index.column() == ComparisonModel::Picture)
        paintName(cell, *image, *one);
    else if (one->isCompared() && index.column() == ComparisonModel::Distance)
        cell.number(cell.inside(), index.data().toString(), one->stale ? cell.quiet() : &Tokens::text, 13);
    else if (one->isCompared())
        paintSide(cell, *one, index.column() == ComparisonModel::Left);
}

PairScoreDelegate::PairScoreDelegate(QObject* parent) : CellDelegate({80, kPairHeight}, parent) {
}

void PairScoreDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const bool leftBest = index.data(PairScoreModel::IsLeftBestRole).toBool();
    const bool rightBest = index.data(PairScoreModel::IsRightBestRole).toBool();
    const bool stands = (leftBest || rightBest) && !m_dimmed;
    if (stands) cell.painter.fillRect(cell.rect.adjusted(0, 1, 0, -1), colour(&Tokens::accentSoft));
    cell.focus();
    const QRect area = cell.inside();
    if (index.column() == PairScoreModel::Label) {
        cell.text(area, index.data().toString(),
                  m_dimmed ? &Tokens::text3
                  : stands ? &Tokens::text
                           : &Tokens::text2,
                  13, stands ? 600 : 400);
        return;
    }
    const bool isLeft = index.column() == PairScoreModel::Left;
    const bool isBest = (isLeft ? leftBest : rightBest) && !m_dimmed;
    cell.bar(area.adjusted(0, 0, -px(kPairNumber), 0),
             index.data(isLeft ? PairScoreModel::LeftRole : PairScoreModel::RightRole).toDouble(),
             isBest ? &Tokens::accent : &Tokens::bar);
    cell.number(area, index.data().toString(),
                m_dimmed ? &Tokens::text3
                : isBest ? &Tokens::text
                         : &Tokens::text2,
                12, isBest ? 600 : 400);
}

}  // namespace diagonal
