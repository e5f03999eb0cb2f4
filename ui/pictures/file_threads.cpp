// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/file_threads.h"

#include <QElapsedTimer>
#include <QFile>
#include <QThread>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>

#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr size_t kMostWaiting = 512, kMostHeldUp = 32;
constexpr int kMostAtEnd = 2000;

/// Where the file system of a path is mounted, by the kernel's table: nothing is asked of the file system itself. A
/// file of the root's file system stands for itself alone.
QString mountOf(const QString& path) {
    QFile table(QStringLiteral("/proc/self/mounts"));
    QString best;
    if (table.open(QIODevice::ReadOnly))
        for (const QByteArray& line : table.readAll().split('\n')) {
            QByteArray place = line.split(' ').value(1);
            for (const auto& [code, character] : {std::pair("\\040", " "), std::pair("\\011", "\t")})
                place.replace(code, character);
            const QString mount = fromPath(place.toStdString());
            if (mount.size() > std::max<qsizetype>(1, best.size()) && path.startsWith(mount + '/')) best = mount;
        }
    return best.isEmpty() ? path : best;
}

bool liesOn(const QString& path, const QString& mount) {
    return path == mount || path.startsWith(mount + '/');
}

}  // namespace

struct FileThreads::Shared {
    struct Request {
        QString path;
        Work work;
        std::function<void(const QString&)> unread;
    };
    struct Running {
        QString path;
        QElapsedTimer since;
        QString heldUpOn = {};  ///< mount; empty: not held up
        bool hasRead = false;
    };

    std::mutex mutex;
    std::condition_variable idle;
    std::deque<Request> waiting;  ///< the latest in front
    std::list<Running> running;
    size_t threads = 0;  ///< that are not held up
    size_t heldUp = 0;
    FileThreads* owner = nullptr;  ///< nullptr: gone

    void post(Finish finish) {
        const std::lock_guard lock(mutex);
        if (owner != nullptr && finish) QMetaObject::invokeMethod(owner, std::move(finish), Qt::QueuedConnection);
    }

    /// Until nothing waits, or until another thread has taken this one's place.
    void work() {
        std::unique_lock lock(mutex);
        while (owner != nullptr && !waiting.empty()) {
            const Request request = std::move(waiting.front());
            waiting.pop_front();
            running.push_front({request.path, {}});
            const auto self = running.begin();
            self->since.start();
            lock.unlock();
            Finish finish = request.work([this, self] {
                const std::lock_guard guard(mutex);
                self->hasRead = true;
            });
            lock.lock();
            const bool wasHeldUp = !self->heldUpOn.isEmpty();
            running.erase(self);
            if (wasHeldUp) --heldUp;
            lock.unlock();
            post(std::move(finish));
            lock.lock();
            if (!wasHeldUp) continue;
            if (owner != nullptr) QMetaObject::invokeMethod(owner, &FileThreads::answered, Qt::QueuedConnection);
            return;
        }
        --threads;
        idle.notify_all();
    }
};

FileThreads& FileThreads::instance() {
    static FileThreads threads;
    return threads;
}

FileThreads::FileThreads(int patienceMilliseconds, QObject* parent)
    : QObject(parent), m_shared(std::make_shared<Shared>()), m_patience(patienceMilliseconds) {
    m_shared->owner = this;
    m_clock.setInterval(std::max(10, m_patience / 5));
    connect(&m_clock, &QTimer::timeout, this, &FileThreads::lookAtClocks);
}

FileThreads::~FileThreads() {
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->owner = nullptr;
    }
    finish();
}

void FileThreads::start(const QString& path, Work work, std::function<void(const QString&)> unread) {
    std::function<void(const QString&)> pushedOut;
    {
        const std::lock_guard lock(m_shared->mutex);
        const bool isRefused = std::ranges::any_of(m_shared->running, [&path](const Shared::Running& one) {
            return !one.heldUpOn.isEmpty() && liesOn(path, one.heldUpOn);
        });
        if (isRefused) {
            QMetaObject::invokeMethod(
                this, [unread = std::move(unread)] { unread(tr("the file system does not answer")); },
                Qt::QueuedConnection);
            return;
        }
        m_shared->waiting.push_front({path, std::move(work), std::move(unread)});
        if (m_shared->waiting.size() > kMostWaiting) {
            pushedOut = std::move(m_shared->waiting.back().unread);
            m_shared->waiting.pop_back();
        }
    }
    if (pushedOut) pushedOut({});
    startThreads();
}

void FileThreads::startThreads() {
    const std::lock_guard lock(m_shared->mutex);
    const auto most = static_cast<size_t>(std::max(1, QThread::idealThreadCount() / 2));
    const size_t needed = m_shared->waiting.size() + m_shared->running.size() - m_shared->heldUp;
    while (m_shared->threads < std::min(most, needed) && m_shared->heldUp <= kMostHeldUp) {
        ++m_shared->threads;
        std::thread([shared = m_shared] { shared->work(); }).detach();
    }
    if (!m_clock.isActive()) m_clock.start();
}

void FileThreads::lookAtClocks() {
    {
        const std::lock_guard lock(m_shared->mutex);
        for (Shared::Running& one : m_shared->running) {
            if (one.hasRead || !one.heldUpOn.isEmpty() || one.since.elapsed() < m_patience) continue;
            one.heldUpOn = mountOf(one.path);
            --m_shared->threads;
            ++m_shared->heldUp;
            // What waits for the same file system would hold up the next thread.
            std::erase_if(m_shared->waiting, [&](Shared::Request& request) {
                if (!liesOn(request.path, one.heldUpOn)) return false;
                QMetaObject::invokeMethod(
                    this, [unread = std::move(request.unread)] { unread(tr("the file system does not answer")); },
                    Qt::QueuedConnection);
                return true;
            });
        }
        if (m_shared->running.empty() && m_shared->waiting.empty()) m_clock.stop();
        if (m_shared->waiting.empty()) return;
    }
    startThreads();
}

bool FileThreads::finish() {
    std::unique_lock lock(m_shared->mutex);
    m_shared->waiting.clear();
    const std::chrono::milliseconds patience(std::min(m_patience, kMostAtEnd));
    return m_shared->idle.wait_for(lock, patience, [this] { return m_shared->threads == 0; }) && m_shared->heldUp == 0;
}

}  // namespace diagonal
