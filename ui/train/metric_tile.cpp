// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/metric_tile.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "ui/style/theme.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

MetricTile::MetricTile(const QString& name, QWidget* parent) : QWidget(parent), m_name(name) {
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void MetricTile::setValue(const QString& value, const QString& unit) {
    m_value = value;
    m_unit = unit;
    setAccessibleDescription(value + QLatin1Char(' ') + unit);
    setToolTip(value.isEmpty() ? QString() : m_name + QStringLiteral(": ") + value + QLatin1Char(' ') + unit);
    update();
}

void MetricTile::setCourse(std::vector<double> values, double top) {
    m_top = top;
    m_values = std::move(values);
    update();
}

QSize MetricTile::sizeHint() const {
    return {px(160), px(140)};
}
QSize MetricTile::minimumSizeHint() const {
    return {px(110), px(96)};
}

void MetricTile::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& theme = Theme::instance();
    const int left = px(16), room = width() - 2 * px(16);
    painter.setFont(theme.font(12));
    painter.setPen(colour(&Tokens::text2));
    painter.drawText(QRect(left, px(8), room, px(18)), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_name, Qt::ElideRight, room));
    const QFont big = theme.font(17, 500);
    painter.setFont(big);
    painter.setPen(colour(&Tokens::text));
    const QString value = m_value.isEmpty() ? QStringLiteral("–") : m_value;
    const double valueWidth = tabularWidth(big, value);
    drawTabular(painter, QRectF(left, px(28), valueWidth + 1, px(24)), value, Qt::AlignLeft | Qt::AlignVCenter);
    painter.setFont(theme.font(12));
    painter.setPen(colour(&Tokens::text2));
    const double unitRoom = room - valueWidth - px(6);
    painter.drawText(QRectF(left + valueWidth + px(6), px(29), unitRoom, px(24)), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_unit, Qt::ElideRight, static_cast<int>(unitRoom)));
    if (m_values.size() < 2) return;

    const QRectF area(left, px(60), room, height() - px(60) - px(12));
    const double highest = *std::max_element(m_values.begin(), m_values.end());
    const double most = m_top > 0 ? m_top : std::max(1e-9, highest) * 1.08;
    QPainterPath line;
    for (size_t i = 0; i < m_values.size(); ++i) {
        const double x = area.left() + area.width() * static_cast<double>(i) / static_cast<double>(m_values.size() - 1);
        const double y = area.bottom() - area.height() * std::clamp(m_values[i] / most, 0.0, 1.0);
        i == 0 ? line.moveTo(x, y) : line.lineTo(x, y);
    }
    QPainterPath ground = line;
    ground.lineTo(area.bottomRight());
    ground.lineTo(area.bottomLeft());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillPath(ground, colour(&Tokens::sunken));
    painter.strokePath(line, QPen(colour(&Tokens::bar), 1.25, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), colour(&Tokens::border));
}

std::vector<double> condensed(const std::vector<double>& values, size_t last, size_t count) {
    const size_t first = values.size() > last ? values.size() - last : 0;
    const size_t stretch = std::max<size_t>(1, (values.size() - first + count - 1) / count);
    std::vector<double> means;
    for (size_t i = first; i < values.size(); i += stretch) {
        const size_t end = std::min(values.size(), i + stretch);
        double sum = 0;
        for (size_t j = i; j < end; ++j)
            sum += values[j];
        means.push_back(sum / static_cast<double>(end - i));
    }
    return means;
}

}  // namespace diagonal
