// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QUndoStack>
#include <memory>

#include "ui/jobs/engine_service.h"
#include "ui/label/sort_job.h"

namespace diagonal {

/// A sort that was carried out, for as long as it can be undone.
struct SortRecord {
    SortJob job;
    std::string id;              ///< of its last run; the task's own: tasks run one after another
    bool isInterrupted = false;  ///< in an earlier session: only the destination and the mode are known
};
using SortRecordPtr = std::shared_ptr<SortRecord>;

/// Sorts files as tasks of the engine service, and has the rows of the list follow what was moved. UI thread only.
class SortSession : public QObject {
    Q_OBJECT

  public:
    SortSession(EngineService& engine, ImageList& images, QUndoStack& undo, QObject* parent = nullptr);

    /// Becomes a step of the undo stack when something was done.
    void sort(SortJob job);
    bool isBusy() const { return m_tasks > 0; }
    /// A sort that the last session left half done becomes a step of the undo stack, and is told of.
    void restoreInterrupted();

    // For the undo stack.
    void sortAgain(const SortRecordPtr& record) { run(record, true); }
    void undo(const SortRecordPtr& record);

  Q_SIGNALS:
    void busyChanged();
    void relocated();  ///< rows have other paths
    void finished(const QString& text);
    void problem(const diagonal::JobError& error);

  private:
    void run(const SortRecordPtr& record, bool isAgain);
    void start(const QString& title, const SortChoices& choices, std::function<void(const JobContext&)> work,
               std::function<void()> finished);
    struct Outcome {
        size_t done = 0;
        bool isUndo = false, isStopped = false;
        std::vector<std::pair<std::filesystem::path, std::string>> failures;
    };
    void report(const SortChoices& choices, const Outcome& outcome);

    EngineService& m_engine;
    ImageList& m_images;
    QUndoStack& m_undo;
    int m_tasks = 0;
};

}  // namespace diagonal
