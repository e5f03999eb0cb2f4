// SPDX-License-Identifier: Apache-2.0
#include "training/data/loader.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/picture_cache.h"
#include "training/data/random.h"
#include "training/data/sampler.h"

namespace diagonal {

namespace {

constexpr int64_t kFewestAhead = 3;

SamplerOptions samplerOptions(const LoaderOptions& options) {
    return {options.batchSize, options.seed, options.shuffle, options.dropLast, options.spreadLabels};
}

std::string reasonOf(const Dataset& dataset, size_t index, const std::exception& failure) {
    const auto* error = dynamic_cast<const Error*>(&failure);
    const std::filesystem::path file = dataset.file(index);
    return displayName(file.empty() ? std::filesystem::path(dataset.name(index)) : file) + ": " +
           (error != nullptr ? error->problem() : failure.what());
}

}  // namespace

struct Loader::Impl {
    Impl(std::shared_ptr<const Dataset> data, const LoaderOptions& given, int64_t startStep)
        : dataset(std::move(data)),
          options(given),
          sampler(samplerOptions(given)),
          perEpoch(diagonal::batchesPerEpoch(dataset->size(), sampler)),
          ahead(std::max<int64_t>(kFewestAhead, given.workers + 1)),
          augments(given.augment && dataset->supportsAugmentation()),
          cache(dataset->size(), given.cacheBytes),
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
        while (true) {
            int64_t step = 0;
            {
                std::unique_lock lock(mutex);
                if (!room.wait(lock, stop, [this] { return nextIn < nextOut + ahead && !failure; })) return;
                step = nextIn++;
            }
            try {
                Batch batch = make(step, stop);
                const std::lock_guard lock(mutex);
                ready.emplace(step, std::move(batch));
            } catch (const Cancelled&) {
                return;
            } catch (...) {  // handed to next()
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
            }
            arrived.notify_all();
        }
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

    Batch make(int64_t step, const std::stop_token& stop) {
        const auto plan = planOf(step / perEpoch);
        const auto number = static_cast<size_t>(step % perEpoch);
        const size_t first = plan->starts[number], end = plan->starts[number + 1];
        const size_t pictureBytes = static_cast<size_t>(options.preprocess.width) * options.preprocess.height * 3;

        Batch batch;
        batch.step = step;
        batch.epoch = plan->epoch;
        batch.firstSample = static_cast<int64_t>(first);
        batch.width = options.preprocess.width;
        batch.height = options.preprocess.height;
        batch.pixels.reserve((end - first) * pictureBytes);
        size_t spare = end;  // where replacements are looked for: behind the batch, then from the epoch's start
        const size_t lastSpare = end + plan->items.size() - (end - first);
        for (size_t at = first; at < end; ++at) {
            if (add(plan->items[at], batch, stop)) continue;
            while (spare < lastSpare && !add(plan->items[spare++ % plan->items.size()], batch, stop)) {
            }
        }
        if (batch.indices.empty()) {
            throw Error("data", "no image can be read; the first failure: " + firstFailure(),
                        "Check the image files with: diagonal-cli dataset info");
        }
        return batch;
    }

    /// False when the image cannot be read.
    bool add(const EpochPlan::Item& item, Batch& batch, const std::stop_token& stop) {
        if (stop.stop_requested()) throw Cancelled();
        {
            const std::lock_guard lock(failedMutex);
            if (failed.contains(item.index)) return false;
        }
        const std::string& caption = dataset->captions(item.index)[item.caption];
        try {
            const Image image = picture(item.index, batch.epoch, caption);
            batch.pixels.insert(batch.pixels.end(), image.rgb.begin(), image.rgb.end());
        } catch (const std::exception& error) {
            const std::string reason = reasonOf(*dataset, item.index, error);
            const std::lock_guard lock(failedMutex);
            if (failed.insert(item.index).second) batch.failures.push_back(reason);
            if (first.empty()) first = reason;
            return false;
        }
        batch.indices.push_back(item.index);
        batch.captions.push_back(caption);
        return true;
    }

    /// An image as the model gets it, before normalisation.
    Image picture(size_t index, int64_t epoch, const std::string& caption) {
        std::shared_ptr<const Image> source = cache.find(index);
        if (source == nullptr) {
            source = std::make_shared<const Image>(augments ? reduced(dataset->image(index))
                                                            : fitted(dataset->image(index)));
            cache.keep(index, source);
        }
        if (!augments) return *source;
        Random random(seedOf(options.seed, 0xA06, epoch, index));
        Image image = randomResizedCrop(*source, options.preprocess, options.augmentation, random);
        if (random.chance(options.augmentation.flipProbability) && !namesASide(caption)) mirror(image);
        return image;
    }

    Image fitted(Image image) const {
        const PreprocessConfig& config = options.preprocess;
        if (image.width == config.width && image.height == config.height) return image;
        return resizeAndCrop(image, config);
    }

    /// Just large enough for the smallest crop to fill the model's input.
    Image reduced(Image image) const {
        const PreprocessConfig& config = options.preprocess;
        const double side = std::max(config.width, config.height) / std::sqrt(options.augmentation.smallestArea);
        const double scale = side / std::min(image.width, image.height);
        if (scale >= 1) return image;
        const auto length = [scale](int pixels) { return std::max(1, static_cast<int>(std::lround(pixels * scale))); };
        return resize(image, length(image.width), length(image.height), config.interpolation);
    }

    std::string firstFailure() {
        const std::lock_guard lock(failedMutex);
        return first;
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

    const std::shared_ptr<const Dataset> dataset;
    const LoaderOptions options;
    const SamplerOptions sampler;
    const int64_t perEpoch;
    const int64_t ahead;  ///< batches made before they are asked for
    const bool augments;
    PictureCache cache;

    std::mutex planMutex;
    std::vector<std::shared_ptr<const EpochPlan>> plans;

    std::mutex failedMutex;
    std::unordered_set<size_t> failed;
    std::string first;

    std::mutex mutex;  ///< of all below
    std::condition_variable_any room, arrived;
    int64_t nextOut = 0, nextIn = 0;
    std::map<int64_t, Batch> ready;
    std::exception_ptr failure;

    std::vector<std::jthread> workers;  ///< last: joined before what they use goes
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, int64_t startStep)
    : m_impl(std::make_unique<Impl>(std::move(dataset), options, startStep)) {
}

Loader::~Loader() {
    for (std::jthread& worker : m_impl->workers)
        worker.request_stop();
}

Batch Loader::next(const std::stop_token& stop) {
    return m_impl->next(stop);
}

int64_t Loader::batchesPerEpoch() const {
    return m_impl->perEpoch;
}

}  // namespace diagonal
