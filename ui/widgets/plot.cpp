// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plot.h"

#include <cmath>

#include "ui/style/layouts.h"
#include "ui/widgets/plot_impl.h"

namespace diagonal {

namespace {

/// Height at i of the straight line through the values of [from, to) (least squares).
double lineAt(const std::vector<double>& values, size_t from, size_t to, size_t i) {
    double count = 0, sumX = 0, sumXX = 0, sumY = 0, sumXY = 0;
    for (size_t j = from; j < to; ++j) {
        if (!std::isfinite(values[j])) continue;
        const double x = static_cast<double>(j) - static_cast<double>(i);
        count += 1;
        sumX += x;
        sumXX += x * x;
        sumY += values[j];
        sumXY += x * values[j];
    }
    if (count == 0) return kNoPosition;
    const double spread = count * sumXX - sumX * sumX;
    return spread <= 0 ? sumY / count : (sumY * sumXX - sumX * sumXY) / spread;
}

}  // namespace

std::vector<double> smoothed(const std::vector<double>& values, int window) {
    if (window <= 1) return values;
    const size_t count = values.size();
    std::vector<double> sums(count + 1);
    std::vector<size_t> finite(count + 1);
    for (size_t i = 0; i < count; ++i) {
        const bool counts = std::isfinite(values[i]);
        sums[i + 1] = sums[i] + (counts ? values[i] : 0);
        finite[i + 1] = finite[i] + (counts ? 1 : 0);
    }
    std::vector<double> result(count);
    const size_t half = static_cast<size_t>(window) / 2;
    for (size_t i = 0; i < count; ++i) {
        if (i < half || i + half >= count) {
            result[i] = lineAt(values, i - std::min(half, i), std::min(count, i + half + 1), i);
            continue;
        }
        const size_t from = i - half;
        const size_t to = i + half + 1;
        const size_t number = finite[to] - finite[from];
        result[i] = number == 0 ? kNoPosition : (sums[to] - sums[from]) / static_cast<double>(number);
    }
    return result;
}

PlotView::PlotView(const QString& title, QWidget* parent) : QWidget(parent), m_impl(std::make_unique<Impl>(this)) {
    setLayout(makeColumn({m_impl->header, {m_impl->plot, 1}}));
    m_impl->plot->installEventFilter(this);
    m_impl->plot->setMouseTracking(true);
    m_impl->plot->setContextMenuPolicy(Qt::NoContextMenu);
    m_impl->plot->setFocusPolicy(Qt::NoFocus);
    setFocusPolicy(Qt::StrongFocus);
    setTitle(title);
    followTheme(this, [this] {
        m_impl->header->setFixedHeight(px(36));
        m_impl->title->setMinimumWidth(m_impl->title->sizeHint().width());
        m_impl->touch();
    });
}

PlotView::~PlotView() = default;

void PlotView::setTitle(const QString& title) {
    m_impl->title->setText(title);
    m_impl->title->setMinimumWidth(m_impl->title->sizeHint().width());
    setAccessibleName(title);
}

int PlotView::dataRefreshes() const {
    return m_impl->dataRefreshes;
}

int PlotView::addSeries(const PlotSeries& series) {
    PlotCurve curve;
    curve.style = series;
    if (series.smoothed) curve.raw = m_impl->plot->addGraph();
    curve.line = m_impl->plot->addGraph();
    for (QCPGraph* graph : {curve.raw, curve.line})
        if (graph != nullptr) graph->setSelectable(QCP::stNone);
    m_impl->curves.push_back(std::move(curve));
    m_impl->touch();
    return static_cast<int>(m_impl->curves.size()) - 1;
}

void PlotView::clearSeries() {
    m_impl->plot->clearGraphs();
    m_impl->curves.clear();
    m_impl->touch();
}

void PlotView::setData(int series, std::vector<double> x, std::vector<double> y) {
    PlotCurve& curve = m_impl->curves.at(static_cast<size_t>(series));
    y.resize(x.size(), kNoPosition);
    curve.x = std::move(x);
    curve.y = std::move(y);
    curve.shown = curve.y;
    curve.isDirty = true;
    m_impl->touch();
}

void PlotView::append(int series, double x, double y) {
    PlotCurve& curve = m_impl->curves.at(static_cast<size_t>(series));
    curve.x.push_back(x);
    curve.y.push_back(y);
    curve.shown.push_back(y);
    curve.isDirty = true;
    m_impl->touch();
}

void PlotView::clearData() {
    for (PlotCurve& curve : m_impl->curves) {
        curve.x.clear();
        curve.y.clear();
        curve.shown.clear();
        curve.isDirty = true;
    }
    m_impl->touch();
}

void PlotView::setSmoothing(int points) {
    m_impl->smoothing = std::max(1, points);
    for (PlotCurve& curve : m_impl->curves)
        curve.isDirty = curve.isDirty || curve.style.smoothed;
    m_impl->touch();
}

void PlotView::addReference(double y, const QString& name, ColourRole colour) {
    m_impl->references.append({y, name, colour});
    m_impl->touch();
}

void PlotView::clearReferences() {
    m_impl->references.clear();
    m_impl->touch();
}

void PlotView::addMarker(double x, PlotMarker marker, const QString& text) {
    m_impl->marks.append({x, marker, text});
    m_impl->touch();
}

void PlotView::clearMarkers() {
    m_impl->marks.clear();
    m_impl->touch();
}

void PlotView::setXName(const QString& name) {
    m_impl->xName = name;
    m_impl->touch();
}

void PlotView::setFullRange(double low, double high) {
    m_impl->fullLow = low;
    m_impl->fullHigh = high;
    m_impl->touch();
}

void PlotView::setYRange(double low, double high) {
    m_impl->yLow = low;
    m_impl->yHigh = high;
    m_impl->touch();
}

void PlotView::setYFormat(std::function<QString(double)> format) {
    m_impl->yFormat = std::move(format);
    m_impl->touch();
}

void PlotView::setLegendFormat(std::function<QString(double)> format) {
    m_impl->legendFormat = std::move(format);
    m_impl->touch();
}

void PlotView::setLogarithmic(bool x, bool y) {
    m_impl->logX = x;
    m_impl->logY = y;
    m_impl->plot->xAxis->setScaleType(x ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    m_impl->plot->yAxis->setScaleType(y ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    m_impl->touch();
}

void PlotView::setRightFormat(std::function<QString(double)> format) {
    m_impl->rightFormat = std::move(format);
    m_impl->touch();
}

void PlotView::setCursorAt(double x) {
    m_impl->moveCursor(x);
}

void PlotView::setPicking(bool picking) {
    m_impl->picking = picking;
    m_impl->plot->setCursor(picking ? Qt::CrossCursor : Qt::ArrowCursor);
}

void PlotView::link(const QList<PlotView*>& plots) {
    auto group = std::make_shared<QList<QPointer<PlotView>>>();
    for (PlotView* plot : plots) {
        group->append(plot);
        plot->m_impl->group = group;
    }
}

QSize PlotView::sizeHint() const {
    return {px(420), px(260)};
}

bool PlotView::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_impl->plot) return QWidget::eventFilter(watched, event);
    const QCPAxis* axis = m_impl->plot->xAxis;
    switch (event->type()) {
        case QEvent::Resize:
        case QEvent::Show:
            m_impl->touch();
            break;
        case QEvent::Wheel: {
            auto* wheel = static_cast<QWheelEvent*>(event);
            if (wheel->angleDelta().y() == 0) return true;
            m_impl->zoom(std::pow(0.85, wheel->angleDelta().y() / 120.0), wheel->position().x());
            m_impl->spreadRange();
            return true;
        }
        case QEvent::MouseButtonPress: {
            auto* mouse = static_cast<QMouseEvent*>(event);
            if (mouse->button() == Qt::LeftButton && m_impl->picking) {
                Q_EMIT picked(axis->pixelToCoord(mouse->position().x()));
            } else if (mouse->button() == Qt::LeftButton) {
                m_impl->isPanning = true;
                m_impl->panStart = mouse->position().x();
                m_impl->panRange = axis->range();
            }
            return true;
        }
        case QEvent::MouseMove: {
            auto* mouse = static_cast<QMouseEvent*>(event);
            const double x = mouse->position().x();
            if (m_impl->picking && (mouse->buttons() & Qt::LeftButton)) Q_EMIT picked(axis->pixelToCoord(x));
            if (m_impl->isPanning && !m_impl->logX) {
                const double shift = (m_impl->panStart - x) * axis->range().size() / m_impl->plot->axisRect()->width();
                m_impl->showRange({m_impl->panRange.lower + shift, m_impl->panRange.upper + shift});
                m_impl->spreadRange();
            }
            const QRect area = m_impl->plot->axisRect()->rect();
            const bool inside = x >= area.left() && x <= area.right() + 1 && !m_impl->curves.empty();
            double position = axis->pixelToCoord(x);
            // Steps are whole numbers; between two points there is nothing to read.
            if (!m_impl->logX && axis->range().size() > 20) position = std::round(position);
            m_impl->spreadCursor(inside ? position : kNoPosition);
            return true;
        }
        case QEvent::MouseButtonRelease:
            m_impl->isPanning = false;
            return true;
        case QEvent::MouseButtonDblClick:
            m_impl->fit();
            return true;
        case QEvent::Leave:
            m_impl->spreadCursor(kNoPosition);
            break;
        default:
            break;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace diagonal
