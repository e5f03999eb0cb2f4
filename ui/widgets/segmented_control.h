// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariant>
#include <QWidget>

namespace diagonal {

/// A row of choices, one of which holds. Arrows move the choice; hidden segments are left out.
class SegmentedControl : public QWidget {
    Q_OBJECT

  public:
    explicit SegmentedControl(QWidget* parent = nullptr);

    /// Returns its index. icon: a name for Theme::pixmap ("ui/picture"), or empty.
    int addSegment(const QString& text, const QVariant& data = {}, const QString& icon = {});
    void setSegmentText(int index, const QString& text);
    void setSegmentToolTip(int index, const QString& text);
    void setSegmentVisible(int index, bool visible);
    QString segmentText(int index) const;
    int count() const { return static_cast<int>(m_segments.size()); }

    int currentIndex() const { return m_current; }
    QVariant currentData() const;
    void setCurrentIndex(int index);
    void setCurrentData(const QVariant& data);
    /// All segments as wide as the room gives (in side panels).
    void setStretched(bool stretched);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  Q_SIGNALS:
    void currentChanged(int index);  ///< whoever changed it
    void activated(int index);       ///< the person did

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Segment {
        QString text, icon, toolTip;
        QVariant data;
        bool visible = true;
    };

    QRect segmentRect(int index) const;
    int naturalWidth(const Segment& segment) const;
    int segmentAt(const QPoint& position) const;
    void choose(int index);
    void step(int direction);

    QList<Segment> m_segments;
    int m_current = -1, m_hovered = -1;
    bool m_stretched = false;
};

}  // namespace diagonal
