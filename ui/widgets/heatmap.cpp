// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/heatmap.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <cmath>
#include <limits>

#include "ui/style/paint.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"

namespace diagonal {

HeatmapView::HeatmapView(QWidget* parent) : QWidget(parent), m_table(colourTableOf(ColourMap::Viridis)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Similarity matrix"));
    followTheme(this, [this] {
        layOut();
        renderLater();
    });
}

void HeatmapView::setMatrix(int rows, int columns, std::vector<float> values) {
    const bool resized = rows != m_rows || columns != m_columns;
    m_rows = rows;
    m_columns = columns;
    m_values = std::move(values);
    if (resized) {
        m_zoom = 1;
        m_current = {-1, -1};
        layOut();
        QAccessibleTableModelChangeEvent changed(this, QAccessibleTableModelChangeEvent::ModelReset);
        QAccessible::updateAccessibility(&changed);
    }
    renderLater();
}

float HeatmapView::value(int row, int column) const {
    if (row < 0 || column < 0 || row >= m_rows || column >= m_columns) return std::numeric_limits<float>::quiet_NaN();
    return m_values[static_cast<size_t>(row) * static_cast<size_t>(m_columns) + static_cast<size_t>(column)];
}

void HeatmapView::setColours(const ColourTable& table) {
    m_table = table;
    renderLater();
}

void HeatmapView::setRange(double low, double high) {
    m_low = low;
    m_high = high;
    renderLater();
}

void HeatmapView::setRowPictures(std::function<QPixmap(int row)> pictures) {
    m_pictures = std::move(pictures);
    layOut();
}

void HeatmapView::setRowNames(const QStringList& names) {
    m_rowNames = names;
    update();
}

void HeatmapView::setColumnNames(const QStringList& names) {
    m_columnNames = names;
    layOut();
}

void HeatmapView::setRowNotes(const QString& heading, const QStringList& notes, const std::vector<bool>& warn) {
    m_rowNotes = {heading, notes, warn};
    layOut();
}

void HeatmapView::setColumnNotes(const QString& heading, const QStringList& notes, const std::vector<bool>& warn) {
    m_columnNotes = {heading, notes, warn};
    layOut();
}

void HeatmapView::setCellText(std::function<QString(int, int)> text) {
    m_cellText = std::move(text);
}

QString HeatmapView::cellText(int row, int column) const {
    return m_cellText ? m_cellText(row, column) : formatCosine(value(row, column));
}

void HeatmapView::setBare(bool bare) {
    m_bare = bare;
    layOut();
}

void HeatmapView::renderLater() {
    m_isStale = true;
    update();
}

const QImage& HeatmapView::image() const {
    if (!m_isStale) return m_image;
    m_isStale = false;
    ++m_renderCount;
    m_image = QImage(std::max(1, m_columns), std::max(1, m_rows), QImage::Format_RGB32);
    m_image.fill(colour(&Tokens::track));
    const double scale = m_high > m_low ? 256 / (m_high - m_low) : 0;
    const float* cell = m_values.data();
    for (int row = 0; row < m_rows; ++row) {
        auto* line = reinterpret_cast<QRgb*>(m_image.scanLine(row));
        for (int column = 0; column < m_columns; ++column, ++cell) {
            if (std::isnan(*cell)) continue;
            const double index = std::clamp((*cell - m_low) * scale, 0.0, 255.0);
            line[column] = m_table[static_cast<size_t>(index)];
        }
    }
    findMissing();
    return m_image;
}

void HeatmapView::findMissing() const {
    m_missing.clear();
    qsizetype above = 0;  // the first run of the row before
    for (int row = 0; row < m_rows; ++row) {
        const qsizetype first = m_missing.size();
        for (int column = 0; column < m_columns; ++column) {
            if (!std::isnan(value(row, column))) continue;
            const int start = column;
            while (column < m_columns && std::isnan(value(row, column)))
                ++column;
            m_missing.append(QRect(start, row, column - start, 1));
        }
        const auto isSame = [](const QRect& one, const QRect& other) {
            return one.left() == other.left() && one.right() == other.right();
        };
        const bool goesOn =
            row > 0 && first - above == m_missing.size() - first && first > above &&
            m_missing[above].bottom() == row - 1 &&
            std::equal(m_missing.begin() + above, m_missing.begin() + first, m_missing.begin() + first, isSame);
        if (goesOn) {
            m_missing.resize(first);
            for (qsizetype i = above; i < first; ++i)
                m_missing[i].setBottom(row);
        } else {
            above = first;
        }
    }
}

double HeatmapView::cellSize() const {
    return m_fitted * m_zoom;
}

bool HeatmapView::showsDetails() const {
    return !m_bare && cellSize() >= px(20);
}

/// Room for heads and notes is taken by what the fitted matrix would show, so that zooming moves nothing.
void HeatmapView::layOut() {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;
    if (!m_bare) {
        const bool notes = !m_rowNotes.texts.isEmpty();
        left = (m_pictures ? px(46) : 0) + (notes ? px(44) : 0);
        top = m_columnNames.isEmpty() ? (notes ? px(24) : 0) : px(120);
        right = m_columnNames.isEmpty() ? 0 : px(84);
        bottom = m_columnNotes.texts.isEmpty() ? 0 : px(24);
    }
    const int wide = std::max(1, width() - left - right);
    const int high = std::max(1, height() - top - bottom);
    const int columns = std::max(1, m_columns);
    const int rows = std::max(1, m_rows);
    const double cell = cellSize();
    m_fitted = std::min(double(wide) / columns, double(high) / rows);
    // Whole pixels where cells are large enough: all equal and sharp.
    if (m_fitted >= 4 && !m_bare) m_fitted = std::floor(m_fitted);
    m_fitted = std::min(m_fitted, double(px(m_bare ? 4096 : 96)));
    // What was zoomed stays as it is where the room becomes another.
    if (m_zoom > 1) m_zoom = std::max(1.0, cell / m_fitted);
    m_area = QRect(left, top, std::min(wide, qRound(m_fitted * columns)), std::min(high, qRound(m_fitted * rows)));
    clampOffset();
    update();
    Q_EMIT viewChanged();
}

void HeatmapView::clampOffset() {
    const double wide = cellSize() * m_columns - m_area.width();
    const double high = cellSize() * m_rows - m_area.height();
    m_offset.setX(std::clamp(m_offset.x(), 0.0, std::max(0.0, wide)));
    m_offset.setY(std::clamp(m_offset.y(), 0.0, std::max(0.0, high)));
}

void HeatmapView::fit() {
    m_zoom = 1;
    clampOffset();
    update();
    Q_EMIT viewChanged();
}

void HeatmapView::zoomBy(double factor) {
    zoomAt(QRectF(m_area).center(), factor);
}

void HeatmapView::zoomAt(const QPointF& point, double factor) {
    const double largest = std::max(1.0, px(96) / m_fitted);
    const double zoom = std::clamp(m_zoom * factor, 1.0, largest);
    const QPointF inside = point - m_area.topLeft();
    m_offset = (m_offset + inside) * (zoom / m_zoom) - inside;
    m_zoom = zoom;
    clampOffset();
    update();
    Q_EMIT viewChanged();
}

QRect HeatmapView::matrixArea() const {
    return m_area;
}

QRectF HeatmapView::cellRect(int row, int column) const {
    const double size = cellSize();
    const double x0 = std::round(m_area.x() - m_offset.x() + column * size);
    const double y0 = std::round(m_area.y() - m_offset.y() + row * size);
    const double x1 = std::round(m_area.x() - m_offset.x() + (column + 1) * size);
    const double y1 = std::round(m_area.y() - m_offset.y() + (row + 1) * size);
    return {x0, y0, x1 - x0, y1 - y0};
}

QPoint HeatmapView::cellAt(const QPointF& point) const {
    if (!QRectF(m_area).contains(point)) return {-1, -1};
    const QPointF inside = point - m_area.topLeft() + m_offset;
    const int column = static_cast<int>(inside.x() / cellSize());
    const int row = static_cast<int>(inside.y() / cellSize());
    if (column < 0 || row < 0 || column >= m_columns || row >= m_rows) return {-1, -1};
    return {column, row};
}

void HeatmapView::setCurrentCell(const QPoint& cell) {
    if (cell == m_current) return;
    m_current = cell;
    if (cell.x() >= 0) {
        setAccessibleDescription(cellText(cell.y(), cell.x()));
        if (hasFocus()) {
            QAccessibleEvent moved(this, QAccessible::Focus);
            moved.setChild(cell.y() * m_columns + cell.x());
            QAccessible::updateAccessibility(&moved);
        }
    }
    update();
    Q_EMIT hovered(cell.y(), cell.x());
}

QImage HeatmapView::toImage(int cell) const {
    QImage image(m_columns * cell, m_rows * cell, QImage::Format_RGB32);
    if (image.isNull()) return image;
    const QImage& cells = this->image();
    for (int row = 0; row < m_rows; ++row) {
        for (int y = 0; y < cell; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(row * cell + y));
            for (int column = 0; column < m_columns; ++column) {
                const bool missing = std::isnan(value(row, column));
                for (int x = 0; x < cell; ++x) {
                    // NaN is hatched along the diagonal.
                    const bool stroke = missing && (x - y + cell * 4) % 4 == 0;
                    line[column * cell + x] = stroke ? qRgb(120, 120, 126) : cells.pixel(column, row);
                }
            }
        }
    }
    return image;
}

