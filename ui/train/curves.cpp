// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/curves.h"

#include <QCheckBox>
#include <QLocale>
#include <QSlider>
#include <cmath>

#include "ui/base/settings.h"
#include "ui/style/layouts.h"
#include "ui/train/metric_tiles.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/plot.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kFlush = 100, kRoomForCaptions = 680;
constexpr double kStart = 0.07, kSigmoidStart = 0.1;

QString percentTick(double value) {
    return formatShare(formatNumber(value * 100, 0));
}

QString temperatureTick(double scale) {
    return QLocale().toString(1 / scale, 'g', 2);
}

QString scaleTick(double scale) {
    return QLocale().toString(scale, 'g', 3);
}

std::vector<double> valuesOf(const std::vector<StepMetrics>& steps, double StepMetrics::*field) {
    std::vector<double> values;
    values.reserve(steps.size());
    for (const StepMetrics& metrics : steps)
        values.push_back(metrics.*field);
    return values;
}

QWidget* inset(QWidget* plot) {
    auto* frame = new QWidget;
    frame->setLayout(makeColumn({plot}, 0, {16, 0, 16, 4}));
    return frame;
}

}  // namespace

int smoothingWindow(int position) {
    return static_cast<int>(std::lround(std::pow(10.0, 3.0 * position / 100)));
}

Curves::Curves(QWidget* parent) : QWidget(parent) {
    makePlots();
    m_tiles = new MetricTiles;
    auto* lower = new Panel(&Tokens::surface, Qt::TopEdge);
    lower->setLayout(
        makeRow({{inset(m_temperature), 1}, new Hairline(Qt::Vertical), {inset(m_recall), 1}}, 0, {0, 1, 0, 0}));

    setLayout(makeColumn({makeControls(), {inset(m_loss), 10}, {lower, 7}, {m_tiles, 3}}));

    m_timer.setSingleShot(true);
    m_timer.setInterval(kFlush);
    connect(&m_timer, &QTimer::timeout, this, &Curves::flush);
    setSmoothing(m_smoothing->value());
}

QWidget* Curves::makeControls() {
    auto* bar = new Panel(&Tokens::sunken, Qt::BottomEdge);
    m_across = new SegmentedControl({tr("Step"), tr("Samples"), tr("Epoch"), tr("Time")});
    m_smoothing = new QSlider(Qt::Horizontal);
    m_smoothing->setRange(0, 100);
    m_smoothing->setFixedWidth(px(80));
    m_across->setAccessibleName(tr("Across"));
    m_smoothing->setAccessibleName(tr("Smoothing"));
    m_smoothing->setValue(settings().value(QStringLiteral("train/smoothing"), 45).toInt());
    m_window = new TabularLabel({}, 13);
    m_window->reserve(tr("%1 steps").arg(formatCount(1000)));
    m_window->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_logarithmic = new QCheckBox(tr("Log scale"));
    m_captions << new TextLabel(tr("Across"), 13, 400, &Tokens::text2)
               << new TextLabel(tr("Smoothing"), 13, 400, &Tokens::text2);
    bar->setLayout(makeRow(
        {m_captions[0], m_across, gap(12), m_captions[1], m_smoothing, m_window, gap(12), m_logarithmic, stretch()}, 8,
        {16, 6, 16, 6}));
    connect(m_across, &SegmentedControl::currentChanged, this, &Curves::rebuild);
    connect(m_smoothing, &QSlider::valueChanged, this, &Curves::setSmoothing);
    connect(m_logarithmic, &QCheckBox::toggled, this, [this](bool on) { m_loss->setLogarithmic(false, on); });
    return bar;
}

void Curves::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    for (QWidget* caption : m_captions)
        caption->setVisible(width() >= px(kRoomForCaptions));
}

void Curves::makePlots() {
    m_loss = new PlotView(tr("Contrastive loss"));
    addLosses();
    m_temperature = new PlotView(tr("Temperature"));
    m_scale = m_temperature->addSeries({QString(), &Tokens::accent, false, false});
    m_temperature->setLogarithmic(false, true);
    m_temperature->setYFormat(scaleTick);
    m_temperature->setRightFormat(temperatureTick);
    m_temperature->setLegendFormat([](double scale) {
        return tr("%1  scale %2").arg(formatTemperature(1 / scale), QLocale().toString(scale, 'f', 1));
    });
    m_recall = new PlotView(tr("Recall"));
    m_recall->setYFormat(percentTick);
    m_recall->setLegendFormat([](double value) { return QLocale().toString(value * 100, 'f', 1); });
    PlotView::link({m_loss, m_temperature, m_recall});
}

