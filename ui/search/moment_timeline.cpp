// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/moment_timeline.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/pictures/frame_name.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/search/search_texts.h"
#include "ui/style/paint.h"
#include "ui/style/tabular.h"

namespace diagonal {

namespace {

constexpr int kTimeEdge = 16, kCurveTop = 20, kCurveHeight = 58, kStripTop = 86, kStripHeight = 46, kAxisTop = 136;
constexpr int kTimelineHeight = 160, kLeastFrame = 10, kLeastCut = 6;
constexpr int kSteps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600};  // seconds

}  // namespace

MomentTimeline::MomentTimeline(QWidget* parent) : QAbstractSlider(parent) {
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Time in the video"));
    connect(this, &QAbstractSlider::valueChanged, this, [this](int time) {
        setAccessibleDescription(formatTime(time));
        update();
    });
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this] { update(); });
    followTheme(this, [this] {
        setFixedHeight(px(kTimelineHeight));
        update();
    });
}

void MomentTimeline::setFrames(const VideoFrames* frames) {
    m_frames = frames;
    setRange(0, frames != nullptr ? static_cast<int>(frames->duration) : 0);
    m_low = -1;
    m_high = 4;
    if (frames != nullptr && frames->hasQuery) {
        m_high = frames->line + 1;
        for (const CurvePoint& point : frames->points) {
            if (!std::isfinite(point.relevance)) continue;
            m_low = std::min(m_low, static_cast<double>(point.relevance));
            m_high = std::max(m_high, static_cast<double>(point.relevance));
        }
    }
    update();
}

QSize MomentTimeline::sizeHint() const {
    return {px(600), px(kTimelineHeight)};
}

QSize MomentTimeline::minimumSizeHint() const {
    return {px(240), px(kTimelineHeight)};
}

double MomentTimeline::xOf(double time) const {
    return px(kTimeEdge) + (width() - 2 * px(kTimeEdge)) * time / std::max(1, maximum());
}

double MomentTimeline::yOf(double relevance) const {
    const double part = (std::clamp(relevance, m_low, m_high) - m_low) / (m_high - m_low);
    return px(kCurveTop) + px(kCurveHeight) * (1 - part);
}

void MomentTimeline::mousePressEvent(QMouseEvent* event) {
    const double part = (event->position().x() - px(kTimeEdge)) / std::max(1, width() - 2 * px(kTimeEdge));
    setValue(static_cast<int>(std::clamp(part, 0.0, 1.0) * maximum()));
}

void MomentTimeline::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) mousePressEvent(event);
}

void MomentTimeline::keyPressEvent(QKeyEvent* event) {
    const bool byMoments = event->modifiers().testFlag(Qt::ControlModifier);
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right: {
            const int by = event->key() == Qt::Key_Left ? -1 : 1;
            if (byMoments)
                Q_EMIT momentStepped(by);
            else
                Q_EMIT frameStepped(by);
            return;
        }
        case Qt::Key_Space:
            Q_EMIT playToggled();
            return;
        case Qt::Key_Home:
            return setValue(0);
        case Qt::Key_End:
            return setValue(maximum());
        default:
            QAbstractSlider::keyPressEvent(event);
    }
}

// Time runs from left to right in every language.

void MomentTimeline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    painter.fillRect(rect(), colour(&Tokens::surface));
    if (m_frames == nullptr) return;
    paintCurve(painter);
    paintFrames(painter);
    paintAxis(painter);
    paintPlayhead(painter);
    if (hasFocus()) paintFocus(painter, rect(), 0);
}

