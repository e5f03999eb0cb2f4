// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPixmap>
#include <QWidget>
#include <functional>
#include <vector>

#include "ui/widgets/colour_table.h"

namespace diagonal {

/// A matrix as colours: rows are images, columns texts. Wheel zooms at the pointer, drag pans, arrows walk the cells,
/// double click fits, the context menu copies and exports. Points in the interface are (column, row).
class HeatmapView : public QWidget {
    Q_OBJECT

  public:
    explicit HeatmapView(QWidget* parent = nullptr);

    /// values: row-major; NaN is hatched. Zoom and range stay as they are while the size does.
    void setMatrix(int rows, int columns, std::vector<float> values);
    int rows() const { return m_rows; }
    int columns() const { return m_columns; }
    float value(int row, int column) const;

    void setColours(const ColourTable& table);
    void setRange(double low, double high);
    double low() const { return m_low; }
    double high() const { return m_high; }

    /// Picture of a row, shown from 20 px cells on; a null pixmap is a plain square. Call update() when one arrives.
    void setRowPictures(std::function<QPixmap(int row)> pictures);
    void setRowNames(const QStringList& names);
    /// Rotated above the columns from 20 px cells on.
    void setColumnNames(const QStringList& names);
    /// Short texts (ranks) left of the rows and below the columns, with a heading; those for which warn is true stand
    /// out.
    void setRowNotes(const QString& heading, const QStringList& notes, const std::vector<bool>& warn);
    void setColumnNotes(const QString& heading, const QStringList& notes, const std::vector<bool>& warn);
    /// Text for assistive technology and the keyboard: "image a.jpg, text a dog, cosine 0.286".
    void setCellText(std::function<QString(int row, int column)> text);
    QString cellText(int row, int column) const;
    QString rowName(int row) const { return m_rowNames.value(row, QString::number(row + 1)); }
    QString columnName(int column) const { return m_columnNames.value(column, QString::number(column + 1)); }
    /// Only the cells: no captions, pictures or notes (probe matrices).
    void setBare(bool bare);

    /// The cell under the pointer or the keyboard; (-1, -1): none.
    QPoint currentCell() const { return m_current; }
    void setCurrentCell(const QPoint& cell);

    double cellSize() const;
    void fit();
    void zoomBy(double factor);
    bool isFitted() const { return m_zoom <= 1; }

    /// Where the cells are shown, in widget coordinates; legends stand beside it.
    QRect matrixArea() const;
    QRectF cellRect(int row, int column) const;
    /// (-1, -1): none is there.
    QPoint cellAt(const QPointF& point) const;
    /// Rows of the matrix with names of rows and columns.
    QByteArray csv() const;

    /// How often the cells were made into colours.
    int renderCount() const { return m_renderCount; }
    int missingRuns() const { return static_cast<int>(m_missing.size()); }
    /// The cells alone, nearest-neighbour, `cell` pixels each.
    QImage toImage(int cell) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void hovered(int row, int column);  ///< -1, -1 when nothing is
    void cellClicked(int row, int column);
    void viewChanged();  ///< matrixArea() or the zoom is another

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    struct Notes {
        QString heading;
        QStringList texts;
        std::vector<bool> warn;
    };

    void layOut();
    void renderLater();
    const QImage& image() const;
    void findMissing() const;
    void clampOffset();
    void zoomAt(const QPointF& point, double factor);
    bool showsDetails() const;
    void paintCells(QPainter& painter);
    void paintMissing(QPainter& painter);
    void paintFrames(QPainter& painter);
    void paintRowHeads(QPainter& painter);
    void paintColumnHeads(QPainter& painter);
    void paintNotes(QPainter& painter);

    int m_rows = 0, m_columns = 0;
    std::vector<float> m_values;
    ColourTable m_table;
    double m_low = 0, m_high = 1;
    std::function<QPixmap(int)> m_pictures;
    QStringList m_rowNames, m_columnNames;
    Notes m_rowNotes, m_columnNotes;
    std::function<QString(int, int)> m_cellText;
    bool m_bare = false;

    // Made where they are needed: values, range and colours often change together.
    mutable bool m_isStale = true;
    mutable QImage m_image;          ///< a pixel a cell
    mutable QList<QRect> m_missing;  ///< cells without a number, equal runs of rows together
    QRect m_area;
    double m_fitted = 1, m_zoom = 1;
    QPointF m_offset;  ///< of the viewport's corner in the zoomed matrix, in pixels
    QPoint m_current{-1, -1};
    QPointF m_pressed, m_pressedOffset;
    bool m_dragging = false;
    mutable int m_renderCount = 0;
};

}  // namespace diagonal