/// The teachers' part is there where the run has teachers.
void Curves::addLosses() {
    const bool isTaught = m_run && m_run->options().distillWeight > 0;
    m_loss->clearSeries();
    m_lossImage = m_loss->addSeries({tr("image-to-text"), &Tokens::imageToText, false, true});
    m_lossText = m_loss->addSeries({tr("text-to-image"), &Tokens::textToImage, true, true});
    m_lossValidation = m_loss->addSeries({tr("validation"), &Tokens::text, false, false});
    m_lossDistillation = isTaught ? m_loss->addSeries({tr("distillation"), &Tokens::fourth, false, true}) : -1;
}

Across Curves::across() const {
    return static_cast<Across>(m_across->currentIndex());
}

void Curves::setSmoothing(int position) {
    const int window = smoothingWindow(position);
    m_window->setText(tr("%1 steps").arg(formatCount(window)));
    m_loss->setSmoothing(window);
    settings().setValue(QStringLiteral("train/smoothing"), position);
}

void Curves::setRun(RunModel* run) {
    if (m_run) m_run->disconnect(this);
    m_run = run;
    if (m_run) {
        connect(m_run, &RunModel::reset, this, &Curves::rebuild);
        connect(m_run, &RunModel::stepsAdded, &m_timer, [this] {
            if (!m_timer.isActive()) m_timer.start();
        });
        connect(m_run, &RunModel::validationAdded, this, [this] {
            m_validationsDirty = true;
            if (!m_timer.isActive()) m_timer.start();
        });
        connect(m_run, &RunModel::checkpointAdded, this, &Curves::fillMarkers);
    }
    rebuild();
}

void Curves::rebuild() {
    static const QString kNames[] = {tr("step"), tr("sample"), tr("epoch"), tr("minute")};
    for (PlotView* plot : {m_loss, m_temperature, m_recall}) {
        plot->clearData();
        plot->setXName(kNames[static_cast<int>(across())]);
    }
    m_pushed = 0;
    addLosses();
    findLabels();
    m_recall->clearSeries();
    // With labels there is a third number; @5 makes room for it.
    m_recalls[0] = m_recall->addSeries({tr("@1"), &Tokens::imageToText, false, false});
    m_recalls[1] = m_hasZeroShot ? -1 : m_recall->addSeries({tr("@5"), &Tokens::fourth, false, false});
    m_recalls[2] = m_recall->addSeries({tr("@10"), &Tokens::textToImage, false, false});
    m_recalls[3] = m_hasZeroShot ? m_recall->addSeries({tr("top-1"), &Tokens::text, false, false}) : -1;
    m_recalls[4] = m_hasNeighbours ? m_recall->addSeries({tr("kNN"), &Tokens::fourth, false, false}) : -1;
    m_recalls[5] = m_hasProbe ? m_recall->addSeries({tr("probe"), &Tokens::fourth, true, false}) : -1;
    if (!m_run) {
        m_tiles->showRun(nullptr);
        return;
    }
    fillReferences();
    std::vector<double> x;
    for (size_t i = 0; i < m_run->steps().size(); ++i)
        x.push_back(m_run->xOf(i, across()));
    m_loss->setData(m_lossImage, x, valuesOf(m_run->steps(), &StepMetrics::lossImage));
    m_loss->setData(m_lossText, x, valuesOf(m_run->steps(), &StepMetrics::lossText));
    if (m_lossDistillation >= 0)
        m_loss->setData(m_lossDistillation, x, valuesOf(m_run->steps(), &StepMetrics::lossDistillation));
    m_temperature->setData(m_scale, x, valuesOf(m_run->steps(), &StepMetrics::logitScale));
    m_pushed = m_run->steps().size();
    fillValidations();
    fillMarkers();
    updateRange();
    m_tiles->showRun(m_run);
}

/// Which measures of labels there are; true where there are others than before.
bool Curves::findLabels() {
    const auto has = [this](double ValidationMetrics::*measure) {
        return m_run && !m_run->validations().empty() && m_run->validations().back().*measure >= 0;
    };
    const bool before[] = {m_hasZeroShot, m_hasNeighbours, m_hasProbe};
    m_hasZeroShot = has(&ValidationMetrics::zeroShotTop1);
    m_hasNeighbours = has(&ValidationMetrics::neighboursTop1);
    m_hasProbe = has(&ValidationMetrics::probeTop1);
    return before[0] != m_hasZeroShot || before[1] != m_hasNeighbours || before[2] != m_hasProbe;
}

void Curves::fillReferences() {
    const TrainOptions& options = m_run->options();
    m_loss->clearReferences();
    m_loss->setTitle(options.loss == "sigmoid"  ? tr("Sigmoid loss")
                     : options.loss == "soft"   ? tr("Soft-target loss")
                     : options.loss == "mutual" ? tr("Mutual-target loss")
                                                : tr("Contrastive loss"));
    fillTemperatureReferences();
    // Data smaller than a batch makes every batch all of it.
    const auto& steps = m_run->steps();
    const int64_t samples = steps.empty() || steps[0].step < 1 ? 0 : steps[0].samples / steps[0].step;
    const int64_t batch = samples > 0 ? samples : options.batchSize;
    if (batch < 2 || options.loss == "sigmoid") return;
    const double chance = std::log(static_cast<double>(batch));
    m_loss->addReference(chance, tr("chance: ln %1 = %2").arg(batch).arg(formatCosine(chance)));
}

