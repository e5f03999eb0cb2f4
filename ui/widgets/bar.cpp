// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/bar.h"

#include <QPainter>

#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kSteps = 1000;

}  // namespace

void paintBar(QPainter& painter, const QRectF& area, double value, const QColor& fill, const QColor& track) {
    const qreal radius = area.height() / 2;
    paintFrame(painter, area, radius, track, Qt::transparent, 0);
    if (!(value > 0)) return;
    // At least a hint of a bar for the smallest probability, and never a bar that is narrower than round.
    const qreal width = std::max(2.0, area.width() * std::min(value, 1.0));
    painter.save();
    painter.setClipRect(QRectF(area.x(), area.y(), width, area.height()));
    const qreal drawn = std::max(width, area.height());
    paintFrame(painter, QRectF(area.x(), area.y(), drawn, area.height()), radius, fill, Qt::transparent, 0);
    painter.restore();
}

Bar::Bar(int thickness, QWidget* parent) : QProgressBar(parent), m_thickness(thickness) {
    setRange(0, kSteps);
    setTextVisible(false);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_animation.setDuration(120);
    m_animation.setEasingCurve(QEasingCurve::OutCubic);
    connect(&m_animation, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        m_shown = value.toDouble();
        update();
    });
    followTheme(this, [this] { update(); });
}

void Bar::setValue(double value, bool animated) {
    m_value = std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0;
    QProgressBar::setValue(qRound(kSteps * m_value));  // for screen readers
    m_animation.stop();
    if (animated && isVisible() && Theme::instance().animates()) {
        m_animation.setStartValue(m_shown);
        m_animation.setEndValue(m_value);
        m_animation.start();
    } else {
        m_shown = m_value;
        update();
    }
}

void Bar::setColour(ColourRole role) {
    m_role = role;
    update();
}

QSize Bar::sizeHint() const {
    return {px(80), px(m_thickness)};
}

QSize Bar::minimumSizeHint() const {
    return {px(16), px(m_thickness)};
}

void Bar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const int thick = px(m_thickness);
    const int top = (height() - thick) / 2;  // on whole pixels
    const QRectF area(0, top, width(), thick);
    if (layoutDirection() == Qt::RightToLeft) {
        painter.translate(width(), 0);
        painter.scale(-1, 1);
    }
    paintBar(painter, area, m_shown, isEnabled() ? colour(m_role) : colour(&Tokens::disabled), colour(&Tokens::track));
}

}  // namespace diagonal
