// SPDX-License-Identifier: Apache-2.0
#include "training/data/loader.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "engine/base/error.h"
#include "training/data/batch_maker.h"

namespace diagonal {

namespace {

constexpr size_t kSamplesAtOnce = 4;  ///< samples that a thread takes on at once

/// Batches under way: enough samples for every thread, and two batches that are done or nearly so.
int64_t batchesAhead(const LoaderOptions& options) {
    const int64_t batch = std::max(options.batchSize, 1);
    return 3 + options.workers * static_cast<int64_t>(kSamplesAtOnce) / batch;
}

/// A batch that the workers share. The numbers of its samples are guarded by the loader's mutex.
struct Work {
    std::shared_ptr<OpenBatch> open;
    size_t claimed = 0, done = 0;
};

}  // namespace

uint64_t pictureCacheBytes() {
    const auto memory = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGE_SIZE));
    return std::min(uint64_t{3} << 29, memory / 8);
}

struct Loader::Impl {
    Impl(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, int64_t startStep)
        : maker(std::move(dataset), options), ahead(batchesAhead(options)), nextOut(startStep), nextIn(startStep) {
        for (int i = 0; i < std::max(options.workers, 1); ++i)
            workers.emplace_back([this](const std::stop_token& stop) { run(stop); });
    }

    // --- on the workers -----------------------------------------------------------------------------------------

    void run(const std::stop_token& stop) {
        std::unique_lock lock(mutex);
        const auto isNeeded = [this] { return !failure && (unclaimed() != nullptr || mayOpen()); };
        while (room.wait(lock, stop, isNeeded) && !stop.stop_requested()) {
            try {
                if (const std::shared_ptr<Work> work = unclaimed())
                    advance(*work, lock, stop);
                else
                    openNext(lock);
            } catch (const Cancelled&) {
                return;
            } catch (...) {  // handed to next()
                if (!lock.owns_lock()) lock.lock();
                if (!failure) failure = std::current_exception();
                arrived.notify_all();
            }
        }
    }

    /// The earliest batch with samples that no thread makes yet. Under the mutex, as what follows; it is let go of
    /// during the work.
    std::shared_ptr<Work> unclaimed() const {
        for (const auto& [step, work] : shared) {
            if (work->claimed < work->open->count) return work;
        }
        return nullptr;
    }

    bool mayOpen() const { return nextIn < nextOut + ahead; }

    void openNext(std::unique_lock<std::mutex>& lock) {
        const int64_t step = nextIn++;
        lock.unlock();
        auto work = std::make_shared<Work>(Work{maker.open(step)});
        lock.lock();
        shared.emplace(step, std::move(work));
        room.notify_all();
    }

    /// Makes the next few samples of a batch; whoever makes the last ones finishes it.
    void advance(Work& work, std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
        OpenBatch& open = *work.open;
        const size_t begin = work.claimed, end = std::min(begin + kSamplesAtOnce, open.count);
        work.claimed = end;
        lock.unlock();
        for (size_t place = begin; place < end; ++place) {
            if (stop.stop_requested()) throw Cancelled();
            maker.fill(open, place);
        }
        lock.lock();
        work.done += end - begin;
        if (work.done < open.count) return;
        lock.unlock();
        maker.finish(open, stop);
        lock.lock();
        shared.erase(open.batch.step);
        ready.emplace(open.batch.step, std::move(open.batch));
        arrived.notify_all();
    }

    // --- on the caller's thread ---------------------------------------------------------------------------------

    Batch next(const std::stop_token& stop) {
        const auto start = std::chrono::steady_clock::now();
        std::unique_lock lock(mutex);
        const auto isReady = [this] { return ready.contains(nextOut) || failure != nullptr; };
        if (!arrived.wait(lock, stop, isReady)) throw Cancelled();
        const auto found = ready.find(nextOut);
        if (found == ready.end()) std::rethrow_exception(failure);
        Batch batch = std::move(found->second);
        ready.erase(found);
        ++nextOut;
        lock.unlock();
        room.notify_all();
        batch.waitSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return batch;
    }

    BatchMaker maker;
    const int64_t ahead;  ///< batches made before they are asked for

    std::mutex mutex;  ///< of all below
    std::condition_variable_any room, arrived;
    int64_t nextOut = 0, nextIn = 0;
    std::map<int64_t, std::shared_ptr<Work>> shared;
    std::map<int64_t, Batch> ready;
    std::exception_ptr failure;

    std::vector<std::jthread> workers;  ///< last: joined before what they use goes
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, int64_t startStep)
    : m_impl(std::make_unique<Impl>(std::move(dataset), options, startStep)) {
}

Loader::~Loader() {
    m_impl->maker.stop();
    for (std::jthread& worker : m_impl->workers)
        worker.request_stop();
}

Batch Loader::next(const std::stop_token& stop) {
    return m_impl->next(stop);
}

int64_t Loader::batchesPerEpoch() const {
    return m_impl->maker.batchesPerEpoch();
}

std::vector<std::string> Loader::failures() const {
    return m_impl->maker.failures();
}

}  // namespace diagonal
