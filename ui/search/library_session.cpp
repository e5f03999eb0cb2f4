// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/library_session.h"

#include <QFileInfo>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/index/indexer.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/search/library_shared.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

constexpr std::chrono::milliseconds kSlice{250};
constexpr int kPollMilliseconds = 5000, kChangedMilliseconds = 1500;

/// Without owning it for a moment: who lets go of a library last writes what is left, and is no UI thread.
template <typename Shared>
bool isSameLibrary(const std::weak_ptr<Shared>& one, const std::shared_ptr<Shared>& other) {
    return !one.owner_before(other) && !other.owner_before(one);
}

}  // namespace

/// Who is told of changes by the thread that watches; nobody once that is over.
struct LibrarySession::Heard {
    std::mutex mutex;
    LibrarySession* by = nullptr;
};

LibrarySession::LibrarySession(Services& services, QObject* parent) : QObject(parent), m_services(services) {
    m_poll.setInterval(kPollMilliseconds);
    connect(&m_poll, &QTimer::timeout, this, &LibrarySession::lookAgain);
    m_changedSoon.setSingleShot(true);
    m_changedSoon.setInterval(kChangedMilliseconds);
    connect(&m_changedSoon, &QTimer::timeout, this, &LibrarySession::refresh);
}

LibrarySession::~LibrarySession() {
    letGo();
}

void LibrarySession::setModel(const LibraryModel& model) {
    m_model = model;
    m_hasEmbeddingFailed = false;
    if (isEmbedding()) stopEmbedding();  // the job would keep the model that was open before
    if (!m_toCreate.isEmpty() && !model.identity.empty()) create(std::exchange(m_toCreate, {}));
    goOn();
    Q_EMIT stateChanged();
}

void LibrarySession::open(const QString& folder) {
    close();
    use(folder, false);
}

void LibrarySession::create(const QString& folder) {
    QStringList toAdd = m_toAdd;
    close();
    m_toAdd = std::move(toAdd);
    if (m_model.identity.empty())
        m_toCreate = folder;
    else
        use(folder, true);
}

void LibrarySession::use(const QString& folder, bool isNew) {
    m_isOpening = true;
    m_folder = folder;
    m_order = new QObject(this);  // never in the place of another one, whose tasks may hang
    auto found = std::make_shared<SharedPtr>();
    EngineService::TaskHandler handler;
    handler.finished = [this, folder, found] { took(folder, std::exchange(*found, nullptr)); };
    const auto isGivenUp = [this, folder] {
        if (!m_isOpening || folder != m_folder) return false;
        m_isOpening = false;
        m_folder.clear();
        m_toAdd.clear();
        return true;
    };
    handler.failed = [this, isGivenUp](const JobError& error) {
        if (!isGivenUp()) return;
        Q_EMIT failed(error);
        Q_EMIT opened();
    };
    handler.cancelled = [this, isGivenUp] {
        if (isGivenUp()) Q_EMIT opened();
    };
    m_services.engine().runTask(
        &m_openOwner, tr("Opening the library"),
        [found, path = toPath(folder), isNew, model = m_model](const JobContext& job) {
            *found = Shared::open(path, isNew ? &model : nullptr, job);
        },
        std::move(handler), m_order);
    Q_EMIT stateChanged();
}

void LibrarySession::took(const QString& folder, SharedPtr shared) {
    if (!m_isOpening || folder != m_folder) return letGo(std::move(shared));  // another one was asked for since
    m_isOpening = false;
    m_shared = std::move(shared);
    m_hasEmbeddingFailed = false;
    takeReport();
    if (m_state.isWritable())
        m_isScanDue = true;
    else
        m_poll.start();
    Q_EMIT opened();
    if (!m_toAdd.isEmpty()) add(std::exchange(m_toAdd, {}));
    watchFolders();
    goOn();
}

