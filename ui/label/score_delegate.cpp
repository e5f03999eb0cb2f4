// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/score_delegate.h"

#include <QPainter>
#include <algorithm>

#include "ui/models/score_list_model.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kScoreRow = 23;
constexpr double kWorthReading = 0.01;  // what lies below is said more quietly

}  // namespace

int ScoreDelegate::rowHeight() {
    return px(kScoreRow);
}

QSize ScoreDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {px(200), rowHeight()};
}

void ScoreDelegate::setGlide(std::vector<double> from, double progress) {
    m_from = std::move(from);
    m_progress = progress;
}

double ScoreDelegate::shownValue(const QModelIndex& index) const {
    const double value = std::max(
        0.0, index.data(m_showsCosine ? ScoreListModel::CosineRole : ScoreListModel::ProbabilityRole).toDouble());
    const auto row = static_cast<size_t>(index.row());
    const double from = row < m_from.size() ? m_from[row] : 0;
    return from + (value - from) * m_progress;
}

void ScoreDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    using Columns = ScoreColumns;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect row = option.rect;
    const bool scored = index.data(ScoreListModel::HasScoreRole).toBool();
    const double probability = index.data(ScoreListModel::ProbabilityRole).toDouble();
    const bool best = scored && index.row() == 0;
    const QRect ground = row.adjusted(px(8), 0, -px(8), 0);
    const bool marked = !m_marked.isEmpty() && index.data().toString() == m_marked;
    if (best || marked) paintFrame(*painter, ground, px(4), colour(&Tokens::accentSoft), Qt::transparent);
    if (marked) painter->fillRect(QRect(ground.left(), ground.top(), px(3), ground.height()), colour(&Tokens::accent));
    if ((option.state & QStyle::State_HasFocus) != 0) paintFocus(*painter, ground, px(4));

    ColourRole role = &Tokens::text2;
    if (best || (scored && probability >= kWorthReading)) role = &Tokens::text;
    if (m_dimmed && scored) role = best ? &Tokens::text2 : &Tokens::text3;
    const int weight = best && !m_dimmed ? 600 : 400;
    const QRectF cosine(row.right() + 1 - px(Columns::kMargin + Columns::kCosine), row.top(), px(Columns::kCosine),
                        row.height());
    const QRectF percent(cosine.left() - px(Columns::kProbability), row.top(), px(Columns::kProbability), row.height());
    const QRectF bar(percent.left() - px(Columns::kBar), row.center().y() - px(3) + 1, px(Columns::kBar), px(6));
    const QRect label(row.left() + px(Columns::kMargin), row.top(),
                      static_cast<int>(bar.left()) - row.left() - px(Columns::kMargin + Columns::kGap), row.height());

    painter->setFont(Theme::instance().font(13, weight));
    painter->setPen(colour(role));
    painter->drawText(label, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, label.width()));
    paintBar(*painter, bar, scored ? shownValue(index) : 0, colour(best && !m_dimmed ? &Tokens::accent : &Tokens::bar),
             colour(&Tokens::track));
    const QString none = QStringLiteral("–");
    painter->setFont(Theme::instance().font(12, m_showsCosine ? 400 : weight));
    drawTabular(*painter, percent, scored ? formatPercent(probability) : none);
    painter->setFont(Theme::instance().font(12, m_showsCosine ? weight : 400));
    if (!m_dimmed && !m_showsCosine) painter->setPen(colour(&Tokens::text2));
    drawTabular(*painter, cosine, scored ? formatCosine(index.data(ScoreListModel::CosineRole).toDouble()) : none);
    painter->restore();
}

}  // namespace diagonal
