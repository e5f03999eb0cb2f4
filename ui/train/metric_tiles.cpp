// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/metric_tiles.h"

#include <QHBoxLayout>
#include <QLocale>
#include <cmath>

#include "ui/train/metric_tile.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr size_t kCourseSteps = 400, kCoursePoints = 100;

template <typename Value>
std::vector<double> course(const std::vector<StepMetrics>& steps, Value&& value) {
    std::vector<double> values;
    for (size_t i = steps.size() > kCourseSteps ? steps.size() - kCourseSteps : 0; i < steps.size(); ++i)
        values.push_back(std::max(0.0, static_cast<double>(value(steps[i]))));
    return condensed(values, kCourseSteps, kCoursePoints);
}

QString whole(double value) {
    return formatCount(std::llround(value));
}

}  // namespace

MetricTiles::MetricTiles(QWidget* parent) : Panel(&Tokens::surface, Qt::TopEdge, parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 1, 0, 0);
    row->setSpacing(0);
    m_throughput = add(tr("Throughput"));
    m_waiting = add(tr("Waiting for data"));
    m_gpu = add(tr("GPU"));
    m_memory = add(tr("GPU memory"));
    m_power = add(tr("GPU power"));
    showRun(nullptr);
}

MetricTile* MetricTiles::add(const QString& name) {
    auto* tile = new MetricTile(name);
    auto* line = new Hairline(Qt::Vertical);
    layout()->addWidget(line);
    layout()->addWidget(tile);
    m_tiles << tile;
    m_lines << line;
    return tile;
}

void MetricTiles::showRun(const RunModel* run) {
    const bool known = run != nullptr && !run->steps().empty();
    const bool gpu = known && run->steps().back().gpuUtilization >= 0;
    const bool power = known && (run->steps().back().gpuPower >= 0 || run->steps().back().gpuTemperature >= 0);
    for (int i = 0; i < m_tiles.size(); ++i) {
        const MetricTile* tile = m_tiles[i];
        const bool shown = tile == m_throughput || (tile == m_waiting ? !gpu : gpu && (tile != m_power || power));
        m_tiles[i]->setVisible(shown);
        m_lines[i]->setVisible(shown && i > 0);
        if (!known) {
            m_tiles[i]->setValue({}, {});
            m_tiles[i]->setCourse({});
        }
    }
    if (!known) return;
    const auto rates = course(run->steps(), [](const StepMetrics& metrics) { return metrics.samplesPerSecond; });
    m_throughput->setCourse(rates);
    m_throughput->setValue(whole(rates.back()), tr("samples/s"));
    if (gpu) {
        showGpu(run->steps());
    } else {
        showWaiting(*run);
    }
}

void MetricTiles::showWaiting(const RunModel& run) {
    m_waiting->setCourse(course(run.steps(),
                                [](const StepMetrics& metrics) {
                                    return metrics.batchTime > 0 ? std::min(1.0, metrics.dataTime / metrics.batchTime)
                                                                 : 0;
                                }),
                         1);
    const double waiting = run.waitingForData();
    m_waiting->setValue(waiting < 0 ? QString() : QLocale().toString(waiting * 100, 'f', 1), tr("% of the time"));
}

void MetricTiles::showGpu(const std::vector<StepMetrics>& steps) {
    const StepMetrics& last = steps.back();
    m_gpu->setCourse(course(steps, [](const StepMetrics& metrics) { return metrics.gpuUtilization; }), 100);
    m_gpu->setValue(whole(last.gpuUtilization), QStringLiteral("%"));
    m_memory->setCourse(course(steps, [](const StepMetrics& metrics) { return metrics.gpuMemoryBytes; }));
    const QString bytes = last.gpuMemoryBytes < 0 ? QString() : formatBytes(std::llround(last.gpuMemoryBytes));
    m_memory->setValue(bytes.section(QLatin1Char(' '), 0, 0), bytes.section(QLatin1Char(' '), 1));
    const QString heat =
        last.gpuTemperature < 0 ? QString() : QStringLiteral("%1 °C").arg(std::llround(last.gpuTemperature));
    m_power->setCourse(course(steps, [&last](const StepMetrics& metrics) {
        return last.gpuPower < 0 ? metrics.gpuTemperature : metrics.gpuPower;
    }));
    if (last.gpuPower < 0) {
        m_power->setValue(heat.section(QLatin1Char(' '), 0, 0), heat.section(QLatin1Char(' '), 1));
    } else {
        m_power->setValue(whole(last.gpuPower), heat.isEmpty() ? QStringLiteral("W") : QStringLiteral("W · ") + heat);
    }
}

}  // namespace diagonal
