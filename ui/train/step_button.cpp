// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/step_button.h"

#include <QPainter>

#include "ui/style/theme.h"

namespace diagonal {

StepButton::StepButton(int number, const QString& name, bool last, QWidget* parent)
    : PaintedButton(parent), m_number(number), m_last(last) {
    setText(name);
    setCheckable(true);
    setAutoExclusive(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StepButton::setSummary(const QString& summary) {
    m_summary = summary;
    setAccessibleDescription(summary);
    setToolTip(summary);
    update();
}

void StepButton::setFailed(bool failed) {
    m_failed = failed;
    update();
}

QSize StepButton::sizeHint() const {
    return {px(216), px(64)};
}
QSize StepButton::minimumSizeHint() const {
    return {px(160), px(64)};
}

void StepButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& tokens = Theme::instance().tokens();
    const QRectF ground(0.5, 0.5, width() - 1, px(56) - 1);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? tokens.accentSoft : tokens.hover);
        painter.drawRoundedRect(ground, px(5), px(5));
    }
    const QRectF circle(px(10), px(17), px(23), px(23));
    if (!m_last) {
        painter.setPen(QPen(tokens.border, 1));
        const double x = std::floor(circle.center().x()) + 0.5;
        painter.drawLine(QPointF(x, circle.bottom() + px(2)), QPointF(x, height()));
    }
    if (m_number > 1) {
        painter.setPen(QPen(tokens.border, 1));
        const double x = std::floor(circle.center().x()) + 0.5;
        painter.drawLine(QPointF(x, 0), QPointF(x, circle.top() - px(2)));
    }
    const QColor ring = m_failed ? tokens.error : isChecked() ? tokens.accent : tokens.outline;
    painter.setPen(QPen(ring, 1.5));
    painter.setBrush(isChecked() ? QBrush(ring) : QBrush(Qt::NoBrush));
    painter.drawEllipse(circle);
    painter.setFont(Theme::instance().font(12, 600));
    painter.setPen(isChecked() ? tokens.onAccent : m_failed ? tokens.error : tokens.text2);
    painter.drawText(circle, Qt::AlignCenter, m_failed ? QStringLiteral("!") : QString::number(m_number));
    const QRect text(px(44), px(8), width() - px(52), px(20));
    painter.setFont(Theme::instance().font(13, 600));
    painter.setPen(tokens.text);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(this->text(), Qt::ElideRight, text.width()));
    painter.setFont(Theme::instance().font(12));
    painter.setPen(m_failed ? tokens.error : tokens.text2);
    painter.drawText(text.translated(0, px(20)), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_summary, Qt::ElideRight, text.width()));
    if (hasFocus()) {
        painter.setPen(QPen(tokens.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), px(5), px(5));
    }
}

}  // namespace diagonal
