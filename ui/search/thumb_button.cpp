// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/thumb_button.h"

#include <QPainter>
#include <QPainterPath>

#include "ui/pictures/thumbnail_cache.h"
#include "ui/style/paint.h"

namespace diagonal {

ThumbButton::ThumbButton(const QString& picture, const QString& name, QWidget* parent)
    : PaintedButton(parent), m_picture(picture) {
    setAccessibleName(name);
    setToolTip(name);
    setCheckable(true);
    setAutoExclusive(false);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this] { update(); });
}

QSize ThumbButton::sizeHint() const {
    return {px(76), px(56)};
}

void ThumbButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    if (isChecked() || hasFocus()) paintFocus(painter, rect(), 4);
    const QRect area = rect().adjusted(3, 3, -3, -3);
    const QPixmap pixmap = ThumbnailCache::instance().pixmap(m_picture, 160, false);
    QPainterPath clip;
    clip.addRoundedRect(area, px(3), px(3));
    painter.setClipPath(clip);
    if (pixmap.isNull()) {
        painter.fillRect(area, colour(&Tokens::track));
        return;
    }
    QRect target(QPoint(), pixmap.size().scaled(area.size(), Qt::KeepAspectRatioByExpanding));
    target.moveCenter(area.center());
    painter.drawPixmap(target, pixmap);
}

}  // namespace diagonal
