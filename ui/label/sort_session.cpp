// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/sort_session.h"

#include <signal.h>

#include <QCoreApplication>
#include <QHash>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

const QString kUnfinishedKey = QStringLiteral("label/unfinishedSort"), kMove = QStringLiteral("move");

/// The first redo is the sort that was done already.
class SortCommand : public QUndoCommand {
  public:
    SortCommand(SortSession& session, SortRecordPtr record, const QString& text)
        : QUndoCommand(text), m_session(session), m_record(std::move(record)) {}
    void redo() override {
        if (m_isDone && !m_record->isInterrupted) m_session.sortAgain(m_record);
        m_isDone = true;
    }
    void undo() override { m_session.undo(m_record); }

  private:
    SortSession& m_session;
    SortRecordPtr m_record;
    bool m_isDone = false;
};

}  // namespace

SortSession::SortSession(EngineService& engine, ImageList& images, QUndoStack& undo, QObject* parent)
    : QObject(parent), m_engine(engine), m_images(images), m_undo(undo) {
}

void SortSession::sort(SortJob job) {
    run(std::make_shared<SortRecord>(SortRecord{std::move(job), {}}), false);
}

/// Each task has an owner of its own: none supersedes another.
void SortSession::start(const QString& title, const SortChoices& choices, std::function<void(const JobContext&)> work,
                        std::function<void()> finished) {
    settings().setValue(kUnfinishedKey,
                        QStringList{choices.destination, choices.mode == SortMode::Move ? kMove : QString(),
                                    QString::number(QCoreApplication::applicationPid())});
    auto* context = new QObject(this);
    const auto end = [this, context] {
        context->deleteLater();
        settings().remove(kUnfinishedKey);
        --m_tasks;
        Q_EMIT busyChanged();
    };
    EngineService::TaskHandler handler;
    handler.finished = [end, finished = std::move(finished)] {
        finished();
        end();
    };
    handler.failed = [this, end](const JobError& error) {
        Q_EMIT problem(error);
        end();
    };
    handler.cancelled = end;
    ++m_tasks;
    Q_EMIT busyChanged();
    m_engine.setPrecious(m_engine.runTask(context, title, std::move(work), std::move(handler), this));
}

void SortSession::run(const SortRecordPtr& record, bool isAgain) {
    auto plan = std::make_shared<SortPlan>();
    auto result = std::make_shared<SortResult>();
    auto work = [record, plan, result](const JobContext& context) {
        const SortJob& job = record->job;
        record->id.clear();
        *plan = planSort(job.items, toPath(job.choices.destination), job.choices.mode, {context.stop, {}});
        *result = sortFiles(*plan, context);
        record->id = result->id;
    };
    auto finished = [this, record, plan, result, isAgain] {
        const SortChoices& choices = record->job.choices;
        Outcome outcome{result->done.size(), false, result->isCancelled, {}};
        if (choices.mode == SortMode::Move && outcome.done > 0) {
            for (const size_t index : result->done)
                m_images.relocate(record->job.ids[index], fromPath(plan->files[index].target));
            Q_EMIT relocated();
        }
        for (const auto& [index, reason] : result->failures)
            outcome.failures.emplace_back(plan->files[index].source, reason);
        for (const PlannedFile& file : plan->files)
            if (isFailure(file.skip)) outcome.failures.emplace_back(file.source, describe(file.skip));
        if (!isAgain && outcome.done > 0)
            m_undo.push(
                new SortCommand(*this, record, tr("sort %Ln picture(s)", nullptr, static_cast<int>(outcome.done))));
        report(choices, outcome);
    };
    const bool isMove = record->job.choices.mode == SortMode::Move;
    start(isMove ? tr("Moving pictures") : tr("Copying pictures"), record->job.choices, std::move(work),
          std::move(finished));
}

void SortSession::restoreInterrupted() {
    const QStringList kept = settings().value(kUnfinishedKey).toStringList();
    if (kept.size() != 3) return;
    const int process = kept[2].toInt();
    const bool isAnothers = process > 0 && process != QCoreApplication::applicationPid() && ::kill(process, 0) == 0;
    if (isAnothers) return;  // a window that is at it
    settings().remove(kUnfinishedKey);
    auto record = std::make_shared<SortRecord>();
    record->isInterrupted = true;
    record->job.choices.destination = kept[0];
    record->job.choices.mode = kept[1] == kMove ? SortMode::Move : SortMode::Copy;
    m_undo.push(new SortCommand(*this, record, tr("interrupted sort")));
    Q_EMIT problem({formatPath(kept[0]), tr("a sort into this folder was interrupted before its end"),
                    tr("Edit > Undo takes back what it did; sorting again goes on with the rest.")});
}

void SortSession::undo(const SortRecordPtr& record) {
    auto result = std::make_shared<UndoResult>();
    auto work = [record, result](const JobContext& context) {
        if (record->id.empty() && !record->isInterrupted) return;  // doing it again had done nothing
        *result = undoSort(toPath(record->job.choices.destination), record->id, context);
    };
    auto finished = [this, record, result] {
        const SortJob& job = record->job;
        if (job.choices.mode == SortMode::Move && !result->undone.empty()) {
            QHash<QString, quint64> ids;
            for (size_t i = 0; i < job.items.size(); ++i)
                ids.insert(fromPath(job.items[i].picture), job.ids[i]);
            for (const auto& [from, to] : result->undone)
                m_images.relocate(ids.value(fromPath(from)), fromPath(from));
            Q_EMIT relocated();
        }
        Outcome outcome{result->undone.size(), true, result->isCancelled, result->failures};
        outcome.failures.insert(outcome.failures.end(), result->left.begin(), result->left.end());
        report(job.choices, outcome);
    };
    start(tr("Undoing the sort"), record->job.choices, std::move(work), std::move(finished));
}

void SortSession::report(const SortChoices& choices, const Outcome& outcome) {
    const int count = static_cast<int>(outcome.done);
    const bool isMove = choices.mode == SortMode::Move;
    const QString where = formatPath(choices.destination);
    QString text = outcome.isUndo ? (isMove ? tr("%Ln picture(s) moved back", nullptr, count)
                                            : tr("%Ln copied picture(s) removed", nullptr, count))
                   : isMove       ? tr("%Ln picture(s) moved into folders in %1", nullptr, count).arg(where)
                                  : tr("%Ln picture(s) copied into folders in %1", nullptr, count).arg(where);
    if (outcome.isStopped) text = tr("Stopped: %1").arg(text);
    if (outcome.failures.empty()) {
        Q_EMIT finished(text);
        return;
    }
    const auto& [file, reason] = outcome.failures.front();
    const int others = static_cast<int>(outcome.failures.size()) - 1;
    QString problemText = engineText(reason);
    if (others > 0) problemText = tr("%1, and %Ln other(s) failed", nullptr, others).arg(problemText);
    Q_EMIT problem({fromPath(file.filename()), problemText, text});
}

}  // namespace diagonal
