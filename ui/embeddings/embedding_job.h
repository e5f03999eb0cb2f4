// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <memory>
#include <vector>

#include "engine/embeddings/embedding_file.h"
#include "ui/jobs/engine_service.h"
#include "ui/pictures/intake.h"

namespace diagonal {

class EmbeddingItems;

/// What is embedded, how, and where it goes.
struct EmbeddingRequest {
    std::shared_ptr<const EmbeddingItems> items;
    bool areTexts = false;
    Failures failures = {};  ///< what could not even be listed
    QString file;            ///< .csv, .npy, .safetensors, or a folder .projector
    bool normalized = true;
    FloatType type = FloatType::Float32;
};

/// Size of the file to come, as near as can be said before. format: its ending without the dot.
qint64 estimatedBytes(const QString& format, qint64 rows, qint64 dim, qint64 nameBytes,
                      FloatType type = FloatType::Float32);

/// Embeds everything and writes the file. Stopped or failed, what was embedded stays beside it (FILE.partial): another
/// request for the same goes on there, also of another day. One at a time. UI thread only.
class EmbeddingJob : public QObject {
    Q_OBJECT

  public:
    explicit EmbeddingJob(EngineService& engine, QObject* parent = nullptr);
    ~EmbeddingJob() override;

    void start(const EmbeddingRequest& request);
    void cancel();
    /// Removes what the last run has left.
    void discard();
    bool isRunning() const { return m_running; }
    const EmbeddingRequest& request() const { return m_request; }
    /// Texts of the last run that were longer than the model reads.
    qint64 truncated() const { return m_truncated; }
    qint64 resumed() const { return m_resumed; }            ///< things that an earlier run had embedded
    qint64 kept() const { return m_kept; }                  ///< things that wait for another run
    qint64 writtenBytes() const { return m_writtenBytes; }  ///< of the last file

  Q_SIGNALS:
    void progressed(qint64 done, qint64 total, double perSecond, double secondsLeft);
    /// Rows written; what could not be read has no row and stands in failures and in FILE.errors.csv.
    void finished(qint64 rows, const diagonal::Failures& failures);
    void failed(const diagonal::JobError& error);
    void cancelled();

  private:
    struct Work;

    void report();
    void write();
    /// Lets go of what was embedded, on another thread, and then tells of the end.
    void end(std::function<void()> tell);

    EngineService& m_engine;
    EmbeddingRequest m_request;
    std::shared_ptr<Work> m_work;
    QElapsedTimer m_clock;
    qint64 m_truncated = 0, m_resumed = 0, m_kept = 0, m_writtenBytes = 0;
    JobId m_job = 0;
    bool m_running = false;
};

}  // namespace diagonal
