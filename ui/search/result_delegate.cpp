// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/result_delegate.h"

#include <QPainterPath>
#include <QSortFilterProxyModel>

#include "ui/pictures/thumbnail_cache.h"
#include "ui/search/result_model.h"
#include "ui/search/search_texts.h"
#include "ui/style/paint.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kHitEdge = 4, kHitStack = 5, kHitText = 26, kHitSigma = 62, kHitCosine = 44;
constexpr int kHitRow = 40, kHitRowPicture = 48;
constexpr double kHitRatio = 0.62;  // height of a picture to its width
constexpr int kCoverSteps[] = {160, 320, 640, 1280};

/// A word with an icon on a dark ground, at the lower right of a picture.
void paintBadge(const Cell& cell, const QRect& picture, const QString& icon, const QString& text) {
    QPainter& painter = cell.painter;
    const QFont font = Theme::instance().font(11, 600);
    const int wide = static_cast<int>(tabularWidth(font, text)) + px(30), high = px(20);
    const QRect area = cell.placed(QRect(picture.right() - wide - px(3), picture.bottom() - high - px(3), wide, high));
    paintFrame(painter, area, px(4), QColor(0, 0, 0, 190), Qt::transparent, 0);
    paintIcon(painter, QRect(area.left() + px(6), area.top(), px(14), high), icon, Qt::white, 14);
    painter.setFont(font);
    painter.setPen(Qt::white);
    drawTabular(painter, area.adjusted(px(24), 0, -px(5), 0), text, Qt::AlignLeft | Qt::AlignVCenter);
}

}  // namespace

void paintCover(const Cell& cell, const QRect& area, const QString& picture) {
    QPainter& painter = cell.painter;
    const QRect place = cell.placed(area);
    const double wanted = std::max(place.width(), place.height()) * painter.device()->devicePixelRatioF();
    int size = kCoverSteps[0];
    for (const int step : kCoverSteps) {
        size = step;
        if (step >= wanted) break;
    }
    const QPixmap pixmap = ThumbnailCache::instance().pixmap(picture, size, false);
    if (pixmap.isNull()) {
        const bool isBroken = !ThumbnailCache::instance().error(picture).isEmpty();
        paintFrame(painter, place, px(3), colour(isBroken ? &Tokens::surface : &Tokens::track),
                   isBroken ? colour(&Tokens::border) : QColor(Qt::transparent));
        if (isBroken) paintIcon(painter, place, QStringLiteral("ui/broken"), colour(&Tokens::text2), 20);
        return;
    }
    QPainterPath clip;
    clip.addRoundedRect(place, px(3), px(3));
    painter.save();
    painter.setClipPath(clip);
    QRect target(QPoint(), pixmap.size().scaled(place.size(), Qt::KeepAspectRatioByExpanding));
    target.moveCenter(place.center());
    painter.drawPixmap(target, pixmap);
    painter.restore();
}

ResultDelegate::ResultDelegate(const ResultModel& results, QObject* parent)
    : CellDelegate({200, 160}, parent), m_results(results) {
}

int ResultDelegate::heightFor(int width) {
    const int picture = width - 2 * px(kHitEdge);
    return px(kHitEdge) + px(kHitStack) + static_cast<int>(picture * kHitRatio) + px(kHitText);
}

void ResultDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const ResultRow* row = m_results.row(index);
    if (row == nullptr) return;
    QPainter& painter = cell.painter;
    cell.roundGround(cell.rect);
    const int inside = cell.rect.width() - 2 * px(kHitEdge);
    const QRect picture(cell.rect.left() + px(kHitEdge), cell.rect.top() + px(kHitEdge) + px(kHitStack), inside,
                        static_cast<int>(inside * kHitRatio));
    if (row->alike > 0) {
        // A dimmed picture shows what is behind it.
        painter.save();
        painter.setClipRect(cell.placed(QRect(picture.left(), picture.top() - px(6), picture.width(), px(6))));
        for (const int back : {2, 1}) {
            const QRect edge(picture.left() + px(4 * back), picture.top() - px(2 * back + 1),
                             picture.width() - px(8 * back), px(12));
            paintFrame(painter, cell.placed(edge), px(3), colour(&Tokens::surface), colour(&Tokens::outline));
        }
        painter.restore();
    }
    const bool isDimmed = !row->isAbove || m_results.isStale();
    if (isDimmed) painter.setOpacity(row->isAbove ? 0.7 : 0.5);
    paintCover(cell, picture, row->picture);
    painter.setOpacity(1);
    if (row->moments > 0 && row->isVideo)
        paintBadge(cell, picture, QStringLiteral("ui/film"),
                   m_isNarrow ? formatCount(row->moments) : ResultModel::tr("%Ln moment(s)", nullptr, row->moments));
    else if (row->alike > 0)
        paintBadge(cell, picture, QStringLiteral("ui/stack"), ResultModel::tr("%Ln alike", nullptr, row->alike));
    const SearchHit& hit = m_results.hit(*row);
    for (const bool liked : {true, false}) {
        if (!m_results.isMarked(hit.row, liked)) continue;
        const QRect mark = cell.placed(QRect(picture.left() + px(4), picture.top() + px(4), px(22), px(22)));
        paintFrame(painter, mark, px(11), colour(liked ? &Tokens::accent : &Tokens::surface),
                   colour(liked ? &Tokens::accent : &Tokens::outline));
        paintIcon(painter, mark, liked ? QStringLiteral("ui/plus") : QStringLiteral("ui/minus"),
                  colour(liked ? &Tokens::onAccent : &Tokens::text), 14);
    }
    const QRect line(picture.left(), picture.bottom() + 1, picture.width(), px(kHitText));
    const ColourRole ink = isDimmed ? cell.quiet() : &Tokens::text;
    painter.setFont(Theme::instance().font(12, 600));
    painter.setPen(colour(ink));
    drawTabular(painter, cell.placed(QRect(line.left(), line.top(), px(kHitSigma), line.height())),
                formatSigma(row->relevance),
                QStyle::visualAlignment(Qt::LeftToRight, Qt::AlignLeft) | Qt::AlignVCenter);
    cell.number(line, formatCosine(row->cosine), isDimmed ? cell.quiet() : &Tokens::text2, 12);
    if (!m_isNarrow)
        cell.bar(line.adjusted(px(kHitSigma), 0, -px(kHitCosine), 0), barOf(row->relevance),
                 row->isAbove ? &Tokens::accent : &Tokens::bar);
}

ResultTableDelegate::ResultTableDelegate(QObject* parent) : CellDelegate({kHitRow, kHitRow}, parent) {
}

int ResultTableDelegate::rowHeight() {
    return px(kHitRow);
}

void ResultTableDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto* sorted = qobject_cast<const QSortFilterProxyModel*>(index.model());
    const QModelIndex source = sorted != nullptr ? sorted->mapToSource(index) : index;
    const auto* results = qobject_cast<const ResultModel*>(source.model());
    const ResultRow* row = results != nullptr ? results->row(source) : nullptr;
    if (row == nullptr) return;
    cell.ground();
    const int column = source.column();
    if (column == ResultModel::Picture) {
        if (!row->isAbove) cell.painter.setOpacity(0.5);
        const QRect picture(cell.rect.left() + px(8), cell.rect.top() + px(4), px(kHitRowPicture),
                            cell.rect.height() - px(9));
        paintCover(cell, picture, row->picture);
        cell.painter.setOpacity(1);
        return;
    }
    const bool isStrong = column == ResultModel::Name || column == ResultModel::Relevance;
    const ColourRole ink = !row->isAbove || results->isStale() ? cell.quiet()
                           : isStrong                          ? &Tokens::text
                                                               : &Tokens::text2;
    const QString text = source.data().toString();
    if (ResultModel::isNumber(column))
        cell.number(cell.inside(), text, ink, 12, column == ResultModel::Relevance ? 600 : 400);
    else
        cell.text(cell.inside(), text, ink, 12, 400, column == ResultModel::Name ? Qt::ElideMiddle : Qt::ElideRight);
}

}  // namespace diagonal
