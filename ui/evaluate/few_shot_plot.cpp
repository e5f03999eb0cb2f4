// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/few_shot_plot.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/evaluation/evaluation_charts.h"
#include "ui/evaluate/shown_row.h"
#include "ui/style/theme.h"
#include "ui/widgets/colour_legend.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kShotLeft = 56, kShotRight = 24, kShotTop = 12, kShotFoot = 28, kLegendRow = 20, kMark = 4;
constexpr std::array<ColourRole, 4> kCurveColours = {&Tokens::imageToText, &Tokens::textToImage, &Tokens::fourth,
                                                     &Tokens::text};

const QColor& curveColour(size_t number) {
    return colour(kCurveColours[number % kCurveColours.size()]);
}

/// Circle, square, triangle, diamond.
void paintMark(QPainter& painter, const QPointF& at, size_t number, double r) {
    painter.setPen(QPen(colour(&Tokens::surface), 1));
    painter.setBrush(curveColour(number));
    switch (number % 4) {
        case 0:
            painter.drawEllipse(at, r, r);
            break;
        case 1:
            painter.drawRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r));
            break;
        case 2:
            painter.drawPolygon(QPolygonF{at + QPointF(0, -r), at + QPointF(r, r), at + QPointF(-r, r)});
            break;
        default:
            painter.drawPolygon(
                QPolygonF{at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at + QPointF(-r, 0)});
    }
}

const TaskResult* resultOf(const ModelEvaluation& model, EvaluationTask task) {
    const auto found = std::ranges::find(model.results, task, &TaskResult::task);
    return found == model.results.end() ? nullptr : &*found;
}

}  // namespace

FewShotPlot::FewShotPlot(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Accuracy by labelled pictures a class"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    followTheme(this, [this] { update(); });
}

void FewShotPlot::setReport(std::shared_ptr<const EvaluationReport> report) {
    m_report = std::move(report);
    m_curves.clear();
    m_shots.clear();
    m_hasAll = false;
    m_cursor = -1;
    double low = 1, high = 0;
    if (m_report)
        for (size_t m = 0; m < m_report->models.size(); ++m) {
            const ModelEvaluation& model = m_report->models[m];
            const TaskResult* result = resultOf(model, EvaluationTask::FewShot);
            if (result == nullptr || !result->fewShot) continue;
            const TaskResult* probe = resultOf(model, EvaluationTask::LinearProbe);
            const Metric* all = probe != nullptr ? probe->metric("lp_acc1") : nullptr;
            m_curves.push_back(
                {QString::fromStdString(m_report->modelName(m)), &*result->fewShot, all != nullptr ? all->value : NAN});
            m_hasAll = m_hasAll || all != nullptr;
            for (const FewShotPoint& point : result->fewShot->points) {
                if (std::ranges::find(m_shots, point.shots) == m_shots.end()) m_shots.push_back(point.shots);
                low = std::min(low, point.mean - point.deviation);
                high = std::max(high, point.mean + point.deviation);
            }
            for (const double value : {result->fewShot->zeroShot, m_curves.back().all})
                if (std::isfinite(value)) {
                    low = std::min(low, value);
                    high = std::max(high, value);
                }
        }
    std::ranges::sort(m_shots);
    m_low = std::max(0.0, std::floor(low * 10) / 10);
    m_high = std::min(1.0, std::ceil((high + 0.02) * 10) / 10);
    if (m_high <= m_low) m_high = m_low + 0.1;
    QStringList sentences{verdict()};
    for (int place = 0; place < places(); ++place) {
        m_cursor = place;
        sentences << reading();
    }
    m_cursor = -1;
    setAccessibleDescription(sentences.join(QStringLiteral("; ")));
    update();
}

