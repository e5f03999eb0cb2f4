// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/paint_thumbnail.h"

#include <QPainterPath>
#include <cmath>

#include "ui/pictures/thumbnail_cache.h"
#include "ui/style/paint.h"
#include "ui/widgets/cell_delegate.h"

namespace diagonal {

void paintThumbnail(const Cell& cell, const QRect& area, const QString& path, bool isFailed, int decoded) {
    QPainter& painter = cell.painter;
    const QRect place = cell.placed(area);
    if (isFailed) {
        paintFrame(painter, place, px(3), colour(&Tokens::surface), colour(&Tokens::border));
        paintIcon(painter, place, QStringLiteral("ui/broken"), colour(&Tokens::error),
                  place.width() < px(40) ? 16 : 20);
        return;
    }
    const double size = (decoded > 0 ? px(decoded) : place.width()) * painter.device()->devicePixelRatioF();
    const QPixmap pixmap = ThumbnailCache::instance().pixmap(path, static_cast<int>(std::lround(size)));
    if (pixmap.isNull()) {
        paintFrame(painter, place, px(3), colour(&Tokens::track), Qt::transparent);
        return;
    }
    QPainterPath clip;
    clip.addRoundedRect(place, px(3), px(3));
    painter.save();
    painter.setClipPath(clip);
    painter.drawPixmap(place, pixmap);
    painter.restore();
}

}  // namespace diagonal
