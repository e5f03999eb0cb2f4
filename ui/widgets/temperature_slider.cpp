// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/temperature_slider.h"

#include <QLineEdit>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <cmath>

#include "ui/style/layouts.h"
#include "ui/style/paint.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr double kLowest = TemperatureSlider::kLowest;
constexpr double kHighest = TemperatureSlider::kHighest;
constexpr int kMargin = 8;

}  // namespace

int TemperatureTrack::positionOf(double temperature) {
    return static_cast<int>(std::lround(1000 * std::log(std::clamp(temperature, kLowest, kHighest) / kLowest)));
}

double TemperatureTrack::temperatureAt(int position) {
    return std::clamp(kLowest * std::exp(position / 1000.0), kLowest, kHighest);
}

TemperatureTrack::TemperatureTrack(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Temperature"));
    setRange(0, positionOf(kHighest));
    setSingleStep(positionOf(1.05 * kLowest));
    setPageStep(positionOf(1.5 * kLowest));
    setValue(positionOf(m_temperature));
    // By keys, the wheel or a screen reader.
    connect(this, &QSlider::valueChanged, this, [this](int position) {
        change(temperatureAt(position));
        Q_EMIT released();
    });
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void TemperatureTrack::setTemperature(double temperature) {
    m_temperature = std::clamp(temperature, kLowest, kHighest);
    const QSignalBlocker blocker(this);
    setValue(positionOf(m_temperature));
    update();
}

void TemperatureTrack::setModelTemperature(double temperature) {
    m_model = temperature;
    update();
}

QSize TemperatureTrack::sizeHint() const {
    return {px(240), px(46)};
}

QSize TemperatureTrack::minimumSizeHint() const {
    return {px(160), px(46)};
}

double TemperatureTrack::xOf(double temperature) const {
    const double part = static_cast<double>(positionOf(temperature)) / maximum();
    return px(kMargin) + (width() - 2 * px(kMargin)) * (layoutDirection() == Qt::RightToLeft ? 1 - part : part);
}

void TemperatureTrack::change(double temperature) {
    setTemperature(temperature);
    Q_EMIT moved(m_temperature);
}

void TemperatureTrack::moveTo(double x) {
    double part = std::clamp((x - px(kMargin)) / (width() - 2 * px(kMargin)), 0.0, 1.0);
    if (layoutDirection() == Qt::RightToLeft) part = 1 - part;
    double temperature = kLowest * std::pow(kHighest / kLowest, part);
    // The model's own value catches the handle.
    if (m_model > 0 && std::abs(x - xOf(m_model)) < 4) temperature = m_model;
    change(temperature);
}

void TemperatureTrack::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double middle = px(12);
    const double thick = px(4);
    const QRectF track(px(kMargin) - 2, middle - thick / 2, width() - 2 * px(kMargin) + 4, thick);
    const double x = xOf(m_temperature);
    const QColor ink = isEnabled() ? t.accent : t.disabled;
    paintFrame(painter, track, thick / 2, t.track, Qt::transparent, 0);
    QRectF filled = track;
    layoutDirection() == Qt::RightToLeft ? filled.setLeft(x) : filled.setRight(x);
    paintFrame(painter, filled, thick / 2, ink, Qt::transparent, 0);

    const double labelTop = px(26);
    painter.setFont(Theme::instance().font(11));
    const auto textWidth = [&](const QString& text) { return tabularWidth(painter.font(), text); };
    QRectF model;
    if (m_model > 0) {
        painter.setFont(Theme::instance().font(11, 600));
        const QString text = tr("model %1").arg(formatTemperature(m_model));
        const double wide = textWidth(text);
        const double at = xOf(m_model);
        const double left = std::clamp(at - wide / 2, 0.0, std::max(0.0, width() - wide));
        model = QRectF(left, labelTop, wide, px(16));
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.text);
        const double top = middle + px(8);
        painter.drawPolygon(QPolygonF{{at, top}, {at + 4, top + 5}, {at - 4, top + 5}});
        painter.setPen(t.text2);
        drawTabular(painter, model, text, Qt::AlignLeft | Qt::AlignVCenter);
        painter.setFont(Theme::instance().font(11));
    }
    painter.setPen(t.text3);
    for (const double tick : {0.001, 0.01, 0.1, 1.0}) {
        const QString text = QLocale().toString(tick);
        const double wide = textWidth(text);
        const double left = std::clamp(xOf(tick) - wide / 2, 0.0, width() - wide);
        const QRectF area(left, labelTop, wide, px(16));
        if (area.adjusted(-6, 0, 6, 0).intersects(model)) continue;
        painter.fillRect(QRectF(std::round(xOf(tick)), middle + px(8), 1, 4), t.outline);
        drawTabular(painter, area, text, Qt::AlignLeft | Qt::AlignVCenter);
    }

    const double side = px(14);
    const QRectF knob(x - side / 2, middle - side / 2, side, side);
    paintFrame(painter, knob, side / 2, t.surface, ink, 2);
    if (hasFocus()) paintFrame(painter, knob.adjusted(-3, -3, 3, 3), side, Qt::transparent, t.accent, 1.5);
}

