// SPDX-License-Identifier: Apache-2.0
#include "training/data/loader.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/sample_maker.h"
#include "training/data/sampler.h"

namespace diagonal {

namespace {

constexpr int kChunk = 4;  ///< samples that a thread takes on at once
constexpr int64_t kFewestAhead = 3;

SamplerOptions samplerOptions(const LoaderOptions& options) {
    return {options.batchSize, options.seed, options.shuffle, options.dropLast, options.spreadLabels};
}

/// Batches under way: enough samples for every thread, and two batches that are done or nearly so.
int64_t batchesAhead(const LoaderOptions& options) {
    const int64_t batch = std::max(options.batchSize, 1);
    return std::max<int64_t>(kFewestAhead, 2 + (int64_t{options.workers} * kChunk + batch - 1) / batch);
}

std::string reasonOf(const Dataset& dataset, size_t index, const std::exception& failure) {
    const auto* error = dynamic_cast<const Error*>(&failure);
    const std::filesystem::path file = dataset.file(index);
    return displayName(file.empty() ? std::filesystem::path(dataset.name(index)) : file) + ": " +
           (error != nullptr ? error->problem() : failure.what());
}

/// A batch in the making. Each place is filled by one thread; finish() runs when all are done.
struct Work {
    std::shared_ptr<const EpochPlan> plan;
    size_t first = 0, count = 0;  ///< places in plan->items
    Batch batch;
    std::vector<std::optional<Sample>> samples;  ///< none where the image cannot be read
    size_t claimed = 0, done = 0;                ///< guarded by the loader's mutex
};

}  // namespace

struct Loader::Impl {
    Impl(const std::shared_ptr<const Dataset>& data, const LoaderOptions& given, int64_t startStep)
        : dataset(data),
          options(given),
          sampler(samplerOptions(given)),
          perEpoch(diagonal::batchesPerEpoch(data->size(), sampler)),
          ahead(batchesAhead(given)),
          pictureBytes(static_cast<size_t>(given.preprocess.width) * static_cast<size_t>(given.preprocess.height) * 3),
          maker(data, given),
          nextOut(startStep),
          nextIn(startStep) {
        if (perEpoch == 0) throw Error("data", "there are no images to load");
        const int count = std::max(options.workers, 1);
        for (int i = 0; i < count; ++i) {
            workers.emplace_back([this](const std::stop_token& stop) { work(stop); });
        }
    }

    // --- on the workers -----------------------------------------------------------------------------------------

    void work(const std::stop_token& stop) {
        std::unique_lock lock(mutex);
        const auto isNeeded = [this] { return !failure && (unclaimed() != nullptr || mayOpen()); };
        while (room.wait(lock, stop, isNeeded) && !stop.stop_requested()) {
            try {
                if (const std::shared_ptr<Work> work = unclaimed()) {
                    advance(*work, lock, stop);
                } else {
                    const int64_t step = nextIn++;
                    std::vector<uint8_t> pixels = takeSpare();
                    lock.unlock();
                    std::shared_ptr<Work> opened = begin(step, std::move(pixels));
                    lock.lock();
                    open.emplace(step, std::move(opened));
                    room.notify_all();
                }
            } catch (const Cancelled&) {
                return;
            } catch (...) {  // handed to next()
                if (!lock.owns_lock()) lock.lock();
                if (!failure) failure = std::current_exception();
                arrived.notify_all();
            }
        }
    }

    /// Makes the next few samples of a batch; whoever makes the last ones finishes it.
    void advance(Work& work, std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
        const size_t begin = work.claimed, end = std::min(begin + kChunk, work.count);
        work.claimed = end;
        lock.unlock();
        for (size_t place = begin; place < end; ++place) {
            if (stop.stop_requested()) throw Cancelled();
            fill(work, place, work.plan->items[work.first + place]);
        }
        lock.lock();
        work.done += end - begin;
        if (work.done < work.count) return;
        lock.unlock();
        finish(work, stop);
        lock.lock();
        const auto finished = open.extract(work.batch.step);
        ready.emplace(work.batch.step, std::move(work.batch));
        arrived.notify_all();
    }

    /// The earliest batch with samples that no thread makes yet. Under the mutex, as the next two.
    std::shared_ptr<Work> unclaimed() const {
        for (const auto& [step, work] : open) {
            if (work->claimed < work->count) return work;
        }
        return nullptr;
    }

    bool mayOpen() const { return nextIn < nextOut + ahead; }

    std::vector<uint8_t> takeSpare() {
        if (spares.empty()) return {};
        std::vector<uint8_t> pixels = std::move(spares.back());
        spares.pop_back();
        return pixels;
    }

    std::shared_ptr<const EpochPlan> planOf(int64_t epoch) {
        const std::lock_guard lock(planMutex);
        for (const auto& plan : plans) {
            if (plan->epoch == epoch) return plan;
        }
        auto plan = std::make_shared<const EpochPlan>(planEpoch(*dataset, sampler, epoch));
        if (plans.size() >= 2) plans.erase(plans.begin());
        plans.push_back(plan);
        return plan;
    }

