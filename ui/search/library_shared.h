// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

#include "engine/index/indexer.h"
#include "ui/search/library_session.h"

namespace diagonal {

/// A library and what embeds it, as worker threads share them: one at a time, by a Lock. The report is for the UI
/// thread, which never waits for that.
struct LibrarySession::Shared {
    /// Holds the library. The job that embeds makes way for others.
    class Lock {
      public:
        explicit Lock(Shared& shared) : m_shared(shared) {
            ++shared.waiting;
            shared.mutex.lock();
            --shared.waiting;
        }
        ~Lock() { m_shared.mutex.unlock(); }
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

      private:
        Shared& m_shared;
    };

    /// newModel: begins a library where there is none.
    static std::shared_ptr<Shared> open(const std::filesystem::path& folder, const LibraryModel* newModel,
                                        const JobContext& job);
    /// Compares the disk with the library. With the Lock.
    void scan(const JobContext& job);
    /// Takes the report anew, now or where the last one is old enough. With the Lock.
    void look(bool now);

    /// Goes last: then the library is closed.
    const std::shared_ptr<void> isOpen = std::make_shared<int>();
    std::mutex mutex;
    std::shared_ptr<Library> library;    ///< guarded by mutex
    std::unique_ptr<Indexer> indexer;    ///< likewise; none of a library that cannot be written
    std::string writeProblem;            ///< never changes
    std::vector<std::string> unreached;  ///< sources, by the last scan; guarded by mutex
    QString leftBehind;                  ///< likewise
    std::atomic<int> waiting = 0;
    std::atomic<bool> isClosing = false;
    std::chrono::steady_clock::time_point nextLook;  ///< guarded by mutex

    std::mutex reportMutex;
    ShownLibrary state;                        ///< guarded by reportMutex
    std::shared_ptr<const Snapshot> snapshot;  ///< likewise
};

}  // namespace diagonal