void TemperatureTrack::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    setSliderDown(true);
    moveTo(event->position().x());
}

void TemperatureTrack::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) moveTo(event->position().x());
}

void TemperatureTrack::mouseReleaseEvent(QMouseEvent*) {
    setSliderDown(false);
    Q_EMIT released();
}

void TemperatureTrack::wheelEvent(QWheelEvent* event) {
    // Only with the focus: scrolling the panel past it must not change a value.
    hasFocus() ? QSlider::wheelEvent(event) : event->ignore();
}

TemperatureSlider::TemperatureSlider(QWidget* parent)
    : QWidget(parent), m_track(new TemperatureTrack), m_field(new QLineEdit), m_reset(new LinkLabel(tr("Reset"))) {
    m_reset->setLook(12, 400);
    m_field->setAlignment(Qt::AlignRight);
    m_field->setAccessibleName(tr("Temperature"));
    setLayout(makeColumn(
        {makeRow({new TextLabel(tr("Temperature"), 13, 600), stretch(1), m_reset, m_field}, 12), m_track}, 2));
    followTheme(this, [this] { m_field->setFixedWidth(px(70)); });

    connect(m_track, &TemperatureTrack::moved, this, [this](double temperature) {
        m_dragging = true;
        show(temperature);
        Q_EMIT temperatureChanged(temperature);
    });
    connect(m_track, &TemperatureTrack::released, this, [this] {
        m_dragging = false;
        Q_EMIT temperatureChanged(temperature());
    });
    connect(m_field, &QLineEdit::editingFinished, this, &TemperatureSlider::take);
    connect(m_reset, &LinkLabel::clicked, this, [this] {
        setTemperature(m_model);
        Q_EMIT temperatureChanged(m_model);
    });
    show(m_track->temperature());
}

double TemperatureSlider::temperature() const {
    return m_track->temperature();
}

void TemperatureSlider::setTemperature(double temperature) {
    m_track->setTemperature(temperature);
    show(m_track->temperature());
}

void TemperatureSlider::setModelTemperature(double temperature) {
    const bool follows = m_model <= 0 || std::abs(this->temperature() / m_model - 1) < 1e-9;
    m_model = temperature;
    m_track->setModelTemperature(temperature);
    if (follows && temperature > 0) {
        setTemperature(temperature);
        Q_EMIT temperatureChanged(temperature);
    } else {
        show(this->temperature());
    }
}

void TemperatureSlider::show(double temperature) {
    m_field->setText(formatTemperature(temperature));
    m_reset->setEnabled(m_model > 0 && std::abs(temperature / m_model - 1) > 1e-9);
}

void TemperatureSlider::take() {
    bool valid = false;
    const double temperature = readNumber(m_field->text(), &valid);
    if (valid && temperature > 0 && m_field->text() != formatTemperature(this->temperature())) {
        setTemperature(temperature);
        Q_EMIT temperatureChanged(this->temperature());
    } else {
        show(this->temperature());
    }
}

}  // namespace diagonal