void LibrarySession::close() {
    letGo();
    m_folder.clear();
    m_toAdd.clear();
    m_toCreate.clear();
    m_state = {};
    m_snapshot.reset();
    m_isScanDue = m_isPaused = false;
    m_isOpening = false;
    Q_EMIT opened();
}

/// Its last owner may write what is left, and so is a worker thread.
void LibrarySession::letGo() {
    m_poll.stop();
    endWatch();
    if (!m_shared) return;
    m_shared->isClosing = true;
    // First: what its jobs say when they are cancelled begins no other one.
    SharedPtr shared = std::exchange(m_shared, nullptr);
    for (const JobId job : {std::exchange(m_scanJob, 0), std::exchange(m_embedJob, 0)})
        if (job != 0) m_services.engine().cancel(job);
    m_done = m_total = 0;
    m_changes = 0;
    letGo(std::move(shared));
}

void LibrarySession::letGo(SharedPtr shared) {
    m_services.engine().runTask(nullptr, {}, [shared = std::move(shared)](const JobContext&) {}, {});
}

QString LibrarySession::name() const {
    return m_folder.isEmpty() ? QString() : shownName(m_folder);
}

bool LibrarySession::fitsModel() const {
    if (!m_shared || m_model.identity.empty()) return true;
    if (m_state.isImported()) return m_state.model.dim == m_model.dim;
    return m_state.model.identity == m_model.identity;
}

void LibrarySession::add(const QStringList& paths, bool isWatched) {
    if (!m_shared) {
        m_toAdd << paths;
        return;
    }
    if (!m_state.isWritable()) {
        Q_EMIT failed({name(), m_state.writeProblem, {}});
        return;
    }
    change(
        tr("Adding to the library"),
        [paths, isWatched](Library& library) {
            for (const QString& path : paths)
                library.addSource(toPath(path), isWatched);
        },
        true);
}

void LibrarySession::remove(qint64 source) {
    change(
        tr("Taking a folder out of the library"), [source](Library& library) { library.removeSource(source); }, false);
}

void LibrarySession::setWatched(qint64 source, bool isWatched) {
    change(
        tr("Changing the library"), [=](Library& library) { library.setWatched(source, isWatched); }, isWatched);
}

void LibrarySession::setTaken(qint64 source, bool takesAll, bool hasPatches) {
    change(
        tr("Changing the library"), [=](Library& library) { library.setTaken(source, takesAll, hasPatches); }, true);
}

void LibrarySession::setLeftOut(const LeftOutNames& names) {
    change(
        tr("Changing the library"), [=](Library& library) { library.setLeftOut(names); }, true);
}

void LibrarySession::embedAgain() {
    if (m_model.identity.empty()) return;
    m_hasEmbeddingFailed = false;
    if (isEmbedding()) stopEmbedding();
    change(
        tr("Changing the library"), [model = m_model](Library& library) { library.beginAgain(model); }, true);
}

void LibrarySession::change(const QString& title, std::function<void(Library&)> work, bool isScanDue) {
    if (!m_shared) return;
    // A context of its own each: none supersedes another.
    auto* context = new QObject(this);
    ++m_changes;
    // False: it was of a library that is closed.
    const auto ended = [this, context, shared = std::weak_ptr(m_shared)] {
        context->deleteLater();
        const bool isOfOpen = isSameLibrary(shared, m_shared);
        if (isOfOpen) --m_changes;
        return isOfOpen;
    };
    EngineService::TaskHandler handler;
    handler.finished = [this, ended, isScanDue] {
        if (!ended()) return;
        takeReport();
        watchFolders();
        m_isScanDue = m_isScanDue || isScanDue;
        goOn();
        Q_EMIT stateChanged();
    };
    handler.failed = [this, ended](const JobError& error) {
        if (ended()) goOn();
        Q_EMIT failed(error);
        Q_EMIT stateChanged();
    };
    handler.cancelled = [this, ended] {
        if (ended()) goOn();
    };
    m_services.engine().runTask(
        context, title,
        [shared = m_shared, work = std::move(work)](const JobContext&) {
            const Shared::Lock lock(*shared);
            work(*shared->library);
            shared->library->flush();
            shared->look(true);
        },
        std::move(handler), m_order);
}