QString FewShotPlot::verdict() const {
    if (m_curves.empty()) return {};
    const QString few = tr("less than the fewest"), many = tr("more than the most");
    QStringList worths, names;
    double least = INFINITY, most = 0;
    for (const Curve& curve : m_curves) {
        const double worth = curve.curve->shotsWorth;
        if (!std::isfinite(curve.curve->zeroShot)) continue;
        worths << (worth == 0 ? few : std::isfinite(worth) ? formatNumber(worth, worth < 10 ? 1 : 0) : many);
        names << curve.name;
        least = std::min(least, worth);
        most = std::max(most, worth);
    }
    if (worths.isEmpty()) return tr("Tick Zero-shot too, to see how many labelled pictures it is worth");
    if (worths.count(few) == worths.size())
        return tr("A few labelled pictures a class are better than zero-shot already");
    if (worths.count(many) == worths.size()) return tr("Zero-shot is better than these labelled pictures a class");
    if (worths.size() == 1) return tr("Zero-shot is worth about %1 labelled pictures a class").arg(worths.first());
    QStringList each;
    for (qsizetype i = 0; i < worths.size(); ++i)
        each << tr("%1 %2", "model, labelled pictures").arg(names[i], worths[i]);
    const QString all = each.join(QStringLiteral(", "));
    if (least == 0 || !std::isfinite(most)) return tr("Zero-shot is worth, in labelled pictures a class: %1").arg(all);
    const QString low = formatNumber(least, 0), high = formatNumber(most, 0);
    return QStringLiteral("%1 (%2)").arg(tr("Zero-shot is worth about %1 labelled pictures a class")
                                             .arg(low == high ? low : tr("%1 to %2", "from, to").arg(low, high)),
                                         all);
}

int FewShotPlot::places() const {
    return static_cast<int>(m_shots.size()) + (m_hasAll ? 1 : 0);
}

double FewShotPlot::valueAt(const Curve& curve, int place) const {
    if (place >= static_cast<int>(m_shots.size())) return curve.all;
    for (const FewShotPoint& point : curve.curve->points)
        if (point.shots == m_shots[static_cast<size_t>(place)]) return point.mean;
    return NAN;
}

QString FewShotPlot::reading() const {
    if (m_cursor < 0) return {};
    const bool isAll = m_cursor >= static_cast<int>(m_shots.size());
    QStringList values;
    for (const Curve& curve : m_curves)
        values << tr("%1 %2", "model, accuracy").arg(curve.name, shareText(valueAt(curve, m_cursor)));
    return (isAll ? tr("all pictures: %1") : tr("%1 a class: %2").arg(m_shots[static_cast<size_t>(m_cursor)]))
        .arg(values.join(QStringLiteral(", ")));
}

QString FewShotPlot::detail() const {
    if (m_cursor < 0) return {};
    const bool isAll = m_cursor >= static_cast<int>(m_shots.size());
    QStringList lines{isAll ? tr("All labelled pictures")
                            : tr("%Ln labelled picture(s) a class", nullptr, m_shots[static_cast<size_t>(m_cursor)])};
    for (const Curve& curve : m_curves) {
        const double value = valueAt(curve, m_cursor);
        if (!std::isfinite(value)) continue;
        QString line = tr("%1: %2", "model, accuracy").arg(curve.name, shareText(value));
        for (const FewShotPoint& point : curve.curve->points)
            if (!isAll && point.shots == m_shots[static_cast<size_t>(m_cursor)] && point.accuracies.size() > 1)
                line += tr(" ± %1 (spread of %2 seeds)")
                            .arg(formatNumber(100 * point.deviation, 1), formatCount(std::ssize(point.accuracies)));
        const double ahead = 100 * (value - curve.curve->zeroShot);
        if (std::isfinite(ahead))
            line += ahead < 0 ? tr(", %1 behind zero-shot").arg(formatNumber(-ahead, 1))
                              : tr(", %1 ahead of zero-shot").arg(formatNumber(ahead, 1));
        lines << line;
    }
    return lines.join(QLatin1Char('\n'));
}

QSize FewShotPlot::sizeHint() const {
    return {px(520), px(300)};
}

QSize FewShotPlot::minimumSizeHint() const {
    return {px(300), px(180)};
}

QRectF FewShotPlot::plotArea() const {
    const int legend = px(kLegendRow) * static_cast<int>((m_curves.size() + 2) / 3);
    return {double(px(kShotLeft)), double(px(kShotTop) + legend), double(width() - px(kShotLeft + kShotRight)),
            double(height() - px(kShotTop + kShotFoot) - legend)};
}

double FewShotPlot::xOf(double shots) const {
    const QRectF area = plotArea();
    const double low = std::log2(m_shots.front()), high = std::log2(std::max(m_shots.back(), m_shots.front() + 1));
    const double right = area.right() - (m_hasAll ? area.width() * 0.2 : px(12));
    const double left = area.left() + px(12);
    return left + (right - left) * (std::log2(shots) - low) / std::max(high - low, 1e-9);
}

