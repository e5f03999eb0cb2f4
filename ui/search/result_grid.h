// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>

#include "ui/search/result_model.h"

namespace diagonal {

class ResultDelegate;

/// The hits as tiles that fill the width, best first. A line with its arithmetic parts those above the background from
/// those that are no better than chance. Arrows walk the tiles; only what is seen is drawn and decoded.
class ResultGrid : public QAbstractItemView {
    Q_OBJECT

  public:
    explicit ResultGrid(ResultModel& results, QWidget* parent = nullptr);
    /// Two small tiles a line, beside an open video.
    void setNarrow(bool narrow);
    /// Behind the words of the line: "chance alone: 6 of 9,412 above +3.2 σ".
    void setChance(const QString& text);
    QRect dividerRect() const;  ///< of the viewport; null: there is none

    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& position) const override;

  Q_SIGNALS:
    void currentResultChanged(const QModelIndex& index);

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void updateGeometries() override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override { return 0; }
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex&) const override { return false; }
    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    struct Layout {
        int columns = 1, gap = 0, edge = 0;
        QSize tile;
        int dividerTop = -1, height = 0;
    };
    Layout arranged() const;
    QRect tileRect(const Layout& all, int row) const;  ///< of the content
    int linesOf(int count, int columns) const { return (count + columns - 1) / columns; }
    void paintDivider(QPainter& painter) const;

    ResultModel& m_results;
    ResultDelegate* m_delegate;
    QString m_chance;
    bool m_isNarrow = false;
    int m_hovered = -1;
};

}  // namespace diagonal
