// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/line_slider.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>

#include "ui/search/search_texts.h"
#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kLineEdge = 8, kLineBase = 22, kLineKnob = 12;

int positionOf(double relevance) {
    return static_cast<int>(std::lround(relevance * 10));
}

}  // namespace

LineSlider::LineSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Line above which a hit counts"));
    setToolTip(
        tr("The curve is this library's background for this search: what chance reaches. Double-click or press "
           "Home to let the line set itself"));
    setRange(positionOf(kFrom), positionOf(kTo));
    setSingleStep(1);
    setPageStep(5);
    connect(this, &QSlider::valueChanged, this, [this](int position) {
        m_chosen = position / 10.0;
        show();
        Q_EMIT chosenChanged();
    });
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
    show();
}

void LineSlider::show() {
    const QSignalBlocker blocker(this);
    setValue(positionOf(line()));
    const QString text = m_chosen ? formatSigma(line()) : tr("%1, automatic").arg(formatSigma(line()));
    setAccessibleDescription(text);
    update();
}

void LineSlider::setBackground(const std::vector<float>& density) {
    m_density = density;
    update();
}

void LineSlider::setAutomatic(double line) {
    if (!std::isfinite(line)) return;
    m_automatic = line;
    show();
}

void LineSlider::setChosen(std::optional<double> line) {
    m_chosen = line;
    show();
}

QSize LineSlider::sizeHint() const {
    return {px(200), px(28)};
}

QSize LineSlider::minimumSizeHint() const {
    return {px(110), px(28)};
}

double LineSlider::xOf(double relevance) const {
    const double part = (std::clamp(relevance, kFrom, kTo) - kFrom) / (kTo - kFrom);
    return px(kLineEdge) + (width() - 2 * px(kLineEdge)) * (layoutDirection() == Qt::RightToLeft ? 1 - part : part);
}

void LineSlider::moveTo(double x) {
    double part = std::clamp((x - px(kLineEdge)) / (width() - 2 * px(kLineEdge)), 0.0, 1.0);
    if (layoutDirection() == Qt::RightToLeft) part = 1 - part;
    const int position = positionOf(kFrom + part * (kTo - kFrom));
    if (position == value() && m_chosen) return;
    m_chosen = position / 10.0;
    show();
    Q_EMIT chosenChanged();
}

void LineSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    setSliderDown(true);
    // A press on the handle moves nothing yet.
    if (std::abs(event->position().x() - xOf(line())) > px(kLineKnob)) moveTo(event->position().x());
}

void LineSlider::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) moveTo(event->position().x());
}

void LineSlider::mouseReleaseEvent(QMouseEvent*) {
    setSliderDown(false);
}

void LineSlider::mouseDoubleClickEvent(QMouseEvent*) {
    setChosen({});
    Q_EMIT chosenChanged();
}

void LineSlider::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Home) return QSlider::keyPressEvent(event);
    setChosen({});
    Q_EMIT chosenChanged();
}

void LineSlider::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double base = px(kLineBase), left = xOf(kFrom), right = xOf(kTo), at = xOf(line());
    const float highest = m_density.empty() ? 0.0F : *std::ranges::max_element(m_density);
    if (highest > 0) {
        QPainterPath curve(QPointF(left, base));
        for (size_t i = 0; i < m_density.size(); ++i) {
            const double relevance =
                kFrom + (kTo - kFrom) * (static_cast<double>(i) + 0.5) / static_cast<double>(m_density.size());
            curve.lineTo(xOf(relevance), base - (base - px(3)) * m_density[i] / highest);
        }
        curve.lineTo(right, base);
        curve.closeSubpath();
        painter.fillPath(curve, t.track);
    }
    const double thick = 2;
    painter.fillRect(QRectF(std::min(left, right), base, std::abs(right - left), thick), t.track);
    const QColor ink = isEnabled() ? t.accent : t.disabled;
    painter.fillRect(QRectF(std::min(at, right), base, std::abs(right - at), thick), ink);
    const double side = px(kLineKnob);
    const QRectF knob(at - side / 2, base + thick / 2 - side / 2, side, side);
    paintFrame(painter, knob, side / 2, t.surface, ink, 2);
    if (hasFocus()) paintFocus(painter, rect());
}

}  // namespace diagonal
