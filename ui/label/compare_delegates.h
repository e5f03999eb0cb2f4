// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>
#include <QWidget>

class QAbstractItemView;

namespace diagonal {

/// Where things stand in a row of the comparison, so that the header stands above them.
struct ComparisonColumns {
    explicit ComparisonColumns(const QRect& row);
    QRect thumbnail, name, left, right, distance;
};

/// A picture of the comparison: thumbnail, name, what both sides say with bars, how far they are apart.
class ComparisonDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// A label of the selected picture with the probabilities of both sides.
class PairScoreDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setDimmed(bool dimmed) { m_dimmed = dimmed; }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    bool m_dimmed = false;
};

/// The heads of a list's columns: names of the sides, elided with the full text in the tooltip.
class CompareHeader : public QWidget {
    Q_OBJECT

  public:
    enum class Kind { Pictures, Scores };
    CompareHeader(Kind kind, const QAbstractItemView& list, QWidget* parent = nullptr);
    void setSides(const QString& left, const QString& right);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Kind m_kind;
    const QAbstractItemView& m_list;
    QString m_left, m_right;
};

}  // namespace diagonal
