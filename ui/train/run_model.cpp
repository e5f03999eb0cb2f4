// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/error.h"
#include "engine/checkpoint/presets.h"
#include "training/run/metrics.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr size_t kRecentSteps = 100;

bool stepBelow(const StepMetrics& metrics, int64_t step) {
    return metrics.step < step;
}

QString nameOf(const std::filesystem::path& folder) {
    const auto clean = folder.lexically_normal();
    return fromPath((clean.filename().empty() ? clean.parent_path() : clean).filename());
}

}  // namespace

RunModel::RunModel(QObject* parent) : QObject(parent) {
}

RunModel::RunModel(RunRecord record, const RunHistory& history, QObject* parent)
    : QObject(parent),
      m_state(record.finished ? RunState::Finished
              : history.died  ? RunState::Died
                              : RunState::Stopped),
      m_steps(std::move(record.steps)),
      m_secondsBefore(history.seconds),
      m_validations(std::move(record.validations)),
      m_checkpoints(std::move(record.checkpoints)),
      m_resumes(history.resumes) {
    takeOptions(record.options);
    m_options.output = record.folder;
    m_totalSteps = m_steps.empty() ? m_options.steps : m_steps.back().totalSteps;
    rememberSteps();
    for (const ValidationMetrics& validation : m_validations)
        rememberBest(validation);
}

QString RunModel::name() const {
    return nameOf(m_options.output);
}

QString RunModel::folder() const {
    return fromPath(m_options.output);
}

int64_t RunModel::step() const {
    return m_steps.empty() ? 0 : m_steps.back().step;
}

double RunModel::progress() const {
    if (m_state == RunState::Finished) return 1;
    return m_totalSteps > 0 ? std::min(1.0, static_cast<double>(step()) / static_cast<double>(m_totalSteps)) : 0;
}

bool RunModel::isActive() const {
    return m_state == RunState::Starting || m_state == RunState::Running || m_state == RunState::Stopping;
}

void RunModel::takeOptions(const TrainOptions& options) {
    m_options = options;
    m_isFineTuned = !isArchitecture(options.model);
}

double RunModel::seconds() const {
    return std::max(m_secondsBefore + m_session, m_times.empty() ? 0 : m_times.back());
}

void RunModel::readClock() {
    if (m_clock.isValid()) m_session = static_cast<double>(m_clock.elapsed()) / 1000;
}

void RunModel::setSecondsLeft(double seconds) {
    if (std::exchange(m_secondsLeft, seconds) != seconds) Q_EMIT changed();
}

double RunModel::secondsLeft() const {
    if (m_secondsLeft >= 0) return m_secondsLeft;
    if (m_steps.empty() || m_totalSteps <= 0) return -1;
    const size_t first = m_steps.size() > kRecentSteps ? m_steps.size() - kRecentSteps : 0;
    double sum = 0;
    for (size_t i = first; i < m_steps.size(); ++i)
        sum += m_steps[i].batchTime;
    const double each = sum / static_cast<double>(m_steps.size() - first);
    return each * static_cast<double>(std::max<int64_t>(0, m_totalSteps - step()));
}

double RunModel::waitingForData() const {
    const size_t first = m_steps.size() > kRecentSteps ? m_steps.size() - kRecentSteps : 0;
    double data = 0, all = 0;
    for (size_t i = first; i < m_steps.size(); ++i) {
        data += m_steps[i].dataTime;
        all += m_steps[i].batchTime;
    }
    return all > 0 ? std::min(1.0, data / all) : -1;
}

int64_t RunModel::nextCheckpoint() const {
    const bool saves = m_state == RunState::Running || m_state == RunState::Starting;
    if (!saves || m_options.saveEvery <= 0 || m_totalSteps <= 0) return -1;
    return std::min((step() / m_options.saveEvery + 1) * m_options.saveEvery, m_totalSteps);
}

