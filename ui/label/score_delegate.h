// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <QStyledItemDelegate>
#include <vector>

namespace diagonal {

/// A row of scores: label, bar, probability, cosine.
class ScoreDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setShowsCosine(bool shows) { m_showsCosine = shows; }
    void setDimmed(bool dimmed) { m_dimmed = dimmed; }
    /// Stands out with an edge; empty: none.
    void setMarkedLabel(const QString& label) { m_marked = label; }
    /// Bars glide from what they showed: 0 at the start, 1 when they are there.
    void setGlide(std::vector<double> from, double progress);
    double shownValue(const QModelIndex& index) const;

    static int rowHeight();
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    bool m_showsCosine = false, m_dimmed = false;
    QString m_marked;
    std::vector<double> m_from;
    double m_progress = 1;
};

/// The columns' right edges, counted from the right edge of the list, so that the header stands above them.
struct ScoreColumns {
    static constexpr int kMargin = 16, kCosine = 50, kProbability = 66, kBar = 80, kGap = 10;
};

}  // namespace diagonal
