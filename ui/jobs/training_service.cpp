// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/training_service.h"

#include <QElapsedTimer>
#include <mutex>
#include <variant>

#include "engine/base/device.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/jobs/progress_meter.h"
#include "ui/jobs/throttle.h"
#include "ui/jobs/worker.h"

namespace diagonal {

namespace {

struct Started {
    TrainOptions options;
    int64_t firstStep, totalSteps;
};
struct Checkpoint {
    int64_t step;
    QString path;
};
struct Message {
    QString text;
};
using Event = std::variant<Started, StepMetrics, ValidationMetrics, Checkpoint, Message, TrainingResult, JobError>;

}  // namespace

struct TrainingService::Impl : TrainingObserver {
    explicit Impl(TrainingService* owner)
        : service(owner), throttle([this] { deliver(); }, 100), worker([] { loadCuda(); }) {}
    ~Impl() override { stop.request_stop(); }

    // Training thread.
    void onStarted(const TrainOptions& options, int64_t firstStep, int64_t totalSteps) override {
        push(Started{options, firstStep, totalSteps});
    }
    void onStep(const StepMetrics& metrics) override { push(metrics); }
    void onValidation(const ValidationMetrics& metrics) override { push(metrics); }
    void onCheckpoint(int64_t step, const std::filesystem::path& path) override {
        push(Checkpoint{step, fromPath(path)});
    }
    void onMessage(const std::string& text) override { push(Message{engineText(text)}); }
    void push(Event event) {
        {
            const std::lock_guard lock(mutex);
            events.push_back(std::move(event));
        }
        QMetaObject::invokeMethod(
            service, [this] { throttle.request(); }, Qt::QueuedConnection);
    }

    // UI thread.
    void begin(const QString& runFolder, std::function<TrainingResult(const std::stop_token&)> work);
    void deliver();
    void flushSteps(std::vector<StepMetrics>& steps);
    void handle(const Event& event);
    void finish();

    TrainingService* service;
    Throttle throttle;
    QString folder, title;
    ProgressMeter meter;
    double samplesPerSecond = 0;
    QElapsedTimer sinceFirst;  ///< since the first step that was reported, `firstStep`
    int64_t firstStep = 0;
    bool isRunning = false, isStopping = false;

    std::mutex mutex;
    std::vector<Event> events;  ///< guarded by mutex
    std::stop_source stop;

    Worker worker;  ///< last: its thread ends before anything it uses
};

void TrainingService::Impl::begin(const QString& runFolder,
                                  std::function<TrainingResult(const std::stop_token&)> work) {
    folder = runFolder;
    title = runFolder.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
    meter = {};
    samplesPerSecond = 0;
    sinceFirst.invalidate();
    isRunning = true;
    isStopping = false;
    stop = {};
    worker.add(0, [this, work = std::move(work), token = stop.get_token()] {
        try {
            push(work(token));
        } catch (const Cancelled&) {  // before the first step
            push(TrainingResult{});
        } catch (const std::exception& exception) {
            push(jobErrorOf(exception));
        }
    });
    Q_EMIT service->jobChanged();
}

void TrainingService::Impl::deliver() {
    std::vector<Event> batch;
    {
        const std::lock_guard lock(mutex);
        batch.swap(events);
    }
    std::vector<StepMetrics> steps;
    for (const Event& event : batch) {
        if (const auto* step = std::get_if<StepMetrics>(&event)) {
            steps.push_back(*step);
            continue;
        }
        flushSteps(steps);
        handle(event);
    }
    flushSteps(steps);
    if (!batch.empty()) Q_EMIT service->jobChanged();
}

void TrainingService::Impl::flushSteps(std::vector<StepMetrics>& steps) {
    if (steps.empty()) return;
    samplesPerSecond = steps.back().samplesPerSecond;
    meter.report(steps.back().step, steps.back().totalSteps);
    if (!sinceFirst.isValid()) {
        firstStep = steps.back().step;
        sinceFirst.start();
    }
    Q_EMIT service->stepsDone(steps);
    steps.clear();
}

void TrainingService::Impl::finish() {
    isRunning = false;
    isStopping = false;
}

void TrainingService::Impl::handle(const Event& event) {
    if (const auto* start = std::get_if<Started>(&event)) {
        meter.report(start->firstStep, start->totalSteps);
        Q_EMIT service->started(start->options, start->firstStep, start->totalSteps);
    } else if (const auto* validation = std::get_if<ValidationMetrics>(&event)) {
        Q_EMIT service->validated(*validation);
    } else if (const auto* checkpoint = std::get_if<Checkpoint>(&event)) {
        Q_EMIT service->checkpointSaved(checkpoint->step, checkpoint->path);
    } else if (const auto* text = std::get_if<Message>(&event)) {
        Q_EMIT service->message(text->text);
    } else if (const auto* result = std::get_if<TrainingResult>(&event)) {
        finish();
        Q_EMIT service->finished(*result);
    } else if (const auto* error = std::get_if<JobError>(&event)) {
        finish();
        Q_EMIT service->failed(*error);
    }
}

TrainingService::TrainingService(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>(this)) {
}

TrainingService::~TrainingService() = default;

bool TrainingService::isRunning() const {
    return m_impl->isRunning;
}

bool TrainingService::isStopping() const {
    return m_impl->isStopping;
}

QString TrainingService::runFolder() const {
    return m_impl->folder;
}

void TrainingService::start(const TrainOptions& options) {
    if (m_impl->isRunning) return;
    m_impl->begin(fromPath(options.output), [impl = m_impl.get(), options](const std::stop_token& token) {
        return train(options, *impl, token);
    });
}

void TrainingService::resume(const QString& folder) {
    if (m_impl->isRunning) return;
    m_impl->begin(folder, [impl = m_impl.get(), path = toPath(folder)](const std::stop_token& token) {
        return diagonal::resume(path, *impl, token);
    });
}

void TrainingService::stop() {
    if (!m_impl->isRunning || m_impl->isStopping) return;
    m_impl->isStopping = true;
    m_impl->stop.request_stop();
    Q_EMIT jobChanged();
}

JobState TrainingService::job() const {
    JobState state;
    state.title = m_impl->title;
    state.unit = tr("samples/s");
    state.cancelling = m_impl->isStopping;
    m_impl->meter.fill(state);
    state.perSecond = m_impl->samplesPerSecond;
    // Over the whole session: validation and saving take their part of what is left too.
    const int64_t done = state.done - m_impl->firstStep;
    state.secondsLeft = m_impl->sinceFirst.isValid() && done > 0 && state.total > 0
                            ? static_cast<double>(m_impl->sinceFirst.elapsed()) / 1000 / static_cast<double>(done) *
                                  static_cast<double>(state.total - state.done)
                            : -1;
    return state;
}

}  // namespace diagonal
