// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/score_delegate.h"

#include <algorithm>

#include "ui/item_models/score_list_model.h"

namespace diagonal {

namespace {

constexpr int kScoreRow = 23;
constexpr double kWorthReading = 0.01;  // what lies below is said more quietly

}  // namespace

ScoreDelegate::ScoreDelegate(QObject* parent) : CellDelegate({40, kScoreRow}, parent) {
}

int ScoreDelegate::rowHeight() {
    return px(kScoreRow);
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

void ScoreDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const bool scored = index.data(ScoreListModel::HasScoreRole).toBool();
    const bool best = scored && index.row() == 0;
    const bool marked =
        !m_marked.isEmpty() && index.siblingAtColumn(ScoreListModel::Label).data().toString() == m_marked;
    if (best || marked) cell.painter.fillRect(cell.rect, colour(&Tokens::accentSoft));
    if (marked && index.column() == ScoreListModel::Label)
        cell.painter.fillRect(cell.placed({cell.rect.left(), cell.rect.top(), px(3), cell.rect.height()}),
                              colour(&Tokens::accent));
    cell.focus();
    const bool isRead = best || (scored && index.data(ScoreListModel::ProbabilityRole).toDouble() >= kWorthReading);
    ColourRole role = isRead ? &Tokens::text : &Tokens::text2;
    if (m_dimmed && scored) role = best ? &Tokens::text2 : &Tokens::text3;
    const int weight = best && !m_dimmed ? 600 : 400;
    const QString text = index.data().toString();
    const bool isShown = m_showsCosine == (index.column() == ScoreListModel::Cosine);  // by the bars
    switch (index.column()) {
        case ScoreListModel::Label:
            cell.text(cell.inside(), text, role, 13, weight);
            break;
        case ScoreListModel::Bar:
            cell.bar(cell.rect, scored ? shownValue(index) : 0, best && !m_dimmed ? &Tokens::accent : &Tokens::bar, 6);
            break;
        case ScoreListModel::Cosine:
            if (!m_dimmed && !m_showsCosine) role = &Tokens::text2;
            cell.number(cell.inside(), text, role, 12, isShown ? weight : 400);
            break;
        default:
            cell.number(cell.inside(), text, role, 12, isShown ? weight : 400);
            break;
    }
}

}  // namespace diagonal
