// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <memory>
#include <vector>

#include "ui/jobs/engine_service.h"
#include "ui/pictures/intake.h"

namespace diagonal {

/// What is embedded, how, and where it goes.
struct EmbeddingRequest {
    bool texts = false;
    QStringList inputs;  ///< image files, or texts
    Failures failures;   ///< what could not even be listed
    QString file;        ///< .csv, .npy or .safetensors
    bool normalized = true;
};

/// Size of the file to come, as near as can be said before.
qint64 estimatedBytes(const QString& format, qint64 rows, qint64 dim, qint64 nameBytes);

/// Embeds everything and writes the file. One at a time. UI thread only.
class EmbeddingJob : public QObject {
    Q_OBJECT

  public:
    explicit EmbeddingJob(EngineService& engine, QObject* parent = nullptr);

    void start(const EmbeddingRequest& request);
    void cancel();
    bool isRunning() const { return m_running; }
    const EmbeddingRequest& request() const { return m_request; }
    /// Texts of the last run that were longer than the model reads.
    qint64 truncated() const { return m_truncated; }
    qint64 writtenBytes() const { return m_writtenBytes; }  ///< of the last file

  Q_SIGNALS:
    void progressed(qint64 done, qint64 total, double perSecond, double secondsLeft);
    /// Rows written; what could not be read has no row and stands in failures and in FILE.errors.csv.
    void finished(qint64 rows, const diagonal::Failures& failures);
    void failed(const diagonal::JobError& error);
    void cancelled();

  private:
    void startImages();
    void startTexts();
    void addRow(const QString& name, const float* values, size_t dim);
    void report(qint64 done);
    void write();
    void end();

    EngineService& m_engine;
    EmbeddingRequest m_request;
    Embeddings m_rows;
    std::vector<std::string> m_names;
    Failures m_failures;
    QElapsedTimer m_clock;
    qint64 m_done = 0;
    qint64 m_truncated = 0, m_writtenBytes = 0;
    JobId m_job = 0;
    bool m_running = false;
};

}  // namespace diagonal