QByteArray HeatmapView::csv() const {
    QByteArray text = csvField({});
    for (int column = 0; column < m_columns; ++column)
        text += ',' + csvField(columnName(column));
    text += "\r\n";
    for (int row = 0; row < m_rows; ++row) {
        text += csvField(rowName(row));
        for (int column = 0; column < m_columns; ++column) {
            const float cell = value(row, column);
            text += ',' + (std::isnan(cell) ? QByteArray() : QByteArray::number(cell, 'g', 9));
        }
        text += "\r\n";
    }
    return text;
}

void HeatmapView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    // Cells of eight pixels, in a picture that programs can open.
    const int cell = std::max(1, std::min(8, 8192 / std::max({1, m_rows, m_columns})));
    addExports(
        menu, this,
        {accessibleName(), [this, cell] { return QPixmap::fromImage(toImage(cell)); }, [this] { return csv(); }, {}});
    menu.addSeparator();
    menu.addAction(tr("Fit"), this, &HeatmapView::fit);
    menu.exec(event->globalPos());
}

QSize HeatmapView::sizeHint() const {
    return m_bare ? QSize(px(340), px(340)) : QSize(px(700), px(640));
}

QSize HeatmapView::minimumSizeHint() const {
    return m_bare ? QSize(px(80), px(80)) : QSize(px(280), px(280));
}

