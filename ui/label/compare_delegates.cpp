// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_delegates.h"

#include <QAbstractItemView>
#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "ui/models/comparison_model.h"
#include "ui/models/pair_score_model.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"
#include "ui/widgets/thumbnail_cache.h"

namespace diagonal {

namespace {

constexpr int kPairMargin = 16, kThumbnail = 44, kPairGap = 16, kPairRow = 60, kDistance = 62, kPairNumber = 56;
constexpr int kPairHeight = 27;

/// The columns of the lists at the side: a label and two bars with numbers.
struct PairColumns {
    explicit PairColumns(const QRect& row) {
        const int side = px(96), gap = px(10);
        const int end = row.right() + 1 - px(kPairMargin);
        right = QRect(end - side, row.top(), side, row.height());
        left = QRect(right.left() - gap - side, row.top(), side, row.height());
        label = QRect(row.left() + px(kPairMargin), row.top(), left.left() - gap - row.left() - px(kPairMargin),
                      row.height());
    }
    QRect label, left, right;
};

void drawText(QPainter& painter, const QRect& area, const QString& text, const QFont& font, ColourRole role,
              Qt::TextElideMode mode = Qt::ElideRight, Qt::Alignment alignment = Qt::AlignLeft) {
    painter.setFont(font);
    painter.setPen(colour(role));
    painter.drawText(area, static_cast<int>(alignment | Qt::AlignVCenter),
                     QFontMetrics(font).elidedText(text, mode, area.width()));
}

void paintPairThumbnail(QPainter& painter, const QRect& area, const QString& path, bool isFailed) {
    if (isFailed) {
        paintFrame(painter, area, px(3), colour(&Tokens::surface), colour(&Tokens::border));
        paintIcon(painter, area, QStringLiteral("ui/broken"), colour(&Tokens::error), 20);
        return;
    }
    const qreal ratio = painter.device()->devicePixelRatioF();
    const QPixmap pixmap =
        ThumbnailCache::instance().pixmap(path, static_cast<int>(std::lround(area.width() * ratio)));
    QPainterPath clip;
    clip.addRoundedRect(area, px(3), px(3));
    painter.save();
    painter.setClipPath(clip);
    if (pixmap.isNull())
        painter.fillRect(area, colour(&Tokens::track));
    else
        painter.drawPixmap(area, pixmap);
    painter.restore();
}

/// What one side says: its label above a bar with the number.
void paintSide(QPainter& painter, const QRect& area, const QString& label, double probability, bool stands, bool dimmed,
               bool selected) {
    const Theme& theme = Theme::instance();
    const ColourRole quiet = selected ? &Tokens::text2 : &Tokens::text3;
    const QRect words(area.left(), area.top() + px(11), area.width(), px(20));
    const QRect score(area.left(), area.top() + px(32), area.width(), px(16));
    drawText(painter, words, label, theme.font(13, stands && !dimmed ? 600 : 400), dimmed ? quiet : &Tokens::text);
    const QRectF bar(score.left(), score.center().y() - px(2) + 1, std::max(0, score.width() - px(kPairNumber)), px(4));
    paintBar(painter, bar, probability, colour(dimmed ? &Tokens::bar : &Tokens::accent), colour(&Tokens::track));
    painter.setFont(theme.font(12));
    painter.setPen(colour(dimmed ? quiet : &Tokens::text2));
    drawTabular(painter, QRectF(score.right() + 1 - px(kPairNumber), score.top(), px(kPairNumber), score.height()),
                formatPercent(probability));
}

void paintPairSide(QPainter& painter, const QRect& area, double probability, bool isBest, bool dimmed) {
    const QRectF bar(area.left(), area.center().y() - px(2) + 1, std::max(0, area.width() - px(kPairNumber)), px(4));
    paintBar(painter, bar, probability, colour(isBest && !dimmed ? &Tokens::accent : &Tokens::bar),
             colour(&Tokens::track));
    painter.setFont(Theme::instance().font(12, isBest && !dimmed ? 600 : 400));
    painter.setPen(colour(dimmed ? &Tokens::text3 : isBest ? &Tokens::text : &Tokens::text2));
    drawTabular(painter, QRectF(area.right() + 1 - px(kPairNumber), area.top(), px(kPairNumber), area.height()),
                formatPercent(probability));
}

}  // namespace

ComparisonColumns::ComparisonColumns(const QRect& row) {
    const int top = row.top(), height = row.height();
    thumbnail =
        QRect(row.left() + px(kPairMargin), top + (height - px(kThumbnail)) / 2, px(kThumbnail), px(kThumbnail));
    const int end = row.right() + 1 - px(kPairMargin);
    distance = QRect(end - px(kDistance), top, px(kDistance), height);
    const int start = thumbnail.right() + 1 + px(12);
    const int room = std::max(0, distance.left() - start - 3 * px(kPairGap));
    const int side = room * 35 / 100;
    name = QRect(start, top, room - 2 * side, height);
    left = QRect(name.right() + 1 + px(kPairGap), top, side, height);
    right = QRect(left.right() + 1 + px(kPairGap), top, side, height);
}

QSize ComparisonDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {px(320), px(kPairRow)};
}

void ComparisonDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* image = index.data(ComparisonModel::ItemRole).value<const ImageItem*>();
    const auto* item = index.data(ComparisonModel::ComparisonRole).value<const Comparison*>();
    if (image == nullptr || item == nullptr) return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect row = option.rect;
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    if (selected) {
        painter->fillRect(row, colour(&Tokens::accentSoft));
        painter->fillRect(QRect(row.left(), row.top(), px(3), row.height()), colour(&Tokens::accent));
    } else if ((option.state & QStyle::State_MouseOver) != 0) {
        painter->fillRect(row, colour(&Tokens::hover));
    }
    painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), colour(&Tokens::border));
    if (!selected && (option.state & QStyle::State_HasFocus) != 0) paintFocus(*painter, row, 0);

    const ComparisonColumns columns(row);
    const Theme& theme = Theme::instance();
    const ColourRole quiet = selected ? &Tokens::text2 : &Tokens::text3;
    paintPairThumbnail(*painter, columns.thumbnail, image->path, item->isFailed());
    const QRect first(columns.name.left(), row.top() + px(11), columns.name.width(), px(20));
    const QRect second(columns.name.left(), row.top() + px(31), columns.name.width(), px(18));
    drawText(*painter, first, image->name, theme.font(13), &Tokens::text, Qt::ElideMiddle);
    if (item->isFailed()) {
        const int end = columns.distance.right() + 1;
        drawText(*painter, QRect(second.left(), second.top(), end - second.left(), second.height()), item->error,
                 theme.font(12), &Tokens::error);
    } else if (!item->result) {
        drawText(*painter, second, tr("To come"), theme.font(12), quiet);
    } else {
        const bool agrees = item->result->agrees(), dimmed = item->stale;
        drawText(*painter, second, agrees ? tr("Agree") : tr("Disagree"), theme.font(12, agrees ? 400 : 500),
                 dimmed   ? quiet
                 : agrees ? &Tokens::text2
                          : &Tokens::warn);
        paintSide(*painter, columns.left, item->leftLabel, item->result->left.probability, !agrees, dimmed, selected);
        paintSide(*painter, columns.right, item->rightLabel, item->result->right.probability, !agrees, dimmed,
                  selected);
        painter->setFont(theme.font(13));
        painter->setPen(colour(dimmed ? quiet : &Tokens::text));
        drawTabular(*painter, columns.distance, formatCosine(item->result->distance));
    }
    painter->restore();
}

QSize PairScoreDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {px(240), px(kPairHeight)};
}

void PairScoreDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool leftBest = index.data(PairScoreModel::IsLeftBestRole).toBool();
    const bool rightBest = index.data(PairScoreModel::IsRightBestRole).toBool();
    const bool stands = (leftBest || rightBest) && !m_dimmed;
    if (stands)
        paintFrame(*painter, option.rect.adjusted(px(8), 1, -px(8), -1), px(4), colour(&Tokens::accentSoft),
                   Qt::transparent);
    if ((option.state & QStyle::State_HasFocus) != 0)
        paintFocus(*painter, option.rect.adjusted(px(8), 0, -px(8), 0), px(4));
    const PairColumns columns(option.rect);
    drawText(*painter, columns.label, index.data().toString(), Theme::instance().font(13, stands ? 600 : 400),
             m_dimmed ? &Tokens::text3
             : stands ? &Tokens::text
                      : &Tokens::text2);
    paintPairSide(*painter, columns.left, index.data(PairScoreModel::LeftRole).toDouble(), leftBest, m_dimmed);
    paintPairSide(*painter, columns.right, index.data(PairScoreModel::RightRole).toDouble(), rightBest, m_dimmed);
    painter->restore();
}

CompareHeader::CompareHeader(Kind kind, const QAbstractItemView& list, QWidget* parent)
    : QWidget(parent), m_kind(kind), m_list(list) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] {
        setFixedHeight(px(26));
        update();
    });
}

void CompareHeader::setSides(const QString& left, const QString& right) {
    m_left = left;
    m_right = right;
    setToolTip(right.isEmpty() ? left : tr("Left: %1\nRight: %2").arg(left, right));
    update();
}

void CompareHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRect row(0, 0, m_list.viewport()->width(), height());
    const QFont font = Theme::instance().font(11);
    if (m_kind == Kind::Pictures) {
        const ComparisonColumns columns(row);
        drawText(painter, columns.name, tr("Picture"), font, &Tokens::text2);
        drawText(painter, columns.left, m_left, font, &Tokens::text2);
        drawText(painter, columns.right, m_right, font, &Tokens::text2);
        drawText(painter, columns.distance, tr("Distance"), font, &Tokens::text2, Qt::ElideRight, Qt::AlignRight);
    } else {
        const PairColumns columns(row);
        drawText(painter, columns.label, tr("Label"), font, &Tokens::text2);
        drawText(painter, columns.left, m_left, font, &Tokens::text2, Qt::ElideRight, Qt::AlignRight);
        drawText(painter, columns.right, m_right, font, &Tokens::text2, Qt::ElideRight, Qt::AlignRight);
    }
}

}  // namespace diagonal
