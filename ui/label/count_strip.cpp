// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/count_strip.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kRows = 5, kColumns = 2, kRowHeight = 22, kMargin = 16, kColumnGap = 24, kNumber = 44;

}  // namespace

CountBars::CountBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void CountBars::set(const QStringList& labels, const std::vector<int>& counts) {
    m_entries.clear();
    for (size_t i = 0; i < counts.size(); ++i)
        m_entries.push_back({labels.value(static_cast<qsizetype>(i)), counts[i]});
    std::stable_sort(m_entries.begin(), m_entries.end(),
                     [](const Entry& a, const Entry& b) { return a.count > b.count; });
    QStringList words;
    for (const Entry& entry : m_entries)
        words << tr("%1: %2").arg(entry.label, formatCount(entry.count));
    setAccessibleName(tr("All images by top label: %1").arg(words.join(", ")));
    update();
}

QSize CountBars::sizeHint() const {
    return {px(400), kRows * px(kRowHeight) + px(8)};
}

QSize CountBars::minimumSizeHint() const {
    return {px(200), sizeHint().height()};
}

QRect CountBars::cell(int position) const {
    const int columnWidth = (width() - 2 * px(kMargin) - px(kColumnGap)) / kColumns;
    return {px(kMargin) + (position / kRows) * (columnWidth + px(kColumnGap)), (position % kRows) * px(kRowHeight),
            columnWidth, px(kRowHeight)};
}

void CountBars::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int total = static_cast<int>(m_entries.size());
    const int shown = std::min(total, kRows * kColumns);
    const int highest = m_entries.empty() ? 0 : std::max(1, m_entries.front().count);
    for (int i = 0; i < shown; ++i) {
        const QRect area = cell(i);
        const Entry& entry = m_entries[static_cast<size_t>(i)];
        if (i == shown - 1 && total > shown) {
            int rest = 0;
            for (int j = i; j < total; ++j)
                rest += m_entries[static_cast<size_t>(j)].count;
            painter.setFont(Theme::instance().font(12));
            painter.setPen(colour(&Tokens::text3));
            painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, tr("%Ln more label(s)", nullptr, total - i));
            drawTabular(painter, area, formatCount(rest));
            continue;
        }
        const int bars = std::max(px(60), static_cast<int>(area.width() * 0.38));
        const int barLeft = area.right() + 1 - px(kNumber) - bars;
        painter.setFont(Theme::instance().font(13));
        painter.setPen(colour(entry.count > 0 ? &Tokens::text : &Tokens::text3));
        const int room = barLeft - area.left() - px(10);
        painter.drawText(QRect(area.left(), area.top(), room, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(entry.label, Qt::ElideRight, room));
        paintBar(painter, QRectF(barLeft, area.center().y() - px(3) + 1, bars, px(6)),
                 static_cast<double>(entry.count) / highest, colour(&Tokens::bar), colour(&Tokens::track));
        painter.setFont(Theme::instance().font(12));
        drawTabular(painter, area, formatCount(entry.count));
    }
}

bool CountBars::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int shown = std::min(static_cast<int>(m_entries.size()), kRows * kColumns);
        for (int i = 0; i < shown; ++i)
            if (cell(i).contains(help->pos())) {
                const Entry& entry = m_entries[static_cast<size_t>(i)];
                QToolTip::showText(help->globalPos(), tr("%1: %2").arg(entry.label, formatCount(entry.count)), this);
                return true;
            }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

void CountBars::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    menu.addAction(tr("Copy counts"), this, [this] {
        QStringList lines;
        for (const Entry& entry : m_entries)
            lines << entry.label + '\t' + QString::number(entry.count);
        QApplication::clipboard()->setText(lines.join('\n'));
    });
    menu.exec(event->globalPos());
}

}  // namespace diagonal