/// Where the scale begins, and what it cannot exceed. The start of a model that is fine-tuned is its own.
void Curves::fillTemperatureReferences() {
    const TrainOptions& options = m_run->options();
    m_temperature->clearReferences();
    m_temperature->setTitle(options.fixTemperature ? tr("Temperature, fixed") : tr("Temperature"));
    const double clamp = 1 / options.minTemperature;
    const bool fineTuned = m_run->isFineTuned();
    const double initial = options.temperature > 0     ? options.temperature
                           : fineTuned                 ? 0
                           : options.loss == "sigmoid" ? kSigmoidStart
                                                       : kStart;
    double low = 10, high = options.fixTemperature ? 10 : clamp;
    for (const StepMetrics& metrics : m_run->steps()) {
        low = std::min(low, metrics.logitScale);
        high = std::max(high, metrics.logitScale);
    }
    if (initial > 0) {
        low = std::min(low, 0.9 / initial);
        high = std::max(high, 1 / initial);
    }
    if (low <= 0) return;
    m_temperature->setYRange(low, 1.1 * high);
    if (!options.fixTemperature)
        m_temperature->addReference(clamp, tr("clamp: %1").arg(scaleTick(clamp)), &Tokens::warnLine);
    if (initial > 0) m_temperature->addReference(1 / initial, tr("start: T %1").arg(temperatureTick(1 / initial)));
}

void Curves::flush() {
    if (!m_run) return;
    const auto& steps = m_run->steps();
    if (m_pushed == 0) fillReferences();
    for (; m_pushed < steps.size(); ++m_pushed) {
        const double x = m_run->xOf(m_pushed, across());
        m_loss->append(m_lossImage, x, steps[m_pushed].lossImage);
        m_loss->append(m_lossText, x, steps[m_pushed].lossText);
        if (m_lossDistillation >= 0) m_loss->append(m_lossDistillation, x, steps[m_pushed].lossDistillation);
        m_temperature->append(m_scale, x, steps[m_pushed].logitScale);
    }
    if (m_validationsDirty || m_run->skips().size() != m_skips) fillMarkers();
    if (m_validationsDirty) {
        m_validationsDirty = false;
        if (findLabels()) {
            rebuild();
        } else {
            fillValidations();
        }
    }
    updateRange();
    m_tiles->showRun(m_run);
}

void Curves::fillValidations() {
    std::vector<double> x, loss, at1, at5, at10, zeroShot, neighbours, probe;
    const auto measured = [](double value) { return value < 0 ? std::nan("") : value; };
    for (const ValidationMetrics& metrics : m_run->validations()) {
        const double at = m_run->xOfStep(metrics.step, across());
        if (std::isnan(at)) continue;
        x.push_back(at);
        loss.push_back(metrics.loss);
        at1.push_back(metrics.textToImage.at1);
        at5.push_back(metrics.textToImage.at5);
        at10.push_back(metrics.textToImage.at10);
        zeroShot.push_back(measured(metrics.zeroShotTop1));
        neighbours.push_back(measured(metrics.neighboursTop1));
        probe.push_back(measured(metrics.probeTop1));
    }
    m_loss->setData(m_lossValidation, x, loss);
    const std::vector<double>* values[] = {&at1, &at5, &at10, &zeroShot, &neighbours, &probe};
    for (int i = 0; i < 6; ++i)
        if (m_recalls[i] >= 0) m_recall->setData(m_recalls[i], x, *values[i]);
}

void Curves::fillMarkers() {
    m_loss->clearMarkers();
    if (!m_run) return;
    const auto add = [this](int64_t step, PlotMarker marker, const QString& text) {
        m_loss->addMarker(m_run->xOfStep(step, across()), marker, text);
    };
    for (const int64_t step : m_run->checkpoints())
        add(step, PlotMarker::Checkpoint, tr("checkpoint at step %1").arg(formatCount(step)));
    for (const int64_t step : m_run->resumes())
        add(step, PlotMarker::Resumed, tr("resumed"));
    for (const int64_t step : m_run->skips())
        add(step, PlotMarker::Skipped, tr("batch of step %1 left out").arg(formatCount(step)));
    if (m_run->best().step >= 0) add(m_run->best().step, PlotMarker::Best, tr("best"));
    m_skips = m_run->skips().size();
}

void Curves::updateRange() {
    const double end = m_run->xEnd(across());
    if (end <= 0) return;
    for (PlotView* plot : {m_loss, m_temperature, m_recall})
        plot->setFullRange(0, end);
}

}  // namespace diagonal
