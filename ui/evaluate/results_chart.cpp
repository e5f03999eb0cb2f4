// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/results_chart.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/evaluate/shown_row.h"
#include "ui/style/theme.h"
#include "ui/widgets/colour_legend.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kChartRow = 28, kChartNames = 260, kChartValue = 56, kChartFoot = 30, kChartEdge = 16;

}  // namespace

ResultsChart::ResultsChart(const ResultsModel& results, QWidget* parent) : QWidget(parent), m_results(results) {
    setAccessibleName(tr("Results as a chart"));
    setFocusPolicy(Qt::TabFocus);
    connect(&results, &QAbstractItemModel::modelReset, this, &ResultsChart::take);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void ResultsChart::setColumn(int column) {
    m_column = column;
    take();
}

void ResultsChart::take() {
    m_rows.clear();
    QStringList sentences;
    if (m_column < m_results.columnCount()) {
        for (int row = 0; row < m_results.rowCount(); ++row)
            if (const Metric* metric = m_results.metric(row, m_column);
                metric != nullptr && std::isfinite(metric->value))
                m_rows.push_back(row);
        const double sign = m_results.figure(m_column).lowerIsBetter ? 1 : -1;
        std::ranges::stable_sort(m_rows, {}, [&](int row) { return sign * m_results.metric(row, m_column)->value; });
        for (const int row : m_rows)
            sentences << rowTitle(*m_results.report(), m_results.modelOf(row), m_results.promptsOf(row)) +
                             QStringLiteral(": ") + m_results.sentence(row, m_column);
    }
    setAccessibleDescription(sentences.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QSize ResultsChart::sizeHint() const {
    return {px(700), px(kChartRow) * static_cast<int>(m_rows.size()) + px(kChartFoot)};
}

QSize ResultsChart::minimumSizeHint() const {
    return {px(kChartNames + kChartValue + 120), sizeHint().height()};
}

void ResultsChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), colour(&Tokens::surface));
    if (m_rows.empty()) return;
    const ResultsModel::Axis& axis = m_results.axis(m_column);
    const ReportColumn& about = m_results.figure(m_column);
    const double left = px(kChartEdge + kChartNames + kChartValue + 16), right = width() - px(24);
    const auto x = [&](double shown) { return left + (right - left) * (shown - axis.low) / (axis.high - axis.low); };
    const double foot = px(kChartRow) * static_cast<double>(m_rows.size());
    for (const double tick : niceTicks(axis.low, axis.high, 7)) {
        painter.fillRect(QRectF(std::round(x(tick)), 0, 1, foot), colour(&Tokens::gridLine));
        painter.setFont(Theme::instance().font(11));
        painter.setPen(colour(&Tokens::text3));
        drawTabular(painter, QRectF(x(tick) - px(30), foot + px(4), px(60), px(18)),
                    formatNumber(tick, axis.high - axis.low < 2 ? 2 : 0), Qt::AlignHCenter | Qt::AlignVCenter);
    }
    painter.fillRect(QRectF(left, foot, right - left, 1), colour(&Tokens::outline));
    for (size_t i = 0; i < m_rows.size(); ++i) {
        const int row = m_rows[i];
        const Metric& metric = *m_results.metric(row, m_column);
        const Standing* place = m_results.standing(row, m_column);
        const bool isBest = place != nullptr && place->isBest;
        const bool isWithin = m_results.isCompared(m_column) && place != nullptr && !isBest && place->isWithinNoise;
        const QRect line(px(kChartEdge), px(kChartRow) * static_cast<int>(i), px(kChartNames), px(kChartRow));
        painter.setFont(Theme::instance().font(12, isBest ? 600 : 400));
        painter.setPen(colour(&Tokens::text));
        const QString name = rowTitle(*m_results.report(), m_results.modelOf(row), m_results.promptsOf(row));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(name, Qt::ElideMiddle, line.width()));
        drawTabular(painter, QRectF(line.right(), line.top(), px(kChartValue), line.height()),
                    m_results.index(row, m_column).data().toString() + (isWithin ? QStringLiteral(" ≈") : QString()));
        const double y = line.center().y();
        const QColor ink = colour(isBest || isWithin ? &Tokens::accent : &Tokens::bar);
        if (std::isfinite(metric.ci95.low) && std::isfinite(metric.ci95.high)) {
            painter.setPen(QPen(ink, 2));
            painter.drawLine(QPointF(x(ResultsModel::shown(about, metric.ci95.low)), y),
                             QPointF(x(ResultsModel::shown(about, metric.ci95.high)), y));
        }
        painter.setPen(QPen(ink, 2));
        painter.setBrush(isWithin ? colour(&Tokens::surface) : ink);
        painter.drawEllipse(QPointF(x(ResultsModel::shown(about, metric.value)), y), px(4), px(4));
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(&Tokens::accent), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void ResultsChart::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    Exports exports;
    exports.name = QStringLiteral("results");
    exports.picture = [this] { return grab(); };
    addExports(menu, this, exports);
    menu.exec(event->globalPos());
}

}  // namespace diagonal
