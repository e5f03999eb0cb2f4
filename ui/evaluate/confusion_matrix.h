// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/evaluate/shown_row.h"

namespace diagonal {

/// Labels down, answers across: right answers in the accent from 60 % on, wrong ones in orange up to 15 % of their row.
/// Arrows walk the cells, Enter chooses one. Of many classes those that are confused most.
class ConfusionMatrix : public QWidget {
    Q_OBJECT

  public:
    enum class Order { ByConfusion, AsGiven, ByName };
    static constexpr int kMostClasses = 200;

    explicit ConfusionMatrix(QWidget* parent = nullptr);

    void setRow(const ShownRow& row);
    void setOrder(Order order);
    void setCounts(bool counts);  ///< numbers in place of shares of the row: tints, and what stands in cells with room
    const ShownRow& row() const { return m_row; }

    int size() const { return static_cast<int>(m_order.size()); }  ///< classes a side
    int leftOut() const { return m_leftOut; }                      ///< classes that are not shown
    /// (answer, label) as numbers of shown rows and columns; (-1, -1): none.
    QPoint currentCell() const { return m_current; }
    void setCurrentCell(const QPoint& cell);
    void choose(int truth, int predicted);  ///< classes
    int classAt(int place) const { return m_order[static_cast<size_t>(place)]; }
    QString name(int place) const { return m_row.className(classAt(place)); }
    QString cellText(int row, int column) const;
    QString cellValue(int row, int column) const;
    QRect cellRect(int row, int column) const;
    QPoint cellAt(const QPoint& point) const;
    QByteArray csv() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  Q_SIGNALS:
    void cellChosen(int truth, int predicted);  ///< classes
    void currentMoved(const QRect& cell);       ///< to be brought into sight

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    uint32_t count(int row, int column) const;
    size_t total(int row) const;
    /// Of its row, or where counts are shown of the class with most pictures.
    double tintShare(int row, int column) const;
    void paintValues(QPainter& painter, int row) const;
    void paintCurrent(QPainter& painter) const;
    void arrange();
    int cellSize() const;
    void emitChosen();

    ShownRow m_row;
    Order m_sorting = Order::ByConfusion;
    std::vector<uint32_t> m_counts;  ///< of the shown classes, [size, size]
    std::vector<size_t> m_totals;    ///< of all classes
    size_t m_mostPictures = 0;       ///< of a shown class
    std::vector<int> m_order;
    int m_leftOut = 0;
    bool m_showsCounts = false;
    QPoint m_current{-1, -1};
};

}  // namespace diagonal
