// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/calibration_view.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>

#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/reliability.h"
#include "ui/base/paths.h"
#include "ui/style/theme.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kPlotLeft = 48, kPlotRight = 16, kPlotTop = 8, kPlotFoot = 24, kCounts = 60, kCountsText = 16,
              kCountsFoot = 18, kBinMark = 4, kFactsWidth = 264;

constexpr EvaluationTask kShown[] = {EvaluationTask::ZeroShot, EvaluationTask::FewShot, EvaluationTask::LinearProbe};

const TaskResult* calibratedOf(const ShownRow& row) {
    const TaskResult* result = row.result(EvaluationTask::ZeroShot);
    return result != nullptr && result->calibration ? result : nullptr;
}

double meanConfidence(const std::vector<ReliabilityBin>& bins) {
    double sum = 0, count = 0;
    for (const ReliabilityBin& bin : bins) {
        sum += bin.confidence * static_cast<double>(bin.count);
        count += static_cast<double>(bin.count);
    }
    return count > 0 ? sum / count : NAN;
}

double meanAccuracy(const std::vector<ReliabilityBin>& bins) {
    double sum = 0, count = 0;
    for (const ReliabilityBin& bin : bins) {
        sum += bin.accuracy * static_cast<double>(bin.count);
        count += static_cast<double>(bin.count);
    }
    return count > 0 ? sum / count : NAN;
}

/// Null where the row has no such probe, or it was evaluated before its answers were kept.
const TaskResult* probeOf(const ShownRow& row, EvaluationTask task) {
    const TaskResult* result = row.result(task);
    return result != nullptr && result->answers.size() > 0 ? result : nullptr;
}

}  // namespace

ReliabilityPlot::ReliabilityPlot(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Reliability diagram"));
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    followTheme(this, [this] { update(); });
}

void ReliabilityPlot::setCalibration(const Calibration* calibration) {
    m_isThere = calibration != nullptr;
    m_calibration = m_isThere ? *calibration : Calibration();
    QStringList bins;
    for (const ReliabilityBin& bin : m_calibration.bins)
        if (bin.count > 0)
            bins << tr("%Ln answer(s) that say %1 are right in %2", nullptr, static_cast<int>(bin.count))
                        .arg(formatPercent(bin.confidence), shareText(bin.accuracy));
    setAccessibleDescription(bins.join(QStringLiteral("; ")));
    update();
}

QSize ReliabilityPlot::sizeHint() const {
    return {px(300), px(320)};
}

QSize ReliabilityPlot::minimumSizeHint() const {
    return {px(200), px(180)};
}

QRectF ReliabilityPlot::plotArea() const {
    return QRectF(rect()).adjusted(px(kPlotLeft), px(kPlotTop), -px(kPlotRight), -px(kPlotFoot + kCounts));
}

void ReliabilityPlot::paintBins(QPainter& painter, const std::vector<ReliabilityBin>& bins, bool isFitted) const {
    const QRectF area = plotArea();
    const QColor ink = colour(isFitted ? &Tokens::accent : &Tokens::text2);
    for (const ReliabilityBin& bin : bins) {
        if (bin.count == 0) continue;
        const auto y = [&](double share) { return area.bottom() - area.height() * std::clamp(share, 0.0, 1.0); };
        const QPointF at(area.left() + area.width() * bin.confidence, y(bin.accuracy));
        painter.setPen(QPen(ink, 1.5));
        painter.drawLine(QPointF(at.x(), y(bin.ci95.low)), QPointF(at.x(), y(bin.ci95.high)));
        painter.setBrush(isFitted ? ink : colour(&Tokens::surface));
        if (isFitted)
            painter.drawEllipse(at, px(kBinMark) - 1, px(kBinMark) - 1);
        else
            painter.drawRect(QRectF(at.x() - px(kBinMark), at.y() - px(kBinMark), 2 * px(kBinMark), 2 * px(kBinMark)));
    }
}

void ReliabilityPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!m_isThere) return;
    const QRectF area = plotArea();
    painter.setFont(Theme::instance().font(11));
    for (const double tick : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const double y = area.bottom() - area.height() * tick, x = area.left() + area.width() * tick;
        painter.fillRect(QRectF(area.left(), std::round(y), area.width(), 1),
                         colour(tick == 0 ? &Tokens::outline : &Tokens::gridLine));
        painter.setPen(colour(&Tokens::text3));
        const QString text = formatShare(formatNumber(100 * tick, 0));
        drawTabular(painter, QRectF(0, y - px(9), area.left() - px(8), px(18)), text);
        drawTabular(painter, QRectF(x - px(30), area.bottom() + px(4), px(60), px(18)), text,
                    Qt::AlignHCenter | Qt::AlignVCenter);
    }
    QPen dashed(colour(&Tokens::text2), 1.25);
    dashed.setDashPattern({4, 3});
    painter.setPen(dashed);
    painter.drawLine(area.bottomLeft(), area.topRight());
    paintBins(painter, m_calibration.bins, false);
    paintBins(painter, m_calibration.fittedBins, true);
    size_t most = 1, high = 0;
    for (const ReliabilityBin& bin : m_calibration.bins) {
        most = std::max(most, bin.count);
        if (bin.low >= 0.9) high += bin.count;
    }
    const double foot = height() - px(kCountsFoot), top = area.bottom() + px(kPlotFoot + kCountsText);
    for (const ReliabilityBin& bin : m_calibration.bins) {
        const double left = area.left() + area.width() * bin.low, right = area.left() + area.width() * bin.high;
        const double size = (foot - top) * static_cast<double>(bin.count) / static_cast<double>(most);
        painter.fillRect(QRectF(left + 1, foot - size, right - left - 1, size), colour(&Tokens::bar));
    }
    painter.fillRect(QRectF(area.left(), foot, area.width(), 1), colour(&Tokens::outline));
    painter.setPen(colour(&Tokens::text3));
    painter.drawText(QRectF(area.left(), top - px(kCountsText), area.width() * 0.85, px(kCountsText)),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(
                         tr("%1 of %Ln answer(s) say 93% or more", nullptr, static_cast<int>(m_calibration.pictures))
                             .arg(formatCount(static_cast<qint64>(high))),
                         Qt::ElideRight, static_cast<int>(area.width() * 0.85)));
    painter.drawText(QRectF(area.left(), foot + px(2), area.width(), px(kCountsFoot - 2)), Qt::AlignCenter,
                     tr("said probability"));
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(&Tokens::accent), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void ReliabilityPlot::contextMenuEvent(QContextMenuEvent* event) {
    if (!m_isThere) return;
    QMenu menu;
    Exports exports;
    exports.name = QStringLiteral("reliability");
    exports.picture = [this] { return grab(); };
    exports.drawing = [this](QIODevice& out) { out.write(QByteArray::fromStdString(reliabilitySvg(m_calibration))); };
    addExports(menu, this, exports);
    menu.exec(event->globalPos());
}

CalibrationView::CalibrationView(QWidget* parent)
    : QWidget(parent),
      m_header(new SectionHeader(tr("Calibration"))),
      m_which(new SegmentedControl({tr("Zero-shot"), {}, tr("Probe, all")})),
      m_plot(new ReliabilityPlot),
      m_numbers(new TextLabel({}, 12)),
      m_verdict(makeWrapped({}, 12)),
      m_note(makeWrapped({}, 12, 400, &Tokens::text2)),
      m_use(makeButton({})),
      m_reset(new LinkLabel(tr("Use the model's own again"))),
      m_side(new QWidget) {
    m_which->setAccessibleName(tr("Whose probabilities"));
    m_which->setSegmentToolTip(1, tr("The first draw of the most pictures a class"));
    m_which->setSegmentToolTip(2, tr("The linear probe, on all pictures to learn from"));
    m_header->addRight(m_which);
    m_numbers->setTextFormat(Qt::RichText);
    m_reset->setLook(12, 600);
    auto* buttons = makeRow({m_use, stretch(1)});
    m_side->setLayout(
        makeColumn({m_numbers, new Hairline, m_verdict, buttons, {m_reset, 0, Qt::AlignLeft}, m_note, stretch(1)}, 10,
                   {8, 4, 16, 8}));
    auto* facts = makeScroll(m_side);
    facts->setFixedWidth(px(kFactsWidth));
    setLayout(
        makeColumn({makeRow({{m_header, 1}}, 0, {0, 0, 16, 0}), makeRow({{m_plot, 1}, facts}, 4)}, 0, {16, 0, 0, 8}));
    connect(m_which, &SegmentedControl::activated, this, [this](int index) {
        m_wanted = index;
        refresh();
    });
    connect(m_use, &QPushButton::clicked, this, [this] {
        if (const TaskResult* result = calibratedOf(m_row))
            Q_EMIT temperatureWanted(fromPath(m_row.evaluation().model), result->calibration->fittedTemperature);
    });
    connect(m_reset, &LinkLabel::clicked, this, [this] {
        if (!m_row.isEmpty()) Q_EMIT temperatureWanted(fromPath(m_row.evaluation().model), 0);
    });
    refresh();
}

void CalibrationView::setRow(const ShownRow& row) {
    m_row = row;
    refresh();
}

void CalibrationView::setKept(double temperature) {
    m_kept = temperature;
    refresh();
}

QString CalibrationView::verdict() const {
    return m_verdict->text();
}

void CalibrationView::showChoices() {
    const bool isThere[] = {m_row.result(EvaluationTask::ZeroShot) != nullptr, probeOf(m_row, kShown[1]) != nullptr,
                            probeOf(m_row, kShown[2]) != nullptr};
    const QSignalBlocker blocker(m_which);  // a choice that is not there moves on, and nobody chose that
    for (int i = 0; i < 3; ++i)
        m_which->setSegmentVisible(i, isThere[i]);
    if (isThere[m_wanted]) m_which->setCurrentIndex(m_wanted);
    if (const TaskResult* few = probeOf(m_row, EvaluationTask::FewShot); few != nullptr && few->fewShot)
        m_which->setSegmentText(1, tr("Probe, %1", "pictures a class").arg(few->fewShot->points.back().shots));
    m_which->setVisible(isThere[1] || isThere[2]);
}