void MomentTimeline::paintCurve(QPainter& painter) const {
    if (!m_frames->hasQuery) return;
    const Tokens& t = Theme::instance().tokens();
    const double top = px(kCurveTop), bottom = top + px(kCurveHeight);
    for (const Moment& moment : m_frames->moments) {
        const double left = xOf(moment.start);
        painter.fillRect(QRectF(left, top, std::max(2.0, xOf(moment.stop) - left), bottom - top), t.accentSoft);
    }
    // So many that they would be a grey wash say nothing.
    if (static_cast<int>(m_frames->cuts.size()) * px(kLeastCut) <= width()) {
        QPen dots(t.border, 1);
        dots.setDashPattern({1, 3});
        painter.setPen(dots);
        for (const qint64 cut : m_frames->cuts) {
            const double x = xOf(static_cast<double>(cut));
            painter.drawLine(QPointF(x, top), QPointF(x, bottom));
        }
    }
    QPainterPath curve;
    bool isFirst = true;
    for (const CurvePoint& point : m_frames->points) {
        if (!std::isfinite(point.relevance)) continue;
        const QPointF at(xOf(point.time), yOf(point.relevance));
        if (isFirst)
            curve.moveTo(at);
        else
            curve.lineTo(at);
        isFirst = false;
    }
    painter.setPen(QPen(t.accent, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(curve);
    QPen dashes(t.text3, 1.25);
    dashes.setDashPattern({4, 3});
    painter.setPen(dashes);
    const double line = std::round(yOf(m_frames->line)) + 0.5;
    painter.drawLine(QPointF(px(kTimeEdge), line), QPointF(width() - px(kTimeEdge), line));
    painter.setFont(Theme::instance().font(11));
    painter.setPen(t.text3);
    const QString name = tr("line %1").arg(formatSigma(m_frames->line));
    const double nameWidth = tabularWidth(painter.font(), name);
    // At the other end where the time stands.
    const bool isCovered = xOf(value()) < px(kTimeEdge) + nameWidth + px(8);
    drawTabular(
        painter,
        QRectF(isCovered ? width() - px(kTimeEdge) - nameWidth : px(kTimeEdge), line - px(16), nameWidth, px(15)), name,
        Qt::AlignLeft | Qt::AlignVCenter);
    painter.setFont(Theme::instance().font(11, 600));
    double free = 0;
    for (const Moment& moment : m_frames->moments) {
        const QPointF at(xOf(moment.best), yOf(moment.relevance));
        paintFrame(painter, QRectF(at.x() - 4, at.y() - 4, 8, 8), 4, t.accent, t.surface, 1);
        const QString text = formatSigma(moment.relevance);
        const double wide = tabularWidth(painter.font(), text);
        QRectF area(std::clamp(at.x() - wide / 2, 0.0, width() - wide), std::max(0.0, at.y() - px(20)), wide, px(15));
        // Beside the playhead, not behind it.
        if (const double head = xOf(value()); head > area.left() - 2 && head < area.right() + 2)
            area.moveLeft(head + wide + px(8) < width() ? head + px(5) : head - px(5) - wide);
        if (area.left() < free) continue;  // numbers keep off each other
        free = area.right() + px(4);
        painter.setPen(t.text);
        drawTabular(painter, area, text, Qt::AlignCenter);
    }
}

void MomentTimeline::paintFrames(QPainter& painter) const {
    const auto& points = m_frames->points;
    for (size_t i = 0; i < points.size();) {
        const double left = xOf(points[i].start);
        // Frames too narrow to be seen share one picture.
        size_t next = i + 1;
        while (next < points.size() && xOf(points[next].start) - left < px(kLeastFrame))
            ++next;
        const double right = next < points.size() ? xOf(points[next].start) : xOf(maximum());
        const QRectF area(left, px(kStripTop), std::max(1.0, right - left - 1), px(kStripHeight));
        const QPixmap pixmap = ThumbnailCache::instance().pixmap(frameName(m_frames->path, points[i].time), 160, false);
        painter.save();
        painter.setClipRect(area);
        if (pixmap.isNull()) {
            painter.fillRect(area, colour(&Tokens::track));
        } else {
            QRectF target(QPointF(), QSizeF(pixmap.size()).scaled(area.size(), Qt::KeepAspectRatioByExpanding));
            target.moveCenter(area.center());
            painter.drawPixmap(target.toRect(), pixmap);
        }
        painter.restore();
        const bool isMoment = std::ranges::any_of(m_frames->moments, [&](const Moment& moment) {
            return points[i].time >= moment.start && points[i].time <= moment.stop;
        });
        if (isMoment) paintFrame(painter, area, px(3), Qt::transparent, colour(&Tokens::accent), 2);
        i = next;
    }
}

void MomentTimeline::paintAxis(QPainter& painter) const {
    painter.setFont(Theme::instance().font(11));
    painter.setPen(colour(&Tokens::text3));
    const double seconds = maximum() / 1000.0;
    int step = kSteps[0];
    for (const int one : kSteps) {
        step = one;
        if ((width() - 2 * px(kTimeEdge)) * one >= seconds * px(70)) break;
    }
    for (int at = 0; at <= seconds; at += step) {
        const double x = xOf(at * 1000.0);
        const QString text = formatTime(at * 1000);
        const double wide = tabularWidth(painter.font(), text);
        drawTabular(painter, QRectF(std::clamp(x - wide / 2, 0.0, width() - wide), px(kAxisTop), wide, px(18)), text,
                    Qt::AlignCenter);
    }
}

void MomentTimeline::paintPlayhead(QPainter& painter) const {
    const Tokens& t = Theme::instance().tokens();
    const double x = std::round(xOf(value()));
    painter.fillRect(QRectF(x - 1, px(4), 2, px(kAxisTop) - px(4)), t.text);
    painter.setFont(Theme::instance().font(11, 600));
    const QString text = formatTime(value());
    const double wide = tabularWidth(painter.font(), text) + px(12);
    const QRectF label(std::clamp(x - wide / 2, 0.0, width() - wide), px(kAxisTop), wide, px(19));
    paintFrame(painter, label, px(4), t.text, Qt::transparent, 0);
    painter.setPen(t.surface);
    drawTabular(painter, label, text, Qt::AlignCenter);
}

}  // namespace diagonal
