// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/front_plot.h"

#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kLeft = 48, kRight = 24, kTop = 12, kFoot = 40, kMark = 5, kNear = 10;

QString text(double value) {
    return QLocale().toString(value, 'g', 3);
}

/// 1, 2, 5, 10, 20, … within the range.
std::vector<double> timeTicks(double low, double high) {
    std::vector<double> ticks;
    for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
        for (const double tick : {power, 2 * power, 5 * power})
            if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push_back(tick);
    return ticks;
}

}  // namespace

FrontPlot::FrontPlot(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Recall against time"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    followTheme(this, [this] { update(); });
}

QSize FrontPlot::sizeHint() const {
    return {px(600), px(280)};
}

QSize FrontPlot::minimumSizeHint() const {
    return {px(280), px(180)};
}

void FrontPlot::setPoints(std::vector<Point> points) {
    m_points = std::move(points);
    std::ranges::stable_sort(m_points, {}, &Point::milliseconds);
    QStringList values;
    if (!m_points.empty()) {
        const auto [low, high] = std::ranges::minmax(m_points, {}, &Point::recall);
        m_bottom = std::max(0.0, std::floor((low.recall - 0.02) * 10) / 10);
        m_top = std::min(1.0, std::ceil((high.recall + 0.02) * 10) / 10);
        m_left = std::max(m_points.front().milliseconds, 1e-3) / 1.6;
        m_right = std::max(m_points.back().milliseconds, 1e-3) * 2.5;  // names stand at the right of their marks
    }
    for (const Point& point : m_points)
        values << tr("%1: %2 percent, %3 milliseconds")
                      .arg(point.name, QLocale().toString(100 * point.recall, 'f', 1), text(point.milliseconds));
    setAccessibleDescription(values.join(QStringLiteral("; ")));
    update();
}

QRectF FrontPlot::area() const {
    return QRectF(rect()).adjusted(px(kLeft), px(kTop), -px(kRight), -px(kFoot));
}

QPointF FrontPlot::place(const Point& point) const {
    const QRectF box = area();
    const double x = std::log(std::max(point.milliseconds, 1e-3) / m_left) / std::log(m_right / m_left);
    const double y = (point.recall - m_bottom) / (m_top - m_bottom);
    return {box.left() + x * box.width(), box.bottom() - y * box.height()};
}

void FrontPlot::paintAxes(QPainter& painter) const {
    const Tokens& t = Theme::instance().tokens();
    const QRectF box = area();
    const int line = px(16);
    painter.setFont(Theme::instance().font(11));
    const int steps = static_cast<int>(std::lround((m_top - m_bottom) * 10));
    const int stride = std::max(1, static_cast<int>(std::ceil(steps * px(28) / std::max(1.0, box.height()))));
    for (int i = 0; i <= steps; i += stride) {
        const double recall = m_bottom + i / 10.0;
        const int y =
            static_cast<int>(std::lround(box.bottom() - (recall - m_bottom) / (m_top - m_bottom) * box.height()));
        painter.fillRect(QRectF(box.left(), y, box.width(), 1), t.gridLine);
        painter.setPen(t.text3);
        drawTabular(painter, QRectF(0, y - line / 2.0, px(kLeft - 8), line),
                    QStringLiteral("%1%").arg(std::lround(100 * recall)));
    }
    painter.fillRect(QRectF(box.left(), std::lround(box.bottom()), box.width(), 1), t.outline);
    for (const double tick : timeTicks(m_left, m_right)) {
        const double x = place({{}, tick, m_bottom, false}).x();
        painter.fillRect(QRectF(std::lround(x), std::lround(box.bottom()), 1, px(4)), t.outline);
        painter.setPen(t.text3);
        drawTabular(painter, QRectF(x - px(24), box.bottom() + px(5), px(48), line), text(tick), Qt::AlignCenter);
    }
    painter.setPen(t.text3);
    painter.drawText(QRectF(box.left(), box.bottom() + px(20), box.width(), line), Qt::AlignRight | Qt::AlignVCenter,
                     tr("ms an image"));
}

/// Each at the right of its mark, else at its left, else not: names do not lie on each other.
void FrontPlot::paintNames(QPainter& painter) const {
    const QFontMetricsF metrics(painter.font());
    std::vector<QRectF> taken;
    for (const Point& point : m_points) {
        const QPointF at = place(point);
        taken.emplace_back(at.x() - px(kMark), at.y() - px(kMark), 2 * px(kMark), 2 * px(kMark));
    }
    for (const Point& point : m_points) {
        const QPointF at = place(point);
        const QString name = metrics.elidedText(point.name, Qt::ElideMiddle, px(200));
        const QSizeF size(metrics.horizontalAdvance(name) + 2, metrics.height());
        const double gap = px(kMark + 5);
        for (const QPointF corner : {QPointF(at.x() + gap, at.y() - size.height() / 2),
                                     QPointF(at.x() - gap - size.width(), at.y() - size.height() / 2),
                                     QPointF(at.x() - size.width() / 2, at.y() - gap - size.height()),
                                     QPointF(at.x() - size.width() / 2, at.y() + gap)}) {
            const QRectF box(corner, size);
            const bool isFree = std::ranges::none_of(taken, [&](const QRectF& other) { return other.intersects(box); });
            if (!isFree || !QRectF(rect()).contains(box) || box.bottom() > area().bottom()) continue;
            painter.setPen(colour(point.isOnFront ? &Tokens::text : &Tokens::text2));
            painter.drawText(box, Qt::AlignCenter, name);
            taken.push_back(box);
            break;
        }
    }
}

void FrontPlot::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    if (m_points.empty()) return;
    paintAxes(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    QPolygonF front;
    for (const Point& point : m_points)
        if (point.isOnFront) front << place(point);
    painter.setPen(QPen(t.accent, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(front);
    const double mark = px(kMark);
    for (const Point& point : m_points) {
        const QPointF at = place(point);
        if (point.isOnFront) {
            const double d = mark * 1.3;
            painter.setPen(QPen(t.surface, 1.5));
            painter.setBrush(t.accent);
            painter.drawPolygon(
                QPolygonF{at + QPointF(0, -d), at + QPointF(d, 0), at + QPointF(0, d), at + QPointF(-d, 0)});
        } else {
            painter.setPen(QPen(t.bar, 2));
            painter.setBrush(t.surface);
            painter.drawEllipse(at, mark - 1, mark - 1);
        }
    }
    painter.setFont(Theme::instance().font(11));
    paintNames(painter);
}

bool FrontPlot::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QStringList lines;
    for (const Point& point : m_points)
        if (QLineF(place(point), help->pos()).length() <= px(kNear))
            lines << tr("%1: %2%, %3 ms an image")
                         .arg(point.name, QLocale().toString(100 * point.recall, 'f', 1), text(point.milliseconds));
    QToolTip::showText(help->globalPos(), lines.join(QLatin1Char('\n')), this);
    return true;
}

}  // namespace diagonal
