// SPDX-License-Identifier: Apache-2.0
#include "training/data/batch_maker.h"

#include <algorithm>
#include <exception>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace {

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

BatchMaker::BatchMaker(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options)
    : m_dataset(std::move(dataset)),
      m_options(options),
      m_sampler(samplerOptions(options)),
      m_perEpoch(diagonal::batchesPerEpoch(m_dataset->size(), m_sampler)),
      m_pictureBytes(static_cast<size_t>(options.preprocess.width) * static_cast<size_t>(options.preprocess.height) *
                     3),
      m_samples(m_dataset, options) {
    if (m_perEpoch == 0) throw Error("data", "there are no images to load");
}

std::shared_future<BatchMaker::Plan> BatchMaker::startedPlan(int64_t epoch) {
    std::shared_future<Plan>& plan = m_plans[epoch];
    if (plan.valid()) return plan;
    const auto make = [this, epoch] {
        std::call_once(m_plannerIsMade, [this] {
            m_planner = std::make_unique<const EpochPlanner>(*m_dataset, m_sampler, m_stop.get_token());
        });
        return Plan(std::make_shared<const EpochPlan>(m_planner->plan(epoch, m_stop.get_token())));
    };
    return plan = std::async(std::launch::async, make).share();
}

BatchMaker::Plan BatchMaker::planOf(int64_t step) {
    const int64_t epoch = step / m_perEpoch;
    std::shared_future<Plan> plan;
    {
        const std::lock_guard lock(m_planMutex);
        plan = startedPlan(epoch);
        // By the middle of an epoch nobody needs the one before: two plans are in memory at a time.
        if (step % m_perEpoch >= m_perEpoch / 2) {
            std::erase_if(m_plans, [epoch](const auto& one) { return one.first < epoch; });
            startedPlan(epoch + 1);
        }
    }
    return plan.get();
}

std::shared_ptr<OpenBatch> BatchMaker::open(int64_t step) {
    auto open = std::make_shared<OpenBatch>();
    open->plan = planOf(step);
    const auto number = static_cast<size_t>(step % m_perEpoch);
    const size_t begin = open->plan->starts[number], size = open->plan->starts[number + 1] - begin;
    const auto rank = static_cast<size_t>(m_options.rank), ranks = static_cast<size_t>(m_options.ranks);
    open->first = begin + size * rank / ranks;
    open->count = begin + size * (rank + 1) / ranks - open->first;
    open->end = begin + size;
    open->samples.resize(open->count);
    Batch& batch = open->batch;
    batch.step = step;
    batch.epoch = open->plan->epoch;
    batch.firstSample = static_cast<int64_t>(open->first);
    batch.width = m_options.preprocess.width;
    batch.height = m_options.preprocess.height;
    batch.indices.resize(open->count);
    batch.captions.resize(open->count);
    batch.pixels = PixelBuffer(open->count * m_pictureBytes, m_options.allocate);
    return open;
}

void BatchMaker::fill(OpenBatch& open, size_t place) {
    fill(open, place, open.plan->items[open.first + place]);
}

void BatchMaker::fill(OpenBatch& open, size_t place, const EpochPlan::Item& item) {
    Batch& batch = open.batch;
    try {
        open.samples[place] =
            m_samples.make(item.index, item.caption, batch.epoch, batch.pixels.data() + place * m_pictureBytes);
    } catch (const std::exception& error) {
        const std::string reason = reasonOf(*m_dataset, item.index, error);
        const std::lock_guard lock(m_failedMutex);
        if (m_failed.insert(item.index).second) {
            m_reasons.push_back(reason);
            batch.failures.push_back(reason);
        }
        return;
    }
    batch.indices[place] = item.index;
    batch.captions[place] = m_dataset->caption(item.index, item.caption);
}

void BatchMaker::finish(OpenBatch& open, const std::stop_token& stop) {
    const EpochPlan::Items& items = open.plan->items;
    // Where replacements are looked for: behind the batch, then from the epoch's start; each process takes others.
    const auto ranks = static_cast<size_t>(m_options.ranks);
    size_t spare = open.end + static_cast<size_t>(m_options.rank);
    const size_t lastSpare = open.end - open.count + items.size();
    for (size_t place = 0; place < open.count; ++place) {
        while (!open.samples[place] && spare < lastSpare) {
            if (stop.stop_requested()) throw Cancelled();
            fill(open, place, items[spare % items.size()]);
            spare += ranks;
        }
    }
    Batch& batch = open.batch;
    std::vector<std::vector<int64_t>> texts;
    size_t kept = 0;
    for (size_t place = 0; place < open.count; ++place) {
        if (!open.samples[place]) continue;
        Sample& sample = *open.samples[place];
        batch.imageIds.push_back(sample.imageId);
        batch.captionIds.push_back(sample.captionId);
        batch.teachers.insert(batch.teachers.end(), sample.teachers.begin(), sample.teachers.end());
        texts.push_back(std::move(sample.tokens));
        if (kept != place) move(batch, place, kept);
        ++kept;
    }
    batch.indices.resize(kept);
    batch.captions.resize(kept);
    batch.pixels.shrink(kept * m_pictureBytes);
    if (kept == 0) {
        throw Error("data", "no image can be read; the first failure: " + failures().at(0),
                    "Check the image files with: diagonal-cli dataset info");
    }
    if (m_options.tokenizer != nullptr) batch.tokens = m_options.tokenizer->pack(texts);
}

void BatchMaker::move(Batch& batch, size_t from, size_t to) const {
    batch.indices[to] = batch.indices[from];
    batch.captions[to] = std::move(batch.captions[from]);
    std::copy_n(batch.pixels.begin() + static_cast<ptrdiff_t>(from * m_pictureBytes), m_pictureBytes,
                batch.pixels.begin() + static_cast<ptrdiff_t>(to * m_pictureBytes));
}

std::vector<std::string> BatchMaker::failures() const {
    const std::lock_guard lock(m_failedMutex);
    return m_reasons;
}

}  // namespace diagonal
