// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/embedding_job.h"

#include <atomic>
#include <chrono>
#include <filesystem>

#include "engine/embeddings/embedding_export.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

using std::chrono::steady_clock;

constexpr double kCsvBytesPerNumber = 12.5;
constexpr size_t kFirstSlice = 16, kSmallestSlice = 8, kLargestSlice = 4096;
// Long enough that decoding runs ahead of the model, short enough for words to go between.
constexpr std::chrono::milliseconds kShortSlice{300}, kLongSlice{800};

/// Of a file, or of a folder's files.
qint64 bytesOf(const std::filesystem::path& path) {
    std::error_code failure;
    if (!std::filesystem::is_directory(path, failure))
        return static_cast<qint64>(std::filesystem::file_size(path, failure));
    qint64 sum = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path, failure))
        sum += static_cast<qint64>(entry.file_size(failure));
    return sum;
}

}  // namespace

qint64 estimatedBytes(const QString& format, qint64 rows, qint64 dim, qint64 nameBytes, FloatType type) {
    if (format == "csv" || format == "projector")
        return static_cast<qint64>(kCsvBytesPerNumber * static_cast<double>(rows * dim)) + nameBytes;
    const qint64 numbers = (type == FloatType::Float16 ? 2 : 4) * rows * dim;
    return format == "npy" ? 128 + numbers : 256 + numbers + nameBytes;
}

/// What the threads share. Only the numbers are read while another thread works.
struct EmbeddingJob::Work {
    std::shared_ptr<const EmbeddingItems> items;
    ExportPlan plan;
    std::filesystem::path knownModel;  ///< that was open at the start, and
    std::string knownSource;           ///< what opens it again
    std::vector<FileFailure> failures;
    std::unique_ptr<EmbeddingExport> work;  ///< on the engine thread, then on that of the task
    size_t slice = kFirstSlice;
    ExportReport report;
    qint64 bytes = 0;
    std::atomic<qint64> done = 0, total = 0, resumed = 0;

    /// True: more is left.
    bool embed(Session& session, const JobContext& job) {
        if (!work) {
            // Another one may have been opened before its turn came.
            const std::filesystem::path& model = session.info().path;
            plan.source = model == knownModel ? knownSource : std::filesystem::absolute(model).native();
            work = std::make_unique<EmbeddingExport>(session, items, plan, JobContext{job.stop, {}});
            resumed = static_cast<qint64>(work->report().resumed);
        }
        const auto begin = steady_clock::now();
        const bool isMore = work->embed(session, slice, {}, {job.stop, [&](const Progress& progress) {
                                                                 done = progress.done;
                                                                 total = progress.total;
                                                                 job.progress(progress.done, progress.total);
                                                             }});
        const auto taken = steady_clock::now() - begin;
        if (taken < kShortSlice) slice = std::min(kLargestSlice, slice * 2);
        if (taken > kLongSlice) slice = std::max(kSmallestSlice, slice / 2);
        return isMore;
    }
};

EmbeddingJob::EmbeddingJob(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
}

EmbeddingJob::~EmbeddingJob() = default;

void EmbeddingJob::start(const EmbeddingRequest& request) {
    m_request = request;
    m_truncated = m_resumed = m_kept = 0;
    m_running = true;
    m_clock.start();
    m_work = std::make_shared<Work>();
    m_work->items = request.items;
    m_work->plan = {toPath(request.file), request.normalized, request.type, true, {}};
    if (const ModelInfo* model = m_engine.model()) {
        m_work->knownModel = model->path;
        m_work->knownSource = toPath(m_engine.modelSource()).native();
    }
    for (const auto& [path, reason] : request.failures)
        m_work->failures.push_back({toPath(path), reason.toStdString()});
    m_work->total = static_cast<qint64>(request.items->size());
    report();
    EngineService::SliceHandler handler;
    handler.progressed = [this] { report(); };
    handler.finished = [this] {
        report();
        write();
    };
    handler.failed = [this](const JobError& error) { end([this, error] { Q_EMIT failed(error); }); };
    handler.cancelled = [this] { end([this] { Q_EMIT cancelled(); }); };
    m_job = m_engine.runWithModel(
        this, tr("Embedding"), request.areTexts ? tr("texts/s") : tr("images/s"),
        [work = m_work](Session& session, const JobContext& job) { return work->embed(session, job); }, handler);
    m_engine.setPrecious(m_job);
}

void EmbeddingJob::report() {
    const qint64 done = m_work->done, total = m_work->total;
    m_resumed = m_work->resumed;
    const double seconds = static_cast<double>(m_clock.elapsed()) / 1000;
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    Q_EMIT progressed(m_resumed + done, m_resumed + total, rate,
                      rate > 0 ? static_cast<double>(total - done) / rate : -1);
}

void EmbeddingJob::write() {
    auto work = [work = m_work](const JobContext& job) {
        work->work->write(work->failures, {job.stop, {}});
        work->report = work->work->report();
        work->bytes = bytesOf(work->plan.file);
    };
    EngineService::TaskHandler handler;
    handler.finished = [this] {
        const ExportReport& report = m_work->report;
        m_truncated = static_cast<qint64>(report.truncated);
        m_writtenBytes = m_work->bytes;
        Failures failures;
        for (const FileFailure& failure : report.failures)
            failures.emplace_back(fromPath(failure.path), engineText(failure.reason));
        const auto rows = static_cast<qint64>(report.rows);
        end([this, rows, failures] {
            m_kept = 0;
            Q_EMIT finished(rows, failures);
        });
    };
    handler.failed = [this](const JobError& error) { end([this, error] { Q_EMIT failed(error); }); };
    handler.cancelled = [this] { end([this] { Q_EMIT cancelled(); }); };
    m_job = m_engine.runTask(this, tr("Writing"), std::move(work), std::move(handler));
    m_engine.setPrecious(m_job);
}

void EmbeddingJob::cancel() {
    if (m_running) m_engine.cancel(m_job);
}

void EmbeddingJob::discard() {
    if (m_running || m_kept == 0) return;
    m_kept = 0;
    m_engine.runTask(this, {},
                     [file = PartialRows::fileOf(toPath(m_request.file))](const JobContext&) {
                         std::error_code ignored;
                         std::filesystem::remove(file, ignored);
                     },
                     {});
}

void EmbeddingJob::end(std::function<void()> tell) {
    m_kept = m_work->done + m_work->resumed;
    const auto done = [this, tell = std::move(tell)] {
        m_work.reset();
        m_running = false;
        m_job = 0;
        tell();
    };
    EngineService::TaskHandler handler;
    handler.finished = done;
    handler.cancelled = done;
    handler.failed = [done](const JobError&) { done(); };
    m_job = m_engine.runTask(
        this, {}, [work = m_work](const JobContext&) { work->work.reset(); }, std::move(handler));
}

}  // namespace diagonal
