// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plot_impl.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/style/layouts.h"
#include "ui/widgets/colour_legend.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr size_t kPointsAMillisecond = 200, kLongestWait = 2000;
constexpr int kNoWait = 100;

/// 1, 2, 5, 10, 20, … within the range; whole powers alone where there are many.
std::vector<double> logTicks(double low, double high) {
    std::vector<double> ticks;
    if (!(low > 0) || !(high > low)) return ticks;
    const bool few = high / low < 300;
    for (double power = std::pow(10, std::floor(std::log10(low))); power <= high * 1.001; power *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (factor > 1 && !few) break;
            const double tick = factor * power;
            if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push_back(tick);
        }
    }
    return ticks;
}

QString plain(double value) {
    if (value == std::round(value) && std::abs(value) < 1e15) return formatCount(static_cast<qint64>(value));
    return QLocale().toString(value, 'g', 4);
}

}  // namespace

double PlotCurve::at(double position) const {
    if (x.empty() || !std::isfinite(position)) return kNoPosition;
    const auto after = std::lower_bound(x.begin(), x.end(), position);
    if (after == x.begin()) return shown.front();
    if (after == x.end()) return shown.back();
    const auto i = static_cast<size_t>(after - x.begin());
    return shown[i - 1] + (shown[i] - shown[i - 1]) * (position - x[i - 1]) / (x[i] - x[i - 1]);
}

double PlotCurve::latest() const {
    for (size_t i = shown.size(); i-- > 0;)
        if (std::isfinite(shown[i])) return shown[i];
    return kNoPosition;
}

PlotView::Impl::Impl(PlotView* owner)
    : view(owner),
      header(new QWidget),
      title(new ElidedLabel({}, 13, 600)),
      legend(new PlotLegend),
      plot(new QCustomPlot),
      yFormat(plain),
      legendFormat(formatCosine) {
    header->setLayout(makeRow({title, stretch(1), legend}, 8));
    plot->setObjectName(QStringLiteral("plot"));
    plot->setBufferDevicePixelRatio(owner->devicePixelRatioF());
    plot->setNoAntialiasingOnDrag(false);
    plot->setPlottingHint(QCP::phFastPolylines, false);
    plot->setAntialiasedElements(QCP::aeAll);
    plot->axisRect()->setAutoMargins(QCP::msNone);
    for (QCPAxis* axis : plot->axisRect()->axes()) {
        axis->setTicks(false);
        axis->setTickLabels(false);
        axis->setBasePen(Qt::NoPen);
        axis->grid()->setVisible(false);
    }
    plot->xAxis->setVisible(true);
    new PlotFrame(plot, this);
    new PlotOverlay(plot, this);
    // The cursor moves without drawing ten thousand points again.
    plot->layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
}

void PlotView::Impl::touch() {
    if (isDirty) return;
    isDirty = true;
    size_t points = 0;
    for (const PlotCurve& curve : curves)
        if (curve.isDirty) points += curve.x.size();
    // A million points take their time: not ten times a second.
    const int wait = static_cast<int>(std::min<size_t>(points / kPointsAMillisecond, kLongestWait));
    QTimer::singleShot(wait < kNoWait ? 0 : wait, view, [this] { refresh(); });
}

void PlotView::Impl::refresh() {
    isDirty = false;
    for (PlotCurve& curve : curves) {
        if (!std::exchange(curve.isDirty, false)) continue;
        ++dataRefreshes;
        curve.shown = curve.style.smoothed ? smoothed(curve.y, smoothing) : curve.y;
        const QVector<double> x(curve.x.begin(), curve.x.end());
        curve.line->setData(x, QVector<double>(curve.shown.begin(), curve.shown.end()), true);
        if (curve.raw != nullptr) curve.raw->setData(x, QVector<double>(curve.y.begin(), curve.y.end()), true);
    }
    redraw();
}

