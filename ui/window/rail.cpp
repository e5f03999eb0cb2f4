// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/rail.h"

#include <QButtonGroup>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

#include "ui/style/paint.h"

namespace diagonal {

RailButton::RailButton(const QString& icon, const QString& title, QWidget* parent)
    : PaintedButton(parent), m_icon(icon) {
    setText(title);
    setAccessibleName(title);
    setCheckable(true);
    followTheme(this, [this] { setFixedSize(sizeHint()); });
}

void RailButton::setNews(bool news) {
    m_news = news;
    setAccessibleDescription(news ? tr("has news") : QString());
    update();
}

QSize RailButton::sizeHint() const {
    return {px(76) - 1, px(56)};
}

void RailButton::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    const QRect item((width() - px(64)) / 2, 0, px(64), height());
    const bool current = isChecked();
    if (current || underMouse() || isDown())
        paintFrame(painter, item, px(6), current ? t.accentSoft : isDown() ? t.pressed : t.hover, Qt::transparent, 0);
    if (current) {
        const QRect edge(0, height() / 2 - px(15), px(3), px(30));
        paintFrame(painter, QStyle::visualRect(layoutDirection(), rect(), edge), 1.5, t.accent, Qt::transparent, 0);
    }
    if (hasFocus()) paintFocus(painter, item, px(6));
    const QColor ink = current ? t.accent : t.text2;
    paintIcon(painter, QRect(item.x(), px(8), item.width(), px(24)), m_icon, ink, 24);
    const QFont strong = Theme::instance().font(11, 600);
    const bool fits = QFontMetrics(strong).horizontalAdvance(this->text()) <= item.width();
    painter.setFont(current && fits ? strong : Theme::instance().font(11, 500));
    painter.setPen(ink);
    const QRect text(0, px(35), width(), px(16));
    painter.drawText(text, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(this->text(), Qt::ElideRight, width() - 4));
    if (m_news) {
        paintFrame(painter, QRectF(item.center().x() + px(10), px(6), px(7), px(7)), px(4), t.accent, Qt::transparent,
                   0);
    }
}

Rail::Rail(QWidget* parent)
    : Panel(&Tokens::window, Qt::RightEdge, parent), m_column(new QVBoxLayout(this)), m_group(new QButtonGroup(this)) {
    setAccessibleName(tr("Panes"));
    m_column->addStretch(1);
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idClicked, this, &Rail::chosen);
    followTheme(this, [this] {
        setFixedWidth(px(76));
        m_column->setContentsMargins(0, px(8), 1, px(8));
        m_column->setSpacing(px(4));
    });
}

void Rail::addItem(const QString& icon, const QString& title) {
    const int index = static_cast<int>(m_group->buttons().size());
    auto* button = new RailButton(icon, title);
    m_group->addButton(button, index);
    m_column->insertWidget(index, button);
    button->setToolTip(tr("%1 (Ctrl+%2)").arg(title).arg(index + 1));
}

void Rail::setCurrent(int index) {
    if (QAbstractButton* button = m_group->button(index)) button->setChecked(true);
}

void Rail::setNews(int index, bool news) {
    if (auto* button = qobject_cast<RailButton*>(m_group->button(index))) button->setNews(news);
}

}  // namespace diagonal
