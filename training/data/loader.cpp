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

/// Pieces of pixels that are in memory at a time: as many as those batches have, unless they would take too much.
int64_t piecesAhead(const BatchMaker& maker, const LoaderOptions& options, int64_t batches) {
    const auto bytes = std::max<uint64_t>(maker.pieceBytes(), 1);
    const auto images = static_cast<int64_t>(maker.pieceImages());
    const int64_t perBatch = (std::max(options.batchSize / options.ranks, 1) + images - 1) / images;
    return std::clamp(static_cast<int64_t>(options.aheadBytes / bytes), int64_t{1}, batches * perBatch);
}

/// A batch that the workers share. All but what `open` holds is guarded by the loader's mutex.
struct Work {
    explicit Work(std::shared_ptr<OpenBatch> batch) : open(std::move(batch)), done(open->pieces.size()) {}

    std::shared_ptr<OpenBatch> open;
    size_t claimed = 0;        ///< samples
    std::vector<size_t> done;  ///< of each piece
    size_t finished = 0;       ///< pieces
    size_t taken = 0;          ///< likewise
    bool isFinishing = false;  ///< by a thread

    bool isFilled(size_t piece) const { return done[piece] == open->pieceEnd(piece) - open->pieceBegin(piece); }
};

}  // namespace

uint64_t pictureCacheBytes() {
    const auto memory = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGE_SIZE));
    return std::min(uint64_t{3} << 29, memory / 8);
}

struct Loader::Impl {
    Impl(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, int64_t startStep)
        : maker(std::move(dataset), options),
          ahead(batchesAhead(options)),
          mostPieces(piecesAhead(maker, options, ahead)),
          nextOut(startStep),
          nextIn(startStep) {
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

    /// The earliest batch with samples that no thread makes yet, where there is memory for them and none before it is
    /// still to be opened: what is waited for never waits for what comes later. Under the mutex, as what follows; it is
    /// let go of during the work.
    std::shared_ptr<Work> unclaimed() const {
        int64_t expected = nextOut;
        for (const auto& [step, work] : shared) {
            if (step != expected++) return nullptr;
            if (work->claimed == work->open->count) continue;
            const bool isInMemory = work->claimed % work->open->pieceImages != 0;
            return isInMemory || pieces < mostPieces ? work : nullptr;
        }
        return nullptr;
    }

    bool mayOpen() const { return nextIn < nextOut + ahead; }

    void openNext(std::unique_lock<std::mutex>& lock) {
        const int64_t step = nextIn++;
        lock.unlock();
        auto work = std::make_shared<Work>(maker.open(step));
        lock.lock();
        shared.emplace(step, std::move(work));
        room.notify_all();
    }

    /// Makes the next few samples of a batch; whoever makes the last ones of a piece finishes it.
    void advance(Work& work, std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
        OpenBatch& open = *work.open;
        const size_t begin = work.claimed, piece = begin / open.pieceImages;
        const size_t end = std::min(begin + kSamplesAtOnce, open.pieceEnd(piece));
        if (begin == open.pieceBegin(piece)) {
            maker.begin(open, piece);
            ++pieces;
        }
        work.claimed = end;
        lock.unlock();
        for (size_t place = begin; place < end; ++place) {
            if (stop.stop_requested()) throw Cancelled();
            maker.fill(open, place);
        }
        lock.lock();
        work.done[piece] += end - begin;
        while (!work.isFinishing && work.finished < work.done.size() && work.isFilled(work.finished)) {
            work.isFinishing = true;
            lock.unlock();
            maker.finish(open, work.finished, stop);
            lock.lock();
            work.isFinishing = false;
            ++work.finished;
            arrived.notify_all();
        }
    }

    // --- on the caller's thread ---------------------------------------------------------------------------------

    /// A call that was cancelled between two pieces is gone on with by the next one.
    Batch next(const std::function<void(PixelPiece)>& take, const std::stop_token& stop) {
        using Clock = std::chrono::steady_clock;
        Clock::duration waited{};
        std::shared_ptr<Work> work;
        const auto isReady = [&] {
            const auto found = shared.find(nextOut);
            return found != shared.end() && found->second->finished > found->second->taken;
        };
        for (bool isLast = false; !isLast;) {
            const auto start = Clock::now();
            std::unique_lock lock(mutex);
            if (!arrived.wait(lock, stop, [&] { return isReady() || failure != nullptr; })) throw Cancelled();
            if (!isReady()) std::rethrow_exception(failure);
            waited += Clock::now() - start;
            work = shared.at(nextOut);
            OpenBatch& open = *work->open;
            PixelPiece piece{std::move(open.pieces[work->taken]), open.pieceBegin(work->taken), open.count};
            --pieces;
            isLast = ++work->taken == work->done.size();
            if (isLast) shared.erase(nextOut++);
            lock.unlock();
            room.notify_all();
            take(std::move(piece));
        }
        Batch batch = std::move(work->open->batch);
        batch.waitSeconds = std::chrono::duration<double>(waited).count();
        return batch;
    }

    BatchMaker maker;
    const int64_t ahead;       ///< batches made before they are asked for
    const int64_t mostPieces;  ///< of pixels, in memory before they are taken

    std::mutex mutex;  ///< of all below
    std::condition_variable_any room, arrived;
    int64_t nextOut = 0, nextIn = 0;
    std::map<int64_t, std::shared_ptr<Work>> shared;
    int64_t pieces = 0;  ///< in memory
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
    std::vector<PixelBuffer> pieces;
    Batch batch = next([&](PixelPiece piece) { pieces.push_back(std::move(piece.pixels)); }, stop);
    if (pieces.size() == 1) {
        batch.pixels = std::move(pieces.front());
        return batch;
    }
    batch.pixels =
        PixelBuffer(batch.indices.size() * static_cast<size_t>(batch.width) * static_cast<size_t>(batch.height) * 3);
    uint8_t* out = batch.pixels.begin();
    for (const PixelBuffer& piece : pieces)
        out = std::copy(piece.begin(), piece.end(), out);
    return batch;
}

Batch Loader::next(const std::function<void(PixelPiece)>& take, const std::stop_token& stop) {
    return m_impl->next(take, stop);
}

int64_t Loader::batchesPerEpoch() const {
    return m_impl->maker.batchesPerEpoch();
}

std::vector<std::string> Loader::failures() const {
    return m_impl->maker.failures();
}

}  // namespace diagonal