    std::shared_ptr<Work> begin(int64_t step, std::vector<uint8_t> pixels) {
        auto work = std::make_shared<Work>();
        work->plan = planOf(step / perEpoch);
        const auto number = static_cast<size_t>(step % perEpoch);
        work->first = work->plan->starts[number];
        work->count = work->plan->starts[number + 1] - work->first;
        work->samples.resize(work->count);
        Batch& batch = work->batch;
        batch.step = step;
        batch.epoch = work->plan->epoch;
        batch.firstSample = static_cast<int64_t>(work->first);
        batch.width = options.preprocess.width;
        batch.height = options.preprocess.height;
        batch.indices.resize(work->count);
        batch.captions.resize(work->count);
        batch.pixels = std::move(pixels);
        batch.pixels.resize(work->count * pictureBytes);
        return work;
    }

    /// Makes the sample at one place of a batch. False when the image cannot be read.
    bool fill(Work& work, size_t place, const EpochPlan::Item& item) {
        {
            const std::lock_guard lock(failedMutex);
            if (failed.contains(item.index)) return false;
        }
        Batch& batch = work.batch;
        try {
            work.samples[place] =
                maker.make(item.index, item.caption, batch.epoch, batch.pixels.data() + place * pictureBytes);
        } catch (const std::exception& error) {
            const std::string reason = reasonOf(*dataset, item.index, error);
            const std::lock_guard lock(failedMutex);
            if (failed.insert(item.index).second) {
                reasons.push_back(reason);
                batch.failures.push_back(reason);
            }
            return false;
        }
        batch.indices[place] = item.index;
        batch.captions[place] = dataset->captions(item.index)[item.caption];
        return true;
    }

    /// Replaces what cannot be read, closes the gaps that are left, and packs the tokens.
    void finish(Work& work, const std::stop_token& stop) {
        const std::vector<EpochPlan::Item>& items = work.plan->items;
        // Where replacements are looked for: behind the batch, then from the epoch's start.
        size_t spare = work.first + work.count;
        const size_t lastSpare = work.first + items.size();
        for (size_t place = 0; place < work.count; ++place) {
            while (!work.samples[place] && spare < lastSpare) {
                if (stop.stop_requested()) throw Cancelled();
                fill(work, place, items[spare++ % items.size()]);
            }
        }
        Batch& batch = work.batch;
        std::vector<std::vector<int64_t>> texts;
        size_t kept = 0;
        for (size_t place = 0; place < work.count; ++place) {
            if (!work.samples[place]) continue;
            Sample& sample = *work.samples[place];
            batch.imageIds.push_back(sample.imageId);
            batch.captionIds.push_back(sample.captionId);
            texts.push_back(std::move(sample.tokens));
            if (kept != place) move(batch, place, kept);
            ++kept;
        }
        batch.indices.resize(kept);
        batch.captions.resize(kept);
        batch.pixels.resize(kept * pictureBytes);
        if (kept == 0) {
            throw Error("data", "no image can be read; the first failure: " + failures().at(0),
                        "Check the image files with: diagonal-cli dataset info");
        }
        if (options.tokenizer != nullptr) batch.tokens = options.tokenizer->pack(texts);
    }

    void move(Batch& batch, size_t from, size_t to) const {
        batch.indices[to] = batch.indices[from];
        batch.captions[to] = std::move(batch.captions[from]);
        std::copy_n(batch.pixels.begin() + static_cast<ptrdiff_t>(from * pictureBytes), pictureBytes,
                    batch.pixels.begin() + static_cast<ptrdiff_t>(to * pictureBytes));
    }

    std::vector<std::string> failures() const {
        const std::lock_guard lock(failedMutex);
        return reasons;
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

    void recycle(std::vector<uint8_t> pixels) {
        const std::lock_guard lock(mutex);
        if (static_cast<int64_t>(spares.size()) < ahead) spares.push_back(std::move(pixels));
    }

    const std::shared_ptr<const Dataset> dataset;
    const LoaderOptions options;
    const SamplerOptions sampler;
    const int64_t perEpoch;
    const int64_t ahead;  ///< batches made before they are asked for
    const size_t pictureBytes;
    SampleMaker maker;

    std::mutex planMutex;
    std::vector<std::shared_ptr<const EpochPlan>> plans;

    mutable std::mutex failedMutex;
    std::unordered_set<size_t> failed;
    std::vector<std::string> reasons;

    std::mutex mutex;  ///< of all below
    std::condition_variable_any room, arrived;
    int64_t nextOut = 0, nextIn = 0;
    std::map<int64_t, std::shared_ptr<Work>> open;
    std::map<int64_t, Batch> ready;
    std::vector<std::vector<uint8_t>> spares;
    std::exception_ptr failure;

    std::vector<std::jthread> workers;  ///< last: joined before what they use goes
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, int64_t startStep)
    : m_impl(std::make_unique<Impl>(dataset, options, startStep)) {
}

Loader::~Loader() {
    for (std::jthread& worker : m_impl->workers)
        worker.request_stop();
}

Batch Loader::next(const std::stop_token& stop) {
    return m_impl->next(stop);
}

void Loader::recycle(Batch&& batch) {
    m_impl->recycle(std::move(batch.pixels));
}

int64_t Loader::batchesPerEpoch() const {
    return m_impl->perEpoch;
}

std::vector<std::string> Loader::failures() const {
    return m_impl->failures();
}

}  // namespace diagonal
