// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <memory>
#include <vector>

#include "engine/index/indexer.h"
#include "ui/jobs/engine_service.h"

namespace diagonal {

class Services;

/// A source of a library, as the folder panel shows it.
struct SourceState {
    qint64 id = 0;
    QString path;
    bool isWatched = false, takesAll = false, hasPatches = false;  ///< as LibrarySource
    bool isThere = true;                                           ///< false: a drive that is not connected
    LibraryCounts counts;
};

/// What is known of the open library at a moment.
struct ShownLibrary {
    LibraryModel model;
    std::vector<SourceState> sources;
    LibraryCounts counts;
    qint64 left = 0;       ///< files that wait to be embedded
    LeftOutNames leftOut;  ///< Library::leftOut
    QString leftBehind;    ///< what the last look at the folders left out, as a sentence
    QString writeProblem;  ///< why nothing can be added: another program writes it, or its disk takes nothing
    bool isImported() const { return model.identity.empty(); }
    bool isWritable() const { return writeProblem.isEmpty(); }
};

/// The open library: sources come and go, the disk is compared with it, and what is new is embedded on the engine
/// thread, in slices below everything else. UI thread only; the library itself is touched by worker threads alone.
class LibrarySession : public QObject {
    Q_OBJECT

  public:
    explicit LibrarySession(Services& services, QObject* parent = nullptr);
    ~LibrarySession() override;

    /// The model that new rows are made with; an empty identity: not known yet.
    void setModel(const LibraryModel& model);
    const LibraryModel& model() const { return m_model; }

    void open(const QString& folder);
    /// Begins one in a new or empty folder, as soon as the model is known.
    void create(const QString& folder);
    void close();
    bool isOpen() const { return m_shared != nullptr; }
    /// Or being made, or about to be made once the model is known.
    bool isOpening() const { return m_isOpening || !m_toCreate.isEmpty(); }
    QString folder() const { return m_folder; }
    QString name() const;  ///< of its folder

    const ShownLibrary& state() const { return m_state; }
    std::shared_ptr<const Snapshot> snapshot() const { return m_snapshot; }
    /// The open model made its rows, or may have: imported rows of its width.
    bool fitsModel() const;

    /// Folders, pictures and videos.
    void add(const QStringList& paths, bool isWatched = true);
    void remove(qint64 source);
    void setWatched(qint64 source, bool isWatched);
    /// LibrarySource::takesAll, hasPatches.
    void setTaken(qint64 source, bool takesAll, bool hasPatches);
    /// Library::setLeftOut.
    void setLeftOut(const LeftOutNames& names);
    /// Compares the disk with it.
    void refresh();
    /// Takes out all rows and makes them again with the open model.
    void embedAgain();
    void setPaused(bool paused);
    bool isPaused() const { return m_isPaused; }
    bool isScanning() const { return m_scanJob != 0; }
    bool isEmbedding() const { return m_embedJob != 0; }
    bool isBusy() const { return isScanning() || isEmbedding(); }
    /// Of the files to be embedded since that began.
    qint64 done() const { return m_done; }
    qint64 total() const { return m_total; }
    double perSecond() const;
    double secondsLeft() const;

    /// Path and reason of what could not be read; source 0: of all.
    void lookAtFailures(qint64 source, std::function<void(std::vector<std::pair<QString, QString>>)> then);

  Q_SIGNALS:
    void opened();        ///< or closed: see isOpen
    void stateChanged();  ///< counts, sources, busy or not
    void snapshotChanged();
    void progressed();
    void failed(const diagonal::JobError& error);
    void noted(const QString& sentence);

  private:
    struct Shared;
    struct Heard;
    using SharedPtr = std::shared_ptr<Shared>;
    void use(const QString& folder, bool isNew);
    void took(const QString& folder, SharedPtr shared);
    /// Lets a worker thread change the library, then shows it; isScanDue: and compares it with the disk.
    void change(const QString& title, std::function<void(Library&)> work, bool isScanDue);
    void goOn();
    void scan();
    void embed();
    void stopEmbedding();
    void takeReport();
    void watchFolders();
    void endWatch();
    void lookAgain();
    void letGo();
    void letGo(SharedPtr shared);

    Services& m_services;
    QObject m_openOwner, m_scanOwner, m_embedOwner, m_lookOwner, m_failureOwner;
    LibraryModel m_model;
    QString m_folder, m_toCreate;
    QStringList m_toAdd;
    QObject* m_order = nullptr;  ///< in which tasks of the open library run: one that hangs holds up no other library
    SharedPtr m_shared;
    ShownLibrary m_state;
    std::shared_ptr<const Snapshot> m_snapshot;
    std::shared_ptr<FolderWatch> m_watch;
    std::shared_ptr<Heard> m_heard;
    std::vector<WatchedFolder> m_watched;
    LeftOutNames m_watchLeavesOut;
    QTimer m_poll, m_changedSoon;
    JobId m_scanJob = 0, m_embedJob = 0;
    qint64 m_done = 0, m_total = 0;
    int m_changes = 0;  ///< of the open library that run
    bool m_isOpening = false, m_isPaused = false, m_isScanDue = false, m_hasEmbeddingFailed = false;
    bool m_isStopping = false;
};

}  // namespace diagonal