void CalibrationView::showNumbers(const std::vector<std::array<QString, 3>>& lines) {
    QString table = QStringLiteral("<table>");
    for (const auto& [name, own, fitted] : lines)
        table += QStringLiteral(
                     "<tr><td>%1</td><td align='right' style='padding-left:10px'>%2</td>"
                     "<td align='right' style='padding-left:10px'><b>%3</b></td></tr>")
                     .arg(name.toHtmlEscaped(), own.toHtmlEscaped(), fitted.toHtmlEscaped());
    m_numbers->setText(table + QStringLiteral("</table>"));
}

void CalibrationView::showVerdict(const std::vector<ReliabilityBin>& bins) {
    const double said = meanConfidence(bins), right = meanAccuracy(bins);
    const QString saidText = formatPercent(said), rightText = shareText(right);
    m_verdict->setText(
        std::abs(said - right) < 0.01
            ? tr("About right: its answers say %1 on average and are right %2 of the time.").arg(saidText, rightText)
        : said > right
            ? tr("Too sure: its answers say %1 on average and are right %2 of the time.").arg(saidText, rightText)
            : tr("Not sure enough: its answers say %1 on average and are right %2 of the time.")
                  .arg(saidText, rightText));
}

void CalibrationView::showProbe(const TaskResult& result) {
    const ClassFigures figures = figuresOf(result.answers);
    Calibration one;
    one.pictures = result.answers.size();
    one.bins = reliability(result.answers);
    m_plot->setCalibration(&one);
    showNumbers({{tr("ECE"), shareText(figures.ece), {}},
                 {tr("Log loss"), formatCosine(figures.logLoss), {}},
                 {tr("Top-1"), shareText(figures.top1), {}}});
    showVerdict(one.bins);
    m_header->setNote(tr("probe, %Ln answer(s)", nullptr, static_cast<int>(one.pictures)));
    m_note->setText(result.task == EvaluationTask::FewShot
                        ? tr("The first draw of %Ln picture(s) a class.", nullptr, result.fewShot->points.back().shots)
                        : tr("The linear probe, on all pictures to learn from."));
}

void CalibrationView::showFitted(const Calibration& one) {
    m_plot->setCalibration(&one);
    m_header->setNote(tr("zero-shot, %Ln answer(s)", nullptr, static_cast<int>(one.pictures)));
    const QString right = shareText(meanAccuracy(one.bins));
    showNumbers({{QString(), tr("model's □"), tr("fitted ●")},
                 {tr("Temperature"), formatTemperature(one.temperature), formatTemperature(one.fittedTemperature)},
                 {tr("ECE"), shareText(one.ece), shareText(one.fittedEce)},
                 {tr("Log loss"), formatCosine(one.logLoss), formatCosine(one.fittedLogLoss)},
                 {tr("Top-1"), right, right}});
    showVerdict(one.bins);
    const bool isKept = m_kept > 0 && formatTemperature(m_kept) == formatTemperature(one.fittedTemperature);
    m_use->setText(isKept ? tr("In use: %1").arg(formatTemperature(m_kept))
                          : tr("Use %1").arg(formatTemperature(one.fittedTemperature)));
    m_use->setEnabled(!isKept && one.isBetter());
    m_use->setToolTip(one.isBetter()
                          ? tr("Keep the fitted temperature beside the model; Label then uses it and says so")
                          : tr("Its ECE is not better than with the model's own temperature"));
    const QString fitted = tr("Fitted on %1. Changes no answer, only how sure it is.").arg(chosenOnText(one.fittedOn));
    m_note->setText(one.isBetter() ? fitted
                                   : tr("The fitted temperature is not better than the model's own: it is not kept.") +
                                         QLatin1Char(' ') + fitted);
}

void CalibrationView::refresh() {
    showChoices();
    const TaskResult* fitted = calibratedOf(m_row);
    const TaskResult* probe = probeOf(m_row, kShown[m_which->currentIndex()]);
    const bool isProbe = m_which->currentIndex() > 0 && probe != nullptr;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_numbers, m_plot})
        widget->setVisible(isProbe || fitted != nullptr);
    m_use->setVisible(!isProbe && fitted != nullptr);
    m_reset->setVisible(!isProbe && fitted != nullptr && m_kept > 0);
    if (isProbe) return showProbe(*probe);
    if (fitted != nullptr) return showFitted(*fitted->calibration);
    m_plot->setCalibration(nullptr);
    m_header->setNote({});
    m_note->setText({});
    m_verdict->setText(
        m_row.isEmpty() ? QString()
        : m_row.result(EvaluationTask::ZeroShot) != nullptr
            ? tr("All answers are right, or too few pictures are left to fit a temperature on and to measure it.")
            : tr("Tick Zero-shot and calibration: how sure the model is, is compared with how often it is right."));
}

}  // namespace diagonal
