// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/disclosure.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/style/paint.h"
#include "ui/widgets/panel.h"

namespace diagonal {

DisclosureHead::DisclosureHead(const QString& title, QWidget* parent) : QAbstractButton(parent) {
    setText(title);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void DisclosureHead::setSummary(const QString& summary) {
    m_summary = summary;
    setAccessibleDescription(summary);
    setToolTip(summary);
    update();
}

QSize DisclosureHead::sizeHint() const {
    return {px(320), px(40)};
}
QSize DisclosureHead::minimumSizeHint() const {
    return {px(160), px(40)};
}

void DisclosureHead::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF ground = QRectF(rect()).adjusted(0, px(4), 0, -px(4));
    if (underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.hover);
        painter.drawRoundedRect(ground, px(5), px(5));
    }
    const QString arrow = isChecked() ? QStringLiteral("ui/chevron-down") : QStringLiteral("ui/chevron-right");
    paintIcon(painter, QRect(px(4), 0, px(16), height()), arrow, t.text2);
    const int left = px(26), right = width() - px(8);
    painter.setFont(Theme::instance().font(13, 600));
    painter.setPen(t.text);
    const int titleWidth = painter.fontMetrics().horizontalAdvance(text()) + 1;
    painter.drawText(QRect(left, 0, titleWidth, height()), Qt::AlignLeft | Qt::AlignVCenter, text());
    const int after = left + titleWidth + px(12);
    if (!isChecked() && after < right) {
        painter.setFont(Theme::instance().font(12));
        painter.setPen(t.text2);
        painter.drawText(QRect(after, 0, right - after, height()), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_summary, Qt::ElideRight, right - after));
    }
    if (hasFocus()) paintFocus(painter, ground);
}

void DisclosureHead::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            click();
            break;
        case Qt::Key_Right:
            setChecked(true);
            break;
        case Qt::Key_Left:
            setChecked(false);
            break;
        default:
            QAbstractButton::keyPressEvent(event);
    }
}

void DisclosureHead::enterEvent(QEnterEvent*) {
    update();
}

void DisclosureHead::leaveEvent(QEvent*) {
    update();
}

Disclosure::Disclosure(const QString& title, QWidget* parent) : QWidget(parent), m_head(new DisclosureHead(title)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* inside = new QWidget;
    m_body = new QVBoxLayout(inside);
    m_body->setContentsMargins(px(26), px(8), 0, px(16));
    m_body->setSpacing(px(16));
    column->addWidget(new Hairline);
    column->addWidget(m_head);
    column->addWidget(inside);
    inside->hide();
    connect(m_head, &QAbstractButton::toggled, inside, &QWidget::setVisible);
}

}  // namespace diagonal