void HeatmapView::resizeEvent(QResizeEvent*) {
    layOut();
}

void HeatmapView::wheelEvent(QWheelEvent* event) {
    if (m_bare) return event->ignore();
    zoomAt(event->position(), std::pow(1.2, event->angleDelta().y() / 120.0));
    setCurrentCell(cellAt(event->position()));
}

void HeatmapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_pressed = event->position();
    m_pressedOffset = m_offset;
    m_dragging = false;
}

void HeatmapView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF moved = event->position() - m_pressed;
    if ((event->buttons() & Qt::LeftButton) && m_zoom > 1 && (m_dragging || moved.manhattanLength() > 6)) {
        m_dragging = true;
        setCursor(Qt::ClosedHandCursor);
        m_offset = m_pressedOffset - moved;
        clampOffset();
        update();
        Q_EMIT viewChanged();
        return;
    }
    setCurrentCell(cellAt(event->position()));
}

void HeatmapView::mouseReleaseEvent(QMouseEvent* event) {
    unsetCursor();
    if (m_dragging || event->button() != Qt::LeftButton) return;
    const QPoint cell = cellAt(event->position());
    if (cell.x() >= 0) Q_EMIT cellClicked(cell.y(), cell.x());
}

void HeatmapView::mouseDoubleClickEvent(QMouseEvent*) {
    fit();
}

void HeatmapView::leaveEvent(QEvent*) {
    setCurrentCell({-1, -1});
}

void HeatmapView::keyPressEvent(QKeyEvent* event) {
    if (m_rows == 0 || m_columns == 0) return QWidget::keyPressEvent(event);
    QPoint cell = m_current.x() < 0 ? QPoint(0, 0) : m_current;
    const QPoint before = m_current;
    switch (event->key()) {
        case Qt::Key_Left:
            cell.rx() -= before.x() < 0 ? 0 : 1;
            break;
        case Qt::Key_Right:
            cell.rx() += before.x() < 0 ? 0 : 1;
            break;
        case Qt::Key_Up:
            cell.ry() -= before.x() < 0 ? 0 : 1;
            break;
        case Qt::Key_Down:
            cell.ry() += before.x() < 0 ? 0 : 1;
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomBy(1.4);
        case Qt::Key_Minus:
            return zoomBy(1 / 1.4);
        case Qt::Key_0:
            return fit();
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_current.x() >= 0) Q_EMIT cellClicked(m_current.y(), m_current.x());
            return;
        case Qt::Key_Escape:
            return setCurrentCell({-1, -1});
        default:
            return QWidget::keyPressEvent(event);
    }
    cell.setX(std::clamp(cell.x(), 0, m_columns - 1));
    cell.setY(std::clamp(cell.y(), 0, m_rows - 1));
    // Walk into what is zoomed out of sight.
    const QRectF place = cellRect(cell.y(), cell.x());
    if (place.left() < m_area.left()) m_offset.rx() -= m_area.left() - place.left();
    if (place.right() > m_area.right() + 1) m_offset.rx() += place.right() - m_area.right() - 1;
    if (place.top() < m_area.top()) m_offset.ry() -= m_area.top() - place.top();
    if (place.bottom() > m_area.bottom() + 1) m_offset.ry() += place.bottom() - m_area.bottom() - 1;
    clampOffset();
    setCurrentCell(cell);
}

}  // namespace diagonal
