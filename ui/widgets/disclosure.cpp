// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/disclosure.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

#include "ui/style/layouts.h"
#include "ui/style/paint.h"
#include "ui/widgets/panel.h"

namespace diagonal {

DisclosureHead::DisclosureHead(const QString& title, QWidget* parent) : PaintedButton(parent) {
    setText(title);
    setCheckable(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
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
    const bool leftwards = layoutDirection() == Qt::RightToLeft;
    const auto mirrored = [&](const QRect& part) { return QStyle::visualRect(layoutDirection(), rect(), part); };
    const int start = static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft | Qt::AlignVCenter));
    const QRect ground = rect().adjusted(0, px(4), 0, -px(4));
    if (underMouse()) paintFrame(painter, ground, px(5), t.hover, Qt::transparent);
    const QString arrow = isChecked() ? QStringLiteral("ui/chevron-down")
                          : leftwards ? QStringLiteral("ui/chevron-left")
                                      : QStringLiteral("ui/chevron-right");
    paintIcon(painter, mirrored({px(4), 0, px(16), height()}), arrow, t.text2);
    const int left = px(26), right = width() - px(8);
    painter.setFont(Theme::instance().font(13, 600));
    painter.setPen(t.text);
    const int titleWidth = painter.fontMetrics().horizontalAdvance(text()) + 1;
    painter.drawText(mirrored({left, 0, titleWidth, height()}), start, text());
    const int after = left + titleWidth + px(12);
    if (!isChecked() && after < right) {
        painter.setFont(Theme::instance().font(12));
        painter.setPen(t.text2);
        painter.drawText(mirrored({after, 0, right - after, height()}), start,
                         painter.fontMetrics().elidedText(m_summary, Qt::ElideRight, right - after));
    }
    if (hasFocus()) paintFocus(painter, ground);
}

void DisclosureHead::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Right && event->key() != Qt::Key_Left) return PaintedButton::keyPressEvent(event);
    setChecked((event->key() == Qt::Key_Right) == (layoutDirection() == Qt::LeftToRight));
}

Disclosure::Disclosure(const QString& title, QWidget* parent) : QWidget(parent), m_head(new DisclosureHead(title)) {
    auto* inside = new QWidget;
    m_body = new QVBoxLayout(inside);
    m_body->setContentsMargins(px(26), px(8), 0, px(16));
    m_body->setSpacing(px(16));
    setLayout(makeColumn({new Hairline, m_head, inside}));
    inside->hide();
    connect(m_head, &QAbstractButton::toggled, inside, &QWidget::setVisible);
}

}  // namespace diagonal
