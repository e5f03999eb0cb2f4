// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace diagonal {

struct ImageItem;

/// Draws an image of the grid: thumbnail, best label, bar and number; a failed file with its name and reason.
class TileDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    explicit TileDelegate(QObject* parent = nullptr);
    /// Bars and numbers show the cosine in place of the probability.
    void setShowsCosine(bool shows) { m_showsCosine = shows; }

    static QSize tileSize();
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    void paintPicture(QPainter& painter, const QRect& area, const ImageItem& image, qreal pixelRatio) const;
    void paintScore(QPainter& painter, const QRect& tile, const ImageItem& image, bool selected) const;

    bool m_showsCosine = false;
};

}  // namespace diagonal
