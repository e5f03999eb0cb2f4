// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/region_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/base/paths.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kRegionDecoded = 640;
constexpr double kLeastRegion = 0.03, kRegionStep = 0.02, kMostHeight = 0.9;

}  // namespace

RegionView::RegionView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::CrossCursor);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setToolTip(tr("Drag over a part to search for it (or press Enter and use the arrow keys)"));
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this](const QString& path) {
        if (!path.isEmpty() && path != m_picture) return;
        updateGeometry();
        update();
    });
    followTheme(this, [this] { updateGeometry(); });
}

void RegionView::showPicture(const QString& picture) {
    if (picture == m_picture) return;
    m_picture = picture;
    m_region = {};
    m_isDragged = false;
    setAccessibleName(picture.isEmpty() ? tr("No picture") : tr("Picture %1").arg(nameInSentence(picture)));
    updateGeometry();
    update();
}

QPixmap RegionView::pixmap() const {
    return m_picture.isEmpty() ? QPixmap() : ThumbnailCache::instance().pixmap(m_picture, kRegionDecoded, false);
}

QSize RegionView::sizeHint() const {
    return {px(320), heightForWidth(px(320))};
}

QSize RegionView::minimumSizeHint() const {
    return {px(120), px(80)};
}

/// Tall pictures are no higher than the panel is wide.
int RegionView::heightForWidth(int width) const {
    const QPixmap shown = pixmap();
    const double ratio = shown.isNull() ? 0.75 : static_cast<double>(shown.height()) / shown.width();
    return static_cast<int>(width * std::clamp(ratio, 0.3, kMostHeight));
}

QRect RegionView::pictureRect() const {
    const QPixmap shown = pixmap();
    if (shown.isNull()) return {};
    QRect target(QPoint(), shown.size().scaled(size(), Qt::KeepAspectRatio));
    target.moveCenter(rect().center());
    return target;
}

QPointF RegionView::partOf(const QPointF& point) const {
    const QRect area = pictureRect();
    if (area.isEmpty()) return {};
    return {std::clamp((point.x() - area.x()) / area.width(), 0.0, 1.0),
            std::clamp((point.y() - area.y()) / area.height(), 0.0, 1.0)};
}

void RegionView::choose() {
    const QRectF region = m_region;
    if (region.width() < kLeastRegion || region.height() < kLeastRegion) {
        m_region = {};
    } else {
        Q_EMIT regionChosen(region);
    }
    update();
}

void RegionView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || pictureRect().isEmpty()) return;
    m_pressed = partOf(event->position());
    m_isDragged = true;
    m_region = {};
    update();
}

void RegionView::mouseMoveEvent(QMouseEvent* event) {
    if (!m_isDragged) return;
    m_region = QRectF(m_pressed, partOf(event->position())).normalized();
    update();
}

void RegionView::mouseReleaseEvent(QMouseEvent*) {
    if (std::exchange(m_isDragged, false)) choose();
}

void RegionView::mouseDoubleClickEvent(QMouseEvent*) {
    m_isDragged = false;
    Q_EMIT activated();
}

void RegionView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && !m_picture.isEmpty()) {
        if (m_region.isNull()) {
            m_region = QRectF(0.25, 0.25, 0.5, 0.5);
            update();
        } else {
            choose();
        }
        return;
    }
    const bool isArrow = key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
    if (m_region.isNull() || (!isArrow && key != Qt::Key_Escape)) return QWidget::keyPressEvent(event);
    if (key == Qt::Key_Escape) {
        m_region = {};
        update();
        return;
    }
    const double across = key == Qt::Key_Left ? -kRegionStep : key == Qt::Key_Right ? kRegionStep : 0;
    const double down = key == Qt::Key_Up ? -kRegionStep : key == Qt::Key_Down ? kRegionStep : 0;
    QRectF next = m_region;
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        next.setRight(std::clamp(next.right() + across, next.left() + kLeastRegion, 1.0));
        next.setBottom(std::clamp(next.bottom() + down, next.top() + kLeastRegion, 1.0));
    } else {
        next.moveLeft(std::clamp(next.left() + across, 0.0, 1 - next.width()));
        next.moveTop(std::clamp(next.top() + down, 0.0, 1 - next.height()));
    }
    m_region = next;
    update();
}

void RegionView::focusOutEvent(QFocusEvent* event) {
    m_region = {};
    QWidget::focusOutEvent(event);
}

void RegionView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QPixmap shown = pixmap();
    const QRect area = shown.isNull() ? rect() : pictureRect();
    if (shown.isNull()) {
        paintFrame(painter, area, px(3), colour(&Tokens::track), Qt::transparent, 0);
        const QString error = ThumbnailCache::instance().error(m_picture);
        if (error.isEmpty()) return;
        painter.setPen(colour(&Tokens::text2));
        painter.setFont(Theme::instance().font(12));
        painter.drawText(area.adjusted(px(8), 0, -px(8), 0), Qt::AlignCenter | Qt::TextWordWrap, error);
        return;
    }
    QPainterPath clip;
    clip.addRoundedRect(area, px(3), px(3));
    painter.setClipPath(clip);
    painter.drawPixmap(area, shown);
    painter.setClipping(false);
    if (!m_region.isNull()) {
        const QRectF part(area.x() + m_region.x() * area.width(), area.y() + m_region.y() * area.height(),
                          m_region.width() * area.width(), m_region.height() * area.height());
        QPainterPath veil;
        veil.addRect(area);
        veil.addRect(part);
        painter.fillPath(veil, QColor(0, 0, 0, 90));
        // White with a dark rim is seen on every colour.
        painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
        painter.drawRect(part);
        painter.setPen(QPen(Qt::white, 1.5));
        painter.drawRect(part);
    }
    if (hasFocus()) paintFocus(painter, rect(), 3);
}

}  // namespace diagonal