void LibrarySession::refresh() {
    if (!m_shared) return;
    m_hasEmbeddingFailed = false;
    if (!m_state.isWritable()) return lookAgain();
    m_isScanDue = true;
    goOn();
}

void LibrarySession::setPaused(bool paused) {
    if (paused == m_isPaused) return;
    m_isPaused = paused;
    if (paused && isEmbedding()) stopEmbedding();
    goOn();
    Q_EMIT stateChanged();
}

/// Scans where that is due, then embeds what is left, one after the other.
void LibrarySession::goOn() {
    if (!m_shared || !m_state.isWritable() || isScanning() || m_changes > 0) return;
    if (m_isScanDue) {
        if (isEmbedding())
            stopEmbedding();
        else
            scan();
        return;
    }
    const bool canEmbed = !m_isPaused && !m_hasEmbeddingFailed && fitsModel() && !m_model.identity.empty();
    if (canEmbed && !isEmbedding() && m_state.left > 0) embed();
}

void LibrarySession::scan() {
    m_isScanDue = false;
    EngineService::TaskHandler handler;
    const auto ended = [this, shared = std::weak_ptr(m_shared)] {
        if (!isSameLibrary(shared, m_shared)) return;
        m_scanJob = 0;
        takeReport();
        goOn();
        Q_EMIT stateChanged();
    };
    handler.finished = ended;
    handler.failed = [this, ended](const JobError& error) {
        ended();
        Q_EMIT failed(error);
    };
    handler.cancelled = ended;
    m_scanJob = m_services.engine().runTask(
        &m_scanOwner, tr("Looking at the folders of %1").arg(name()),
        [shared = m_shared](const JobContext& job) {
            const Shared::Lock lock(*shared);
            shared->scan(job);
        },
        std::move(handler), m_order);
    Q_EMIT stateChanged();
}

void LibrarySession::embed() {
    m_done = 0;
    m_total = m_state.left;
    EngineService::SliceHandler handler;
    handler.progressed = [this, shared = std::weak_ptr(m_shared)] {
        if (!isSameLibrary(shared, m_shared)) return;
        takeReport();
        m_total = std::max(m_total, m_state.left);
        m_done = m_total - m_state.left;
        Q_EMIT progressed();
    };
    const auto ended = [this, shared = std::weak_ptr(m_shared)](bool hasFailed, bool isPaused) {
        if (!isSameLibrary(shared, m_shared)) return;
        m_embedJob = 0;
        m_hasEmbeddingFailed = hasFailed;
        m_isPaused = m_isPaused || isPaused;
        m_done = m_total = 0;
        takeReport();
        goOn();
        Q_EMIT stateChanged();
    };
    handler.finished = [ended] { ended(false, false); };
    handler.failed = [this, ended](const JobError& error) {
        ended(true, false);
        Q_EMIT failed(error);
    };
    // By the person, in the status bar, unless the session itself stopped it.
    handler.cancelled = [this, ended] { ended(false, !std::exchange(m_isStopping, false)); };
    m_isStopping = false;
    m_embedJob = m_services.engine().runWithModel(
        &m_embedOwner, tr("Indexing %1").arg(name()), tr("files/s"),
        [shared = m_shared, total = static_cast<int64_t>(m_total)](Session& session, const JobContext& job) {
            if (shared->isClosing) return false;
            if (shared->waiting > 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                return true;
            }
            const Shared::Lock lock(*shared);
            const bool goesOn = shared->indexer->embed(session, kSlice, {job.stop, {}});
            const int64_t left = shared->indexer->report().left;
            job.progress(std::max<int64_t>(0, total - left), std::max(total, left));
            shared->look(!goesOn);
            return goesOn;
        },
        std::move(handler));
    Q_EMIT stateChanged();
}