bool RunModel::canResume() const {
    return (m_state == RunState::Stopped || m_state == RunState::Failed || m_state == RunState::Died) &&
           !m_checkpoints.empty();
}

void RunModel::rememberSteps() {
    m_times.reserve(m_steps.size());
    for (size_t i = m_times.size(); i < m_steps.size(); ++i) {
        m_times.push_back((i == 0 ? 0 : m_times.back()) + m_steps[i].batchTime);
        if (m_steps[i].skipped > (i == 0 ? 0 : m_steps[i - 1].skipped)) m_skips.push_back(m_steps[i].step);
    }
}

void RunModel::rememberBest(const ValidationMetrics& validation) {
    if (m_options.keepBest.empty()) return;
    const bool isLoss = m_options.keepBest == "val/loss";
    for (const auto& [key, value] : metricValues(validation)) {
        if (key != m_options.keepBest) continue;
        if (m_best.step < 0 || (isLoss ? value < m_best.value : value > m_best.value))
            m_best = {validation.step, value};
    }
}

double RunModel::xOf(size_t index, Across across) const {
    const StepMetrics& metrics = m_steps[index];
    switch (across) {
        case Across::Step:
            return static_cast<double>(metrics.step);
        case Across::Samples:
            return static_cast<double>(metrics.samples);
        case Across::Epoch:
            return metrics.epoch;
        case Across::Time:
            return m_times[index] / 60;
    }
    return 0;
}

size_t RunModel::indexOfStep(int64_t step) const {
    return static_cast<size_t>(std::lower_bound(m_steps.begin(), m_steps.end(), step, stepBelow) - m_steps.begin());
}

double RunModel::xOfStep(int64_t step, Across across) const {
    if (across == Across::Step) return static_cast<double>(step);
    if (step <= 0) return 0;
    if (m_steps.empty()) return std::numeric_limits<double>::quiet_NaN();
    return xOf(std::min(indexOfStep(step), m_steps.size() - 1), across);
}

double RunModel::xEnd(Across across) const {
    if (across == Across::Step) return static_cast<double>(std::max(m_totalSteps, step()));
    if (m_steps.empty() || step() <= 0 || m_totalSteps <= 0) return 0;
    const double last = xOf(m_steps.size() - 1, across);
    return std::max(last, last * static_cast<double>(m_totalSteps) / static_cast<double>(step()));
}

int64_t RunModel::stepAt(double x, Across across) const {
    if (m_steps.empty() || std::isnan(x)) return -1;
    size_t low = 0, high = m_steps.size();
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (xOf(middle, across) < x) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return m_steps[std::min(low, m_steps.size() - 1)].step;
}

double RunModel::temperatureAt(int64_t step) const {
    return m_steps.empty() ? 0 : m_steps[std::min(indexOfStep(step), m_steps.size() - 1)].temperature;
}

void RunModel::begin(const TrainOptions& options, int64_t firstStep, int64_t totalSteps) {
    const auto output = m_options.output;
    takeOptions(options);
    if (m_options.output.empty()) m_options.output = output;
    m_totalSteps = totalSteps;
    m_state = RunState::Running;
    m_error = {};
    m_secondsLeft = -1;
    const size_t kept = static_cast<size_t>(
        std::upper_bound(m_steps.begin(), m_steps.end(), firstStep,
                         [](int64_t step, const StepMetrics& metrics) { return step < metrics.step; }) -
        m_steps.begin());
    m_steps.resize(kept);
    m_times.resize(kept);
    m_secondsBefore = m_times.empty() ? 0 : m_times.back();
    m_session = 0;
    m_clock.start();
    std::erase_if(m_validations, [&](const ValidationMetrics& metrics) { return metrics.step > firstStep; });
    std::erase_if(m_skips, [&](int64_t step) { return step > firstStep; });
    m_best = {};
    for (const ValidationMetrics& validation : m_validations)
        rememberBest(validation);
    if (firstStep > 0) m_resumes.push_back(firstStep);
    Q_EMIT reset();
    Q_EMIT changed();
}

