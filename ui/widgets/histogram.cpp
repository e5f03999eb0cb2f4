// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/histogram.h"

#include <QPainter>
#include <cmath>

#include "ui/style/paint.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

HistogramView::HistogramView(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    followTheme(this, [this] { update(); });
}

void HistogramView::setValues(const std::vector<float>& diagonal, const std::vector<float>& others) {
    m_diagonal = diagonal;
    m_others = others;
    update();
}

void HistogramView::setRange(double low, double high) {
    m_low = low;
    m_high = high;
    update();
}

void HistogramView::setInsets(int top, int bottom) {
    m_top = top;
    m_bottom = bottom;
    update();
}

void HistogramView::setNames(const QString& diagonal, const QString& others) {
    m_diagonalName = diagonal;
    m_othersName = others;
    setAccessibleName(tr("Histogram: %1, %2").arg(diagonal, others));
    updateGeometry();
    update();
}

QSize HistogramView::sizeHint() const {
    return {px(130), px(160)};
}

QSize HistogramView::minimumSizeHint() const {
    const QFont font = Theme::instance().font(11, 600);
    const qreal names = std::max(tabularWidth(font, m_diagonalName), tabularWidth(font, m_othersName));
    return {std::max(px(60), static_cast<int>(std::ceil(names))), px(60)};
}

std::vector<int> HistogramView::bins(const std::vector<float>& values, int count) const {
    std::vector<int> result(static_cast<size_t>(count));
    for (const float value : values) {
        if (!std::isfinite(value)) continue;
        const double position = (value - m_low) / (m_high - m_low) * count;
        ++result[static_cast<size_t>(std::clamp(static_cast<int>(std::floor(position)), 0, count - 1))];
    }
    return result;
}

void HistogramView::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    const int length = height() - m_top - m_bottom;
    if (length < 8 || !(m_high > m_low)) return;
    const int names = px(18);
    painter.setFont(Theme::instance().font(11, 600));
    if (m_top >= 2 * names) {
        painter.setPen(t.accent);
        drawTabular(painter, QRectF(0, m_top - 2 * names, width(), names), m_diagonalName,
                    Qt::AlignLeft | Qt::AlignTop);
        painter.setPen(t.text2);
        drawTabular(painter, QRectF(0, m_top - names, width(), names), m_othersName, Qt::AlignLeft | Qt::AlignTop);
    }
    const int count = std::clamp(length / px(14), 4, 48);
    const std::vector<int> diagonal = bins(m_diagonal, count);
    const std::vector<int> others = bins(m_others, count);
    int most = 1;
    for (size_t i = 0; i < diagonal.size(); ++i)
        most = std::max(most, diagonal[i] + others[i]);
    const double unit = (width() - 4) / std::sqrt(most);
    painter.fillRect(0, m_top, 1, length, t.outline);
    for (int i = 0; i < count; ++i) {
        const auto index = static_cast<size_t>(count - 1 - i);
        const int total = diagonal[index] + others[index];
        if (total == 0) continue;
        const int y0 = m_top + i * length / count;
        const int y1 = m_top + (i + 1) * length / count;
        const double wide = std::max(2.0, unit * std::sqrt(total));
        const double own = wide * diagonal[index] / total;
        painter.fillRect(QRectF(1, y0 + 1, wide, y1 - y0 - 2), t.bar);
        if (diagonal[index] > 0) painter.fillRect(QRectF(1, y0 + 1, std::max(2.0, own), y1 - y0 - 2), t.accent);
    }
}

}  // namespace diagonal
