// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tabular.h"

#include <QPainter>
#include <QStyle>
#include <cmath>

namespace diagonal {

TabularLabel::TabularLabel(const QString& text, int size, int weight, ColourRole colour, QWidget* parent)
    : QLabel(text, parent), m_size(size), m_weight(weight), m_colour(colour) {
    setTextFormat(Qt::PlainText);
    setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
    followTheme(this, [this] { take(); });
}

void TabularLabel::setColour(ColourRole colour) {
    m_colour = colour;
    update();
}

void TabularLabel::setWeight(int weight) {
    m_weight = weight;
    take();
}

void TabularLabel::reserve(const QString& widest) {
    m_widest = widest;
    updateGeometry();
}

void TabularLabel::take() {
    setFont(Theme::instance().font(m_size, m_weight));
    updateGeometry();
    update();
}

QSize TabularLabel::sizeHint() const {
    const qreal width = std::max(tabularWidth(font(), text()), tabularWidth(font(), m_widest));
    return {static_cast<int>(std::ceil(width)), QFontMetrics(font()).height()};
}

void TabularLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(isEnabled() ? colour(m_colour) : colour(&Tokens::disabled));
    drawTabular(painter, rect(), text(), QStyle::visualAlignment(layoutDirection(), alignment()));
}

}  // namespace diagonal