double FewShotPlot::xOfAll() const {
    return plotArea().right() - px(24);
}

double FewShotPlot::yOf(double share) const {
    const QRectF area = plotArea();
    return area.bottom() - area.height() * (share - m_low) / (m_high - m_low);
}

void FewShotPlot::paintCurve(QPainter& painter, size_t number) const {
    const Curve& one = m_curves[number];
    const QColor ink = curveColour(number);
    QPolygonF band, line;
    for (const FewShotPoint& point : one.curve->points) {
        band << QPointF(xOf(point.shots), yOf(point.mean + point.deviation));
        line << QPointF(xOf(point.shots), yOf(point.mean));
    }
    for (auto point = one.curve->points.rbegin(); point != one.curve->points.rend(); ++point)
        band << QPointF(xOf(point->shots), yOf(point->mean - point->deviation));
    QColor soft = ink;
    soft.setAlphaF(0.14F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(soft);
    painter.drawPolygon(band);
    const QRectF area = plotArea();
    if (std::isfinite(one.curve->zeroShot)) {
        QPen dashed(ink, 1.25);
        dashed.setDashPattern({4, 3});
        painter.setPen(dashed);
        const double y = yOf(one.curve->zeroShot);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
    if (std::isfinite(one.all) && !line.isEmpty()) {
        QColor faint = ink;
        faint.setAlphaF(0.5F);
        painter.setPen(QPen(faint, 1));
        painter.drawLine(line.last(), QPointF(xOfAll(), yOf(one.all)));
        paintMark(painter, {xOfAll(), yOf(one.all)}, number, px(kMark));
    }
    for (const QPointF& point : line)
        paintMark(painter, point, number, px(kMark));
    const double worth = one.curve->shotsWorth;
    if (worth > 0 && std::isfinite(worth) && std::isfinite(one.curve->zeroShot)) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(ink, 1.5));
        painter.drawEllipse(QPointF(xOf(worth), yOf(one.curve->zeroShot)), px(7), px(7));
    }
}

void FewShotPlot::paintLegend(QPainter& painter) const {
    const int place = m_cursor >= 0 ? m_cursor : static_cast<int>(m_shots.size()) - 1;
    const int column = (width() - px(kShotLeft)) / 3;
    painter.setFont(Theme::instance().font(12));
    for (size_t i = 0; i < m_curves.size(); ++i) {
        const int left = px(16) + column * static_cast<int>(i % 3),
                  top = px(2) + px(kLegendRow) * static_cast<int>(i / 3);
        const double y = top + px(kLegendRow) / 2.0;
        painter.setPen(QPen(curveColour(i), 2));
        painter.drawLine(QPointF(left, y), QPointF(left + px(18), y));
        paintMark(painter, QPointF(left + px(9), y), i, px(kMark));
        const QString value = shareText(valueAt(m_curves[i], place));
        const QString name = painter.fontMetrics().elidedText(m_curves[i].name, Qt::ElideMiddle, column - px(24 + 60));
        painter.setPen(colour(&Tokens::text));
        painter.drawText(QRect(left + px(24), top, column, px(kLegendRow)), Qt::AlignLeft | Qt::AlignVCenter, name);
        painter.setFont(Theme::instance().font(12, 600));
        drawTabular(painter,
                    QRectF(left + px(30) + painter.fontMetrics().horizontalAdvance(name), top, px(60), px(kLegendRow)),
                    value, Qt::AlignLeft | Qt::AlignVCenter);
        painter.setFont(Theme::instance().font(12));
    }
    const QString at = place >= static_cast<int>(m_shots.size())
                           ? tr("all pictures")
                           : tr("at %1 a class").arg(m_shots[static_cast<size_t>(place)]);
    painter.setPen(colour(&Tokens::text3));
    painter.drawText(QRect(0, px(2), width() - px(kShotRight), px(kLegendRow)), Qt::AlignRight | Qt::AlignVCenter, at);
}

void FewShotPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), colour(&Tokens::surface));
    if (m_curves.empty() || m_shots.empty()) return;
    const QRectF area = plotArea();
    painter.setFont(Theme::instance().font(11));
    for (const double tick : niceTicks(m_low, m_high, 6)) {
        painter.fillRect(QRectF(area.left(), std::round(yOf(tick)), area.width(), 1), colour(&Tokens::gridLine));
        painter.setPen(colour(&Tokens::text3));
        drawTabular(painter, QRectF(0, yOf(tick) - px(9), area.left() - px(8), px(18)),
                    formatShare(formatNumber(100 * tick, 0)));
    }
    painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), colour(&Tokens::outline));
    const auto tickText = [&](double x, const QString& text) {
        painter.fillRect(QRectF(std::round(x), area.bottom(), 1, px(4)), colour(&Tokens::outline));
        drawTabular(painter, QRectF(x - px(40), area.bottom() + px(5), px(80), px(18)), text,
                    Qt::AlignHCenter | Qt::AlignVCenter);
    };
    for (const int shots : m_shots)
        tickText(xOf(shots), formatCount(shots));
    if (m_hasAll) {
        tickText(xOfAll(), tr("all"));
        const double middle = (xOf(m_shots.back()) + xOfAll()) / 2;
        painter.fillRect(QRectF(middle - px(3), area.bottom() - 1, px(6), 3), colour(&Tokens::surface));
        painter.setPen(QPen(colour(&Tokens::outline), 1));
        for (const double x : {middle - px(3), middle + px(3)})
            painter.drawLine(QPointF(x - px(2), area.bottom() + px(4)), QPointF(x + px(2), area.bottom() - px(4)));
    }
    for (size_t i = 0; i < m_curves.size(); ++i)
        paintCurve(painter, i);
    paintLegend(painter);
    if (m_cursor >= 0) {
        const double x =
            m_cursor < static_cast<int>(m_shots.size()) ? xOf(m_shots[static_cast<size_t>(m_cursor)]) : xOfAll();
        painter.fillRect(QRectF(std::round(x), area.top(), 1, area.height()), colour(&Tokens::text3));
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(&Tokens::accent), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void FewShotPlot::setCursor(int place) {
    if (place == m_cursor) return;
    m_cursor = place < places() ? place : -1;
    update();
    QAccessibleValueChangeEvent changed(this, detail());
    QAccessible::updateAccessibility(&changed);
}

void FewShotPlot::mouseMoveEvent(QMouseEvent* event) {
    int nearest = -1;
    double distance = px(40);
    for (int place = 0; place < places(); ++place) {
        const double x = place < static_cast<int>(m_shots.size()) ? xOf(m_shots[static_cast<size_t>(place)]) : xOfAll();
        if (std::abs(x - event->position().x()) < distance) {
            distance = std::abs(x - event->position().x());
            nearest = place;
        }
    }
    setCursor(nearest);
    QToolTip::showText(event->globalPosition().toPoint(), detail(), this);
}

void FewShotPlot::keyPressEvent(QKeyEvent* event) {
    if (places() == 0) return QWidget::keyPressEvent(event);
    if (event->key() == Qt::Key_Left)
        setCursor(m_cursor < 0 ? places() - 1 : std::max(0, m_cursor - 1));
    else if (event->key() == Qt::Key_Right)
        setCursor(std::min(places() - 1, m_cursor + 1));
    else
        QWidget::keyPressEvent(event);
}

QByteArray FewShotPlot::csv() const {
    QByteArray text = "model,shots,mean,deviation,seeds,zero_shot\r\n";
    for (const Curve& one : m_curves)
        for (const FewShotPoint& point : one.curve->points)
            text += csvField(one.name) + "," + QByteArray::number(point.shots) + "," + QByteArray::number(point.mean) +
                    "," + QByteArray::number(point.deviation) + "," +
                    QByteArray::number(static_cast<qulonglong>(point.accuracies.size())) + "," +
                    (std::isfinite(one.curve->zeroShot) ? QByteArray::number(one.curve->zeroShot) : QByteArray()) +
                    "\r\n";
    return text;
}

void FewShotPlot::contextMenuEvent(QContextMenuEvent* event) {
    if (m_curves.empty()) return;
    QMenu menu;
    Exports exports;
    exports.name = QStringLiteral("few-shot");
    exports.picture = [this] { return grab(); };
    exports.table = [this] { return csv(); };
    exports.drawing = [this](QIODevice& out) { out.write(QByteArray::fromStdString(fewShotSvg(*m_report))); };
    addExports(menu, this, exports);
    menu.exec(event->globalPos());
}

}  // namespace diagonal
