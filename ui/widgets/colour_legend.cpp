// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/colour_legend.h"

#include <QPainter>
#include <cmath>
#include <limits>

#include "ui/style/paint.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kBarWidth = 12;

}  // namespace

std::vector<double> niceTicks(double low, double high, int count) {
    std::vector<double> ticks;
    if (!(high > low) || count < 1) return ticks;
    const double rough = (high - low) / count;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough * 0.999) {
            step = factor * power;
            break;
        }
    }
    for (double i = std::ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; ++i)
        ticks.push_back(i * step);
    return ticks;
}

ColourLegend::ColourLegend(QWidget* parent)
    : QWidget(parent),
      m_table(colourTableOf(ColourMap::Viridis)),
      m_marked(std::numeric_limits<double>::quiet_NaN()),
      m_format([](double value) { return QString::number(value, 'f', 2); }) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setAccessibleName(tr("Colours"));
    followTheme(this, [this] { update(); });
}

void ColourLegend::setColours(const ColourTable& table) {
    m_table = table;
    update();
}

void ColourLegend::setRange(double low, double high) {
    m_low = low;
    m_high = high;
    setAccessibleDescription(tr("from %1 to %2").arg(m_format(low), m_format(high)));
    update();
}

void ColourLegend::setClipped(bool below, bool above) {
    m_below = below;
    m_above = above;
    update();
}

void ColourLegend::setMarked(double value) {
    m_marked = value;
    update();
}

void ColourLegend::setFormat(std::function<QString(double)> format) {
    m_format = std::move(format);
    updateGeometry();
    update();
}

void ColourLegend::setInsets(int top, int bottom) {
    m_top = top;
    m_bottom = bottom;
    update();
}

QSize ColourLegend::sizeHint() const {
    return {px(kBarWidth) + px(6) + qRound(tabularWidth(Theme::instance().font(11), QStringLiteral("-0.00"))) + px(4),
            px(160)};
}

QSize ColourLegend::minimumSizeHint() const {
    return {sizeHint().width(), px(60)};
}

void ColourLegend::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    const int top = m_top;
    const int length = height() - m_top - m_bottom;
    const int wide = px(kBarWidth);
    if (length <= 1 || !(m_high > m_low)) return;
    for (int y = 0; y < length; ++y) {
        const auto index = static_cast<size_t>(std::clamp((length - 1 - y) * 256 / length, 0, 255));
        painter.fillRect(0, top + y, wide, 1, QColor(m_table[index]));
    }
    const auto yOf = [&](double value) { return top + length * (1 - (value - m_low) / (m_high - m_low)); };
    painter.setPen(t.text2);
    painter.setFont(Theme::instance().font(11));
    const int line = painter.fontMetrics().height();
    for (const double tick : niceTicks(m_low, m_high, std::clamp(length / px(90), 2, 6))) {
        const double middle = std::clamp(yOf(tick), top + line / 2.0 - 2, top + length - line / 2.0 + 2);
        drawTabular(painter, QRectF(wide + px(6), middle - line / 2.0, width() - wide - px(6), line), m_format(tick),
                    Qt::AlignLeft | Qt::AlignVCenter);
    }
    // A triangle at an end says: values lie beyond it.
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.text2);
    const double middle = wide / 2.0;
    if (m_above && top >= 8) {
        painter.drawPolygon(QPolygonF{{middle - 5.0, top - 2.0}, {middle + 5.0, top - 2.0}, {middle, top - 8.0}});
    }
    if (m_below && m_bottom >= 8) {
        const double end = top + length;
        painter.drawPolygon(QPolygonF{{middle - 5.0, end + 2}, {middle + 5.0, end + 2}, {middle, end + 8}});
    }
    if (std::isfinite(m_marked)) {
        const double y = std::clamp(yOf(m_marked), double(top), double(top + length));
        painter.fillRect(QRectF(-1, y - 2, wide + 2, 4), QColor(0x1B, 0x1B, 0x1D));
        painter.fillRect(QRectF(0, y - 1, wide, 2), Qt::white);
    }
}

}  // namespace diagonal
