// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/model_scoring.h"

#include <optional>

#include "engine/inference/embedding_cache.h"
#include "training/data/captioned_dataset.h"
#include "ui/base/paths.h"

namespace diagonal {

struct ModelScoring::Result {
    QString model;
    std::shared_ptr<const ModelScore> score;
    std::optional<JobError> error;  ///< neither: the model was begun
};

ModelScoring::ModelScoring(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    connect(&engine, &EngineService::jobsChanged, this, [this] {
        if (m_job == 0) return;
        takeResults();
        for (const JobState& job : m_engine.jobs())
            if (job.id == m_job) Q_EMIT progressed(job);
    });
}

void ModelScoring::start(const QString& data, size_t limit, const QStringList& models) {
    if (isRunning()) return;
    const auto work = [inbox = m_inbox = std::make_shared<Inbox<Result>>(), spec = toPath(data).native(), limit,
                       models](const JobContext& job) {
        DatasetOptions options;
        options.opening.stop = job.stop;
        const CaptionedPictures pictures = captionedPictures(openDataset(spec, options), limit);
        SessionOptions settings;
        if (const auto folder = EmbeddingCache::defaultFolder(); !folder.empty())
            settings.cache = std::make_shared<EmbeddingCache>(folder);
        const auto each = static_cast<int64_t>(pictures.size() + pictures.captions.size());
        for (qsizetype i = 0; i < models.size(); ++i) {
            inbox->add({models[i], nullptr, {}});
            const auto total = each * models.size(), before = each * i;
            job.progress(before, total);
            const JobContext ofOne{job.stop,
                                   [&](const Progress& progress) { job.progress(before + progress.done, total); }};
            try {
                inbox->add({models[i],
                            std::make_shared<const ModelScore>(
                                scoreModel(toPath(models[i]).native(), settings, pictures, ofOne)),
                            {}});
            } catch (const Cancelled&) {
                throw;
            } catch (const std::exception& exception) {
                inbox->add({models[i], nullptr, jobErrorOf(exception)});
            }
        }
    };
    EngineService::TaskHandler handler;
    handler.finished = [this] { end(false); };
    handler.cancelled = [this] { end(true); };
    handler.failed = [this](const JobError& error) {
        m_job = 0;
        takeResults();
        Q_EMIT dataFailed(error);
    };
    m_job = m_engine.runLongTask(this, tr("Comparing models"), {}, work, std::move(handler));
}

void ModelScoring::cancel() {
    if (m_job != 0) m_engine.cancel(m_job);
}

void ModelScoring::takeResults() {
    for (const Result& result : m_inbox->take()) {
        if (result.score)
            Q_EMIT scored(result.model, result.score);
        else if (result.error)
            Q_EMIT failed(result.model, *result.error);
        else
            Q_EMIT begun(result.model);
    }
}

void ModelScoring::end(bool cancelled) {
    m_job = 0;
    takeResults();
    Q_EMIT ended(cancelled);
}

}  // namespace diagonal