void RunModel::setFolder(const QString& folder, const TrainOptions& options) {
    takeOptions(options);
    m_options.output = toPath(folder);
    Q_EMIT changed();
}

void RunModel::add(const std::vector<StepMetrics>& steps) {
    if (steps.empty()) return;
    if (m_steps.empty()) m_message.clear();  // of the preparations
    m_steps.insert(m_steps.end(), steps.begin(), steps.end());
    if (m_steps.back().totalSteps > 0) m_totalSteps = m_steps.back().totalSteps;
    rememberSteps();
    readClock();
    Q_EMIT stepsAdded();
}

void RunModel::add(const ValidationMetrics& validation) {
    m_validations.push_back(validation);
    rememberBest(validation);
    readClock();
    Q_EMIT validationAdded();
}

void RunModel::addCheckpoint(int64_t step) {
    m_checkpoints.push_back(step);
    readClock();
    Q_EMIT checkpointAdded();
}

void RunModel::setMessage(const QString& message) {
    m_message = message;
    Q_EMIT changed();
}

void RunModel::setState(RunState state) {
    m_state = state;
    readClock();
    if (!isActive()) m_clock.invalidate();
    Q_EMIT changed();
}

void RunModel::fail(const JobError& error) {
    m_error = error;
    setState(RunState::Failed);
}

RunSummary summaryOf(const RunModel& run) {
    RunSummary summary;
    summary.folder = run.folder();
    summary.name = run.name();
    summary.state = run.state();
    summary.step = run.step();
    summary.totalSteps = run.totalSteps();
    summary.seconds = run.seconds();
    summary.options = std::make_shared<const TrainOptions>(run.options());
    summary.problem = run.error().problem;
    if (!run.checkpoints().empty()) summary.lastCheckpoint = run.checkpoints().back();
    if (!run.validations().empty()) {
        summary.recallAt10 = run.validations().back().textToImage.at10;
        summary.zeroShot = run.validations().back().zeroShotTop1;
    }
    return summary;
}

namespace {

/// What changes when a run does: sizes and times of its files.
std::vector<qint64> stampsOf(const std::filesystem::path& run) {
    std::vector<qint64> stamps;
    std::error_code ignored;
    for (const auto& path : {configFile(run), metricsFile(run), run / "log.txt", run / "checkpoints", run / "model"}) {
        const auto time = std::filesystem::last_write_time(path, ignored);
        stamps.push_back(ignored ? 0 : time.time_since_epoch().count());
        const auto size = std::filesystem::file_size(path, ignored);
        stamps.push_back(ignored ? 0 : static_cast<qint64>(size));
    }
    return stamps;
}

}  // namespace

std::vector<RunSummary> readRunSummaries(const QString& runsFolder, const JobContext& job, KnownRuns* known) {
    std::vector<RunSummary> summaries;
    const auto folders = listRuns(toPath(runsFolder));
    for (const auto& folder : folders) {
        job.throwIfStopped();
        const QString name = fromPath(folder);
        const std::vector<qint64> stamps = stampsOf(folder);
        if (known != nullptr && known->runs.contains(name) && known->runs[name].stamps == stamps) {
            summaries.push_back(known->runs[name].summary);
            continue;
        }
        try {
            summaries.push_back(summaryOf(RunModel(readRun(folder), readHistory(folder), nullptr)));
            if (known != nullptr) known->runs[name] = {stamps, summaries.back()};
        } catch (const Error& error) {
            RunSummary broken;
            broken.folder = fromPath(folder);
            broken.name = nameOf(folder);
            broken.state = RunState::Failed;
            broken.problem = engineText(error.problem());
            summaries.push_back(broken);
        }
        job.progress(static_cast<int64_t>(summaries.size()), static_cast<int64_t>(folders.size()));
    }
    return summaries;
}

}  // namespace diagonal
