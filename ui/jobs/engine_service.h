// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/job.h"
#include "ui/jobs/types.h"

namespace diagonal {

/// Which of the loaded models a job is for: the open one, or the one it is compared with.
enum class ModelSlot { Open, Second };

/// The one engine thread and what it can be asked for. All members are called on the UI thread, all callbacks arrive
/// there, at most about ten a second and the last one always. Jobs run in order; a newer request of the same kind from
/// the same owner (its context object) supersedes an older one, whose results are dropped. A callback is not called
/// once its context object is gone.
class EngineService : public QObject {
    Q_OBJECT

  public:
    explicit EngineService(QObject* parent = nullptr);
    ~EngineService() override;  ///< stops what runs and joins; not what `end` has left behind
    /// Stops what runs, and waits so long. False: something hangs (on a file that nobody answers for) and is left
    /// behind, with all that it uses. Nothing is done after that.
    bool end(std::chrono::milliseconds patience);

    /// Loads a model in the background, a job like others: modelChanged, or modelFailed or modelCancelled (the old
    /// model stays).
    void openModel(const QString& nameOrPath);
    const ModelInfo* model() const;  ///< null until the first is loaded
    QString modelSource() const;     ///< what opens it again: "demo", or an absolute path (of a run: its folder)
    QString device() const;          ///< "CPU · 2 threads"
    bool isLoadingModel() const;

    struct SecondModelHandler {
        std::function<void(const ModelInfo&, qint64 bytes)> opened;  ///< bytes: about what its weights take
        std::function<void(JobError)> failed;
        std::function<void()> cancelled;
    };
    /// Loads a model beside the open one, in place of an earlier second one; shown among the jobs.
    JobId openSecondModel(QObject* context, const QString& nameOrPath, SecondModelHandler handler);
    /// Frees its memory.
    void closeSecondModel();

    struct ImageBatchHandler {
        std::function<void(std::vector<ImageEmbedding>)> results;
        std::function<void(bool cancelled)> finished;
        std::function<void(JobError)> failed;
    };
    /// Embeds images (unit length when normalized), results streaming in as they are ready.
    JobId embedImages(QObject* context, const QString& title, const QStringList& files, bool normalized,
                      ImageBatchHandler handler, ModelSlot slot = ModelSlot::Open);

    struct TextHandler {
        std::function<void(Embeddings, std::vector<size_t> truncated)> finished;
        std::function<void(JobError)> failed;
        std::function<void()> cancelled = {};  ///< by the person; without it, failed says so
    };
    /// Embeds texts as they are. Goes before waiting image jobs and between the batches of a running one; among the
    /// jobs once it has taken half a second.
    JobId embedTexts(QObject* context, const QStringList& texts, bool normalized, TextHandler handler);
    /// The same for an export: waits its turn, and words go between its batches.
    JobId embedManyTexts(QObject* context, const QString& title, const QStringList& texts, bool normalized,
                         TextHandler handler);
    /// One embedding a text: normalised mean over the templates. What was computed before is not computed again.
    /// Among the jobs as embedTexts.
    JobId embedLabels(QObject* context, const QStringList& labels, const QStringList& templates, TextHandler handler,
                      ModelSlot slot = ModelSlot::Open);

    struct RelevanceHandler {
        std::function<void(const RelevanceMap&)> finished;
        std::function<void(JobError)> failed;
    };
    /// Which parts of an image, upright, speak for a label (its synonyms) in these templates. Goes before images as
    /// words do.
    JobId explain(QObject* context, const QString& file, const QStringList& synonyms, const QStringList& templates,
                  RelevanceHandler handler);

    struct TaskHandler {
        std::function<void()> finished;
        std::function<void(JobError)> failed;
        std::function<void()> cancelled;
    };
    /// Any other long work that needs no model (exporting, summarising a dataset): runs on one of a few threads, shown
    /// among the jobs. Tasks of one owner are of the same kind when their titles are equal, and run one after the
    /// other; so do those of several owners that name the same `order`. A task without a title is a look at a disk that
    /// may be slow or gone: it is not shown, and waits for no other.
    JobId runTask(QObject* context, const QString& title, std::function<void(const JobContext&)> work,
                  TaskHandler handler, const QObject* order = nullptr);
    /// The same for what takes minutes (downloading, converting): on a thread of its own, so that nothing waits for it.
    /// unit: as in JobState.
    JobId runLongTask(QObject* context, const QString& title, const QString& unit,
                      std::function<void(const JobContext&)> work, TaskHandler handler);

    struct SliceHandler {
        std::function<void()> progressed;  ///< after a slice; at most about ten a second
        std::function<void()> finished;
        std::function<void(JobError)> failed;
        std::function<void()> cancelled;
    };
    /// Long work with the model in slices of a fraction of a second each, on the engine thread: called again while it
    /// returns true, below everything else, which goes between slices. All slices have the model that was open at the
    /// first. unit: as in JobState.
    JobId runWithModel(QObject* context, const QString& title, const QString& unit,
                       const std::function<bool(Session&, const JobContext&)>& slice, SliceHandler handler);

    void cancel(JobId id);
    /// Closing the window in its midst would lose or leave something half done. Long tasks and embedManyTexts are so
    /// by themselves.
    void setPrecious(JobId id);
    QList<JobState> jobs() const;

  Q_SIGNALS:
    void modelChanged();
    void modelLoading(const QString& name);
    void modelFailed(const diagonal::JobError& error);
    void modelCancelled();  ///< by the person: the old model stays
    void jobsChanged();
    void noted(const QString& sentence);  ///< what a person should know, but nothing failed

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
    bool m_isLeftBehind = false;
};

}  // namespace diagonal
