// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>
#include <QWidget>
#include <vector>

namespace diagonal {

/// Names with a bar and a number each, in two columns where there is room: read downwards where all is in sight, else
/// line by line, so that the first stay in sight.
class BarGrid : public QWidget {
    Q_OBJECT

  public:
    struct Row {
        QString name;
        double share = 0;  ///< of the bar, 0..1; at 0 the row stands back
        QString number;    ///< empty: still to come
        bool isStrong = false;
        bool operator==(const Row&) const = default;
    };

    explicit BarGrid(QWidget* parent = nullptr);
    /// title: of the whole, for screen readers. hint stands there while there are no rows.
    void set(const QString& title, std::vector<Row> rows, const QString& hint);
    const std::vector<Row>& rows() const { return m_rows; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void clicked(int row);

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    int columns() const;
    int lines() const;
    QRect cell(int position) const;
    int rowAt(const QPoint& point) const;

    std::vector<Row> m_rows;
    QString m_title, m_hint;
};

/// Holds five lines of a BarGrid and scrolls through the rest.
class BarScroll : public QScrollArea {
    Q_OBJECT

  public:
    explicit BarScroll(BarGrid* grid);
    QSize sizeHint() const override;
};

}  // namespace diagonal
