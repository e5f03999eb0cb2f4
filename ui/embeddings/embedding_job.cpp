// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/embedding_job.h"

#include <filesystem>

#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr double kCsvBytesPerNumber = 12.5;

void writeErrors(const QString& target, const Failures& failures) {
    const std::filesystem::path file = toPath(target + ".errors.csv");
    if (failures.empty()) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);  // of an earlier export to the same name
        return;
    }
    CsvNames names;
    for (const auto& [path, reason] : failures)
        names.prepare(toPath(path));
    std::string text = "path,error" + names.head("path_bytes") + "\r\n";
    for (const auto& [path, reason] : failures)
        text += names.cell(toPath(path)) + "," + csvText(reason.toStdString()) + names.end(toPath(path)) + "\r\n";
    writeFile(file, text);
}

}  // namespace

qint64 estimatedBytes(const QString& format, qint64 rows, qint64 dim, qint64 nameBytes) {
    if (format == "csv") return static_cast<qint64>(kCsvBytesPerNumber * static_cast<double>(rows * dim)) + nameBytes;
    if (format == "npy") return 128 + 4 * rows * dim;
    return 256 + 4 * rows * dim + nameBytes;
}

EmbeddingJob::EmbeddingJob(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    connect(&engine, &EngineService::jobsChanged, this, [this] {
        if (!m_running || !m_request.texts) return;
        for (const JobState& job : m_engine.jobs())
            if (job.id == m_job && job.total > 0) report(job.done);
    });
}

void EmbeddingJob::start(const EmbeddingRequest& request) {
    m_request = request;
    m_failures = request.failures;
    m_rows = {m_engine.model()->embedDim, {}};
    m_names.clear();
    m_done = 0;
    m_truncated = 0;
    m_running = true;
    m_clock.start();
    report(0);
    if (m_request.texts)
        startTexts();
    else
        startImages();
}

void EmbeddingJob::startImages() {
    EngineService::ImageBatchHandler handler;
    handler.results = [this](const std::vector<ImageEmbedding>& batch) {
        for (const ImageEmbedding& image : batch) {
            const QString& path = m_request.inputs[static_cast<qsizetype>(image.index)];
            if (image.error.empty())
                addRow(path, image.values.data(), image.values.size());
            else
                m_failures.emplace_back(path, engineText(image.error));
        }
        report(m_done + static_cast<qint64>(batch.size()));
    };
    handler.finished = [this](bool stopped) {
        if (!stopped) return write();
        end();
        Q_EMIT cancelled();
    };
    handler.failed = [this](const JobError& error) {
        end();
        Q_EMIT failed(error);
    };
    m_job = m_engine.embedImages(this, tr("Embedding"), m_request.inputs, m_request.normalized, std::move(handler));
    m_engine.setPrecious(m_job);
}

/// One request, so that all rows are of one model whatever is opened meanwhile.
void EmbeddingJob::startTexts() {
    EngineService::TextHandler handler;
    handler.finished = [this](const Embeddings& embeddings, const std::vector<size_t>& truncated) {
        m_truncated = static_cast<qint64>(truncated.size());
        for (qsizetype i = 0; i < m_request.inputs.size(); ++i)
            addRow(m_request.inputs[i], embeddings.row(i).data(), static_cast<size_t>(embeddings.dim));
        report(m_request.inputs.size());
        write();
    };
    handler.failed = [this](const JobError& error) {
        end();
        Q_EMIT failed(error);
    };
    handler.cancelled = [this] {
        end();
        Q_EMIT cancelled();
    };
    m_job = m_engine.embedManyTexts(this, tr("Embedding"), m_request.inputs, m_request.normalized, std::move(handler));
}

void EmbeddingJob::addRow(const QString& name, const float* values, size_t dim) {
    m_names.push_back(toPath(name).native());
    m_rows.dim = static_cast<int64_t>(dim);
    m_rows.values.insert(m_rows.values.end(), values, values + dim);
}

void EmbeddingJob::report(qint64 done) {
    m_done = done;
    const double seconds = static_cast<double>(m_clock.elapsed()) / 1000;
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    const qint64 total = m_request.inputs.size();
    Q_EMIT progressed(done, total, rate, rate > 0 ? static_cast<double>(total - done) / rate : -1);
}

void EmbeddingJob::write() {
    if (m_names.empty()) {
        end();
        Q_EMIT failed({m_request.file, tr("not written: none of the images could be read"), {}});
        return;
    }
    const auto count = static_cast<qint64>(m_names.size());
    auto bytes = std::make_shared<qint64>(0);
    auto work = [names = std::make_shared<std::vector<std::string>>(std::move(m_names)),
                 rows = std::make_shared<Embeddings>(std::move(m_rows)), file = m_request.file, failures = m_failures,
                 bytes](const JobContext&) {
        exportEmbeddings(toPath(file), *names, *rows);
        *bytes = static_cast<qint64>(std::filesystem::file_size(toPath(file)));
        writeErrors(file, failures);
    };
    EngineService::TaskHandler handler;
    handler.finished = [this, count, bytes] {
        m_writtenBytes = *bytes;
        end();
        Q_EMIT finished(count, m_failures);
    };
    handler.failed = [this](const JobError& error) {
        end();
        Q_EMIT failed(error);
    };
    handler.cancelled = [this] {
        end();
        Q_EMIT cancelled();
    };
    m_job = m_engine.runTask(this, tr("Writing"), std::move(work), std::move(handler));
    m_engine.setPrecious(m_job);
}

void EmbeddingJob::cancel() {
    if (m_running) m_engine.cancel(m_job);
}

void EmbeddingJob::end() {
    m_running = false;
    m_job = 0;
    m_names.clear();
    m_rows = {};
}

}  // namespace diagonal