void PlotView::Impl::redraw() {
    takeColours();
    updateRanges();
    updateMargins();
    updateLegend();
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotView::Impl::takeColours() {
    plot->setBackground(QBrush(colour(&Tokens::surface)));
    for (PlotCurve& curve : curves) {
        QPen pen(colour(curve.style.colour), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        if (curve.style.dashed) {
            pen.setDashPattern({4, 3});
            pen.setCapStyle(Qt::FlatCap);
        }
        curve.line->setPen(pen);
        if (curve.raw != nullptr) {
            QColor faint = colour(curve.style.colour);
            faint.setAlphaF(0.3F);
            curve.raw->setPen(QPen(faint, 1));
        }
    }
}

QCPRange PlotView::Impl::dataRange() const {
    double low = fullLow;
    double high = fullHigh;
    for (const PlotCurve& curve : curves) {
        if (curve.x.empty()) continue;
        if (!std::isfinite(fullLow)) low = std::isfinite(low) ? std::min(low, curve.x.front()) : curve.x.front();
        if (!std::isfinite(fullHigh)) high = std::isfinite(high) ? std::max(high, curve.x.back()) : curve.x.back();
    }
    if (!std::isfinite(low)) low = logX ? 0.001 : 0;
    if (!std::isfinite(high) || high <= low) high = logX ? low * 10 : low + 1;
    return {low, high};
}

void PlotView::Impl::updateRanges() {
    if (isFitted) plot->xAxis->setRange(dataRange());
    double low = yLow;
    double high = yHigh;
    if (!std::isfinite(yLow) || !std::isfinite(yHigh)) {
        const QCPRange x = plot->xAxis->range();
        double least = std::numeric_limits<double>::infinity();
        double most = -least;
        const auto take = [&](double value) {
            if (!std::isfinite(value) || (logY && value <= 0)) return;
            least = std::min(least, value);
            most = std::max(most, value);
        };
        for (const PlotCurve& curve : curves) {
            for (size_t i = 0; i < curve.x.size(); ++i)
                if (x.contains(curve.x[i])) take(curve.shown[i]);
        }
        for (const PlotReference& reference : references)
            take(reference.y);
        if (!std::isfinite(least)) {
            least = logY ? 1 : 0;
            most = logY ? 10 : 1;
        }
        if (logY) {
            least /= 1.1;
            most *= 1.1;
        } else {
            if (least > 0 && least < 0.5 * most) least = 0;
            const double pad = std::max(1e-9, 0.06 * (most > least ? most - least : std::max(1.0, std::abs(most))));
            most += pad;
            if (least != 0) least -= pad;
        }
        if (!std::isfinite(low)) low = least;
        if (!std::isfinite(high)) high = most;
    }
    plot->yAxis->setRange(low, high);
}

void PlotView::Impl::updateMargins() {
    const QFont font = Theme::instance().font(11);
    double left = 0;
    double right = 0;
    for (const double tick : yTicks()) {
        left = std::max(left, tabularWidth(font, yText(tick)));
        if (rightFormat) right = std::max(right, tabularWidth(font, rightFormat(tick)));
    }
    const int gap = px(12);
    const int leftMargin = static_cast<int>(std::ceil(left)) + gap;
    const int rightMargin = rightFormat ? static_cast<int>(std::ceil(right)) + gap : px(6);
    plot->axisRect()->setMargins(QMargins(leftMargin, px(8), rightMargin, px(26)));
}

void PlotView::Impl::updateLegend() {
    QList<PlotLegend::Entry> entries;
    for (const PlotCurve& curve : curves) {
        const bool here = std::isfinite(cursor) && !curve.x.empty();
        const double value = here ? curve.at(cursor) : curve.latest();
        entries.append({curve.style.name, std::isfinite(value) ? legendFormat(value) : QStringLiteral("–"),
                        curve.style.colour, curve.style.dashed});
    }
    legend->setEntries(entries);
}

std::vector<double> PlotView::Impl::xTicks() const {
    const QCPRange range = plot->xAxis->range();
    if (logX) return logTicks(range.lower, range.upper);
    return niceTicks(range.lower, range.upper, std::clamp(plot->axisRect()->width() / px(90), 1, 8));
}

std::vector<double> PlotView::Impl::yTicks() const {
    const QCPRange range = plot->yAxis->range();
    if (logY) return logTicks(range.lower, range.upper);
    return niceTicks(range.lower, range.upper, std::clamp(plot->height() / px(48), 2, 7));
}

QString PlotView::Impl::xText(double value) const {
    return plain(value);
}

QString PlotView::Impl::yText(double value) const {
    return yFormat(value);
}

void PlotView::Impl::moveCursor(double x) {
    if (x == cursor || (std::isnan(x) && std::isnan(cursor))) return;
    cursor = x;
    updateLegend();
    if (!isDirty) plot->layer(QStringLiteral("overlay"))->replot();
}

void PlotView::Impl::showRange(const QCPRange& range) {
    const QCPRange all = dataRange();
    QCPRange shown = range;
    const double size = std::min(range.size(), all.size());
    if (!logX) {
        shown.lower = std::clamp(range.lower, all.lower, all.upper - size);
        shown.upper = shown.lower + size;
        isFitted = size >= 0.999 * all.size();
    } else {
        shown = range.bounded(all.lower, all.upper);
        isFitted = shown.lower <= all.lower && shown.upper >= all.upper;
    }
    plot->xAxis->setRange(shown);
    redraw();
}

void PlotView::Impl::zoom(double factor, double pixel) {
    const double centre = plot->xAxis->pixelToCoord(pixel);
    const QCPRange range = plot->xAxis->range();
    if (logX) {
        showRange({centre * std::pow(range.lower / centre, factor), centre * std::pow(range.upper / centre, factor)});
    } else {
        showRange({centre + (range.lower - centre) * factor, centre + (range.upper - centre) * factor});
    }
}

}  // namespace diagonal
