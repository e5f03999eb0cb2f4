// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>
#include <QRectF>
#include <QWidget>

namespace diagonal {

/// A picture, or a frame of a video, of which a part can be chosen: dragged, or by keys (Enter begins and ends, arrows
/// move, Shift and arrows resize, Escape ends without).
class RegionView : public QWidget {
    Q_OBJECT

  public:
    explicit RegionView(QWidget* parent = nullptr);
    /// Path or frameName; empty: nothing.
    void showPicture(const QString& picture);
    QString picture() const { return m_picture; }
    /// In parts of the picture, 0 to 1; null: none.
    QRectF region() const { return m_region; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  Q_SIGNALS:
    void regionChosen(const QRectF& region);
    void activated();  ///< double click

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    QPixmap pixmap() const;
    QRect pictureRect() const;
    QPointF partOf(const QPointF& point) const;
    void choose();

    QString m_picture;
    QSizeF m_shape{4, 3};
    QRectF m_region;
    QPointF m_pressed;
    bool m_isDragged = false;
};

}  // namespace diagonal