/// Without a word of it: whatever comes next goes on.
void LibrarySession::stopEmbedding() {
    if (m_embedJob == 0) return;
    m_isStopping = true;
    m_services.engine().cancel(m_embedJob);
}

void LibrarySession::takeReport() {
    if (!m_shared) return;
    std::shared_ptr<const Snapshot> snapshot;
    {
        const std::lock_guard lock(m_shared->reportMutex);
        m_state = m_shared->state;
        snapshot = m_shared->snapshot;
    }
    m_state.writeProblem = engineText(m_shared->writeProblem);
    if (snapshot == m_snapshot) return;
    m_snapshot = std::move(snapshot);
    Q_EMIT snapshotChanged();
}

void LibrarySession::lookAgain() {
    if (!m_shared || isBusy()) return;
    EngineService::TaskHandler handler;
    handler.finished = [this, shared = std::weak_ptr(m_shared)] {
        if (!isSameLibrary(shared, m_shared)) return;
        takeReport();
        Q_EMIT stateChanged();
    };
    handler.failed = [this](const JobError& error) {
        m_poll.stop();
        Q_EMIT failed(error);
    };
    m_services.engine().runTask(
        &m_lookOwner, {},
        [shared = m_shared](const JobContext&) {
            const Shared::Lock lock(*shared);
            shared->look(true);
        },
        std::move(handler));
}

void LibrarySession::watchFolders() {
    std::vector<WatchedFolder> folders;
    for (const SourceState& source : m_state.sources)
        if (source.isWatched && m_state.isWritable()) folders.push_back({toPath(source.path), source.takesAll});
    if (folders == m_watched && m_state.leftOut == m_watchLeavesOut) return;
    endWatch();
    m_watched = folders;
    m_watchLeavesOut = m_state.leftOut;
    if (folders.empty()) return;
    m_heard = std::make_shared<Heard>();
    m_heard->by = this;
    m_watch = std::make_shared<FolderWatch>(std::move(folders), m_watchLeavesOut, [heard = m_heard] {
        const std::lock_guard lock(heard->mutex);
        if (LibrarySession* by = heard->by)
            QMetaObject::invokeMethod(
                by, [by] { by->m_changedSoon.start(); }, Qt::QueuedConnection);
    });
}

/// Its thread may hang on a folder that does not answer, and so is waited for elsewhere.
void LibrarySession::endWatch() {
    m_watched.clear();
    if (m_heard) {
        const std::lock_guard lock(m_heard->mutex);
        m_heard->by = nullptr;
    }
    m_heard.reset();
    if (m_watch)
        m_services.engine().runTask(nullptr, {}, [watch = std::exchange(m_watch, nullptr)](const JobContext&) {}, {});
}

double LibrarySession::perSecond() const {
    for (const JobState& job : m_services.engine().jobs())
        if (job.id == m_embedJob) return job.perSecond;
    return 0;
}

double LibrarySession::secondsLeft() const {
    const double rate = perSecond();
    return rate > 0 ? static_cast<double>(m_total - m_done) / rate : -1;
}

void LibrarySession::lookAtFailures(qint64 source, std::function<void(std::vector<std::pair<QString, QString>>)> then) {
    if (!m_shared) return;
    using Found = std::vector<std::pair<QString, QString>>;
    m_services.compute(
        &m_failureOwner, {},
        [shared = m_shared, source](const JobContext&) {
            const Shared::Lock lock(*shared);
            Found found;
            const auto of = source == 0 ? std::nullopt : std::optional<int64_t>(source);
            for (const auto& [path, reason] : shared->library->failures(of))
                found.emplace_back(fromPath(path), engineText(reason));
            return found;
        },
        std::move(then));
}

}  // namespace diagonal
