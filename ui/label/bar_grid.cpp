// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/bar_grid.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kShownLines = 5, kTwoColumns = 440, kBarRow = 22, kBarMargin = 16, kColumnGap = 24, kBarNumber = 58;
constexpr int kSpoken = 20;  // names that a screen reader reads out

}  // namespace

BarGrid::BarGrid(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void BarGrid::set(const QString& title, std::vector<Row> rows, const QString& hint) {
    if (title == m_title && rows == m_rows && hint == m_hint) return;
    const bool resized = rows.size() != m_rows.size();
    m_title = title;
    m_rows = std::move(rows);
    m_hint = hint;
    QStringList words;
    for (size_t i = 0; i < std::min<size_t>(kSpoken, m_rows.size()); ++i)
        words << tr("%1: %2").arg(m_rows[i].name, m_rows[i].number);
    setAccessibleName(m_rows.empty() ? m_hint : tr("%1: %2").arg(m_title, words.join(", ")));
    if (resized) updateGeometry();
    update();
}

int BarGrid::columns() const {
    return width() < px(kTwoColumns) ? 1 : 2;
}

int BarGrid::lines() const {
    return std::max(kShownLines, (static_cast<int>(m_rows.size()) + columns() - 1) / columns());
}

void BarGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    updateGeometry();
}

QSize BarGrid::sizeHint() const {
    return {px(400), lines() * px(kBarRow)};
}

QSize BarGrid::minimumSizeHint() const {
    return {px(200), sizeHint().height()};
}

QRect BarGrid::cell(int position) const {
    const int across = columns();
    const bool downwards = lines() == kShownLines;
    const int column = downwards ? position / kShownLines : position % across;
    const int line = downwards ? position % kShownLines : position / across;
    const int columnWidth = (width() - 2 * px(kBarMargin) - (across - 1) * px(kColumnGap)) / across;
    return {px(kBarMargin) + column * (columnWidth + px(kColumnGap)), line * px(kBarRow), columnWidth, px(kBarRow)};
}

int BarGrid::rowAt(const QPoint& point) const {
    for (int i = 0; i < static_cast<int>(m_rows.size()); ++i)
        if (cell(i).contains(point)) return i;
    return -1;
}

void BarGrid::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_rows.empty()) {
        painter.setFont(Theme::instance().font(12));
        painter.setPen(colour(&Tokens::text3));
        painter.drawText(rect().adjusted(px(kBarMargin), 0, -px(kBarMargin), 0),
                         Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_hint);
        return;
    }
    for (int i = 0; i < static_cast<int>(m_rows.size()); ++i) {
        const QRect area = cell(i);
        if (!area.intersects(event->rect())) continue;
        const Row& row = m_rows[static_cast<size_t>(i)];
        const int bars = std::max(px(60), static_cast<int>(area.width() * 0.33));
        const int barLeft = area.right() + 1 - px(kBarNumber) - bars;
        const int room = barLeft - area.left() - px(10);
        painter.setFont(Theme::instance().font(12, row.isStrong ? 600 : 400));
        painter.setPen(colour(row.number.isEmpty() || row.share == 0 ? &Tokens::text3 : &Tokens::text));
        painter.drawText(QRect(area.left(), area.top(), room, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(row.name, Qt::ElideRight, room));
        paintBar(painter, QRectF(barLeft, area.center().y() - px(3) + 1, bars, px(6)), row.share, colour(&Tokens::bar),
                 colour(&Tokens::track));
        drawTabular(painter, area, row.number);
    }
}

bool BarGrid::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = rowAt(help->pos());
    if (row < 0) {
        QToolTip::hideText();
    } else {
        const Row& one = m_rows[static_cast<size_t>(row)];
        QToolTip::showText(help->globalPos(), tr("%1: %2").arg(one.name, one.number), this);
    }
    return true;
}

void BarGrid::mouseReleaseEvent(QMouseEvent* event) {
    const int row = rowAt(event->pos());
    if (event->button() == Qt::LeftButton && row >= 0) Q_EMIT clicked(row);
}

void BarGrid::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    QAction* copying = menu.addAction(tr("Copy these numbers"), this, [this] {
        QStringList lines;
        for (const Row& row : m_rows)
            lines << row.name + '\t' + row.number;
        QApplication::clipboard()->setText(lines.join('\n'));
    });
    copying->setEnabled(!m_rows.empty());
    menu.exec(event->globalPos());
}

BarScroll::BarScroll(BarGrid* grid) {
    setWidget(grid);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    viewport()->setAutoFillBackground(false);
    grid->setAutoFillBackground(false);
}

QSize BarScroll::sizeHint() const {
    return {px(400), kShownLines * px(kBarRow) + px(8)};
}

}  // namespace diagonal
