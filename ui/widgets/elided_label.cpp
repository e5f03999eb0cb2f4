// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/elided_label.h"

#include <QEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

namespace diagonal {

ElidedLabel::ElidedLabel(const QString& text, int size, int weight, ColourRole colour, QWidget* parent)
    : QLabel(text, parent), m_size(size), m_weight(weight), m_colour(colour) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] { take(); });
}

void ElidedLabel::setColour(ColourRole colour) {
    m_colour = colour;
    update();
}

void ElidedLabel::setWeight(int weight) {
    m_weight = weight;
    take();
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode) {
    m_mode = mode;
    update();
}

void ElidedLabel::take() {
    setFont(Theme::instance().font(m_size, m_weight));
    updateGeometry();
    update();
}

QSize ElidedLabel::sizeHint() const {
    const QFontMetrics metrics(font());
    return {metrics.horizontalAdvance(text()) + 2, metrics.height()};
}

QSize ElidedLabel::minimumSizeHint() const {
    const QFontMetrics metrics(font());
    return {std::min(sizeHint().width(), metrics.averageCharWidth() * 4), metrics.height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(isEnabled() ? colour(m_colour) : colour(&Tokens::disabled));
    const QString shown = fontMetrics().elidedText(text(), m_mode, width());
    const Qt::Alignment side = QStyle::visualAlignment(layoutDirection(), alignment());
    painter.drawText(rect(), static_cast<int>(side) | Qt::TextSingleLine, shown);
}

bool ElidedLabel::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        const bool elided = fontMetrics().horizontalAdvance(text()) > width();
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), elided ? text() : QString(), this);
        return true;
    }
    return QLabel::event(event);
}

TextLabel::TextLabel(const QString& text, int size, int weight, ColourRole colour, QWidget* parent)
    : QLabel(text, parent), m_size(size), m_weight(weight), m_colour(colour) {
    setTextFormat(Qt::PlainText);
    followTheme(this, [this] { take(); });
}

void TextLabel::setColour(ColourRole colour) {
    m_colour = colour;
    take();
}

void TextLabel::setWeight(int weight) {
    m_weight = weight;
    take();
}

void TextLabel::take() {
    setFont(Theme::instance().font(m_size, m_weight));
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, colour(m_colour));
    colours.setColor(QPalette::Disabled, QPalette::WindowText, colour(&Tokens::disabled));
    setPalette(colours);
}

TextLabel* makeWrapped(const QString& text, int size, int weight, ColourRole colour) {
    auto* label = new TextLabel(text, size, weight, colour);
    label->setWordWrap(true);
    return label;
}

}  // namespace diagonal
