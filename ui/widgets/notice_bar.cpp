// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/notice_bar.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyle>

#include "ui/style/paint.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

NoticeBar::NoticeBar(QWidget* parent)
    : QWidget(parent),
      m_text(new ElidedLabel({}, 12, 400)),
      m_link(new LinkLabel({})),
      m_close(new IconButton(QStringLiteral("ui/close"), tr("Close"))) {
    auto* row = new QHBoxLayout(this);
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_link->setLook(12, 600);
    row->addWidget(m_text, 1);
    row->addWidget(m_link);
    row->addWidget(m_close);
    connect(m_link, &LinkLabel::clicked, this, &NoticeBar::linkActivated);
    connect(m_close, &IconButton::clicked, this, [this] {
        hide();
        Q_EMIT closed();
    });
    followTheme(this, [this, row] {
        const bool leftwards = layoutDirection() == Qt::RightToLeft;
        row->setContentsMargins(px(leftwards ? 8 : 40), 0, px(leftwards ? 40 : 8), 0);
        row->setSpacing(px(8));
        setFixedHeight(px(32));
        update();
    });
    hide();
}

void NoticeBar::notice(Kind kind, const QString& text, const QString& link) {
    m_kind = kind;
    m_text->setText(text);
    setAccessibleName(text);
    m_link->setText(link);
    m_link->setVisible(!link.isEmpty());
    m_link->updateGeometry();
    placeOver();
    show();
    update();
    QAccessibleEvent told(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&told);
}

void NoticeBar::floatOver(QWidget* sibling) {
    setParent(sibling->parentWidget());
    m_ground = sibling;
    sibling->installEventFilter(this);
    hide();
}

void NoticeBar::placeOver() {
    if (m_ground == nullptr) return;
    const QRect ground = m_ground->geometry();
    setGeometry(ground.x(), ground.bottom() + 1 - height(), ground.width(), height());
    raise();
}

bool NoticeBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::Move) placeOver();
    return QWidget::eventFilter(watched, event);
}

void NoticeBar::setClosable(bool closable) {
    m_close->setVisible(closable);
}

QString NoticeBar::text() const {
    return m_text->text();
}

void NoticeBar::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QColor fill = t.surface;
    QColor ink = t.text2;
    QString icon = QStringLiteral("ui/info");
    if (m_kind == Kind::Warning) {
        fill = t.warnSoft;
        ink = t.warn;
        icon = QStringLiteral("ui/warning");
    } else if (m_kind == Kind::Error) {
        fill = t.errorSoft;
        ink = t.error;
        icon = QStringLiteral("ui/error");
    }
    QPainter painter(this);
    painter.fillRect(rect(), fill);
    painter.fillRect(0, 0, width(), 1, t.border);
    painter.fillRect(0, height() - 1, width(), 1, t.border);
    const QRect place = QStyle::visualRect(layoutDirection(), rect(), {px(12), 0, px(20), height()});
    paintIcon(painter, place, icon, ink);
}

}  // namespace diagonal
