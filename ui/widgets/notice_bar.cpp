// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/notice_bar.h"

#include <QHBoxLayout>
#include <QPainter>

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
    row->setContentsMargins(px(40), 0, px(8), 0);
    row->setSpacing(px(8));
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_link->setLook(12, 600);
    row->addWidget(m_text, 1);
    row->addWidget(m_link);
    row->addWidget(m_close);
    setFixedHeight(px(32));
    connect(m_link, &LinkLabel::clicked, this, &NoticeBar::linkActivated);
    connect(m_close, &IconButton::clicked, this, [this] {
        hide();
        Q_EMIT closed();
    });
    followTheme(this, [this] { update(); });
    hide();
}

void NoticeBar::notice(Kind kind, const QString& text, const QString& link) {
    m_kind = kind;
    m_text->setText(text);
    setAccessibleName(text);
    m_link->setText(link);
    m_link->setVisible(!link.isEmpty());
    m_link->updateGeometry();
    show();
    update();
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
    paintIcon(painter, QRect(px(12), 0, px(20), height()), icon, ink);
}

}  // namespace diagonal
