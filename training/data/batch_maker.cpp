// SPDX-License-Identifier: Apache-2.0
#include "training/data/batch_maker.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace {

SamplerOptions samplerOptions(const LoaderOptions& options) {
    return {options.batchSize,    options.seed,         options.shuffle,       options.dropLast,
            options.spreadLabels, options.drawCaptions, options.shuffleBuffer, options.ranks};
}

/// Images of a part of a batch, at most.
size_t partSize(const LoaderOptions& options, size_t images) {
    const auto batch = std::min(images, static_cast<size_t>(std::max(options.batchSize, 1)));
    const auto ranks = static_cast<size_t>(options.ranks);
    return (batch + ranks - 1) / ranks;
}

size_t pieceSize(const LoaderOptions& options, size_t part, size_t pictureBytes) {
    if (options.pieceBytes == 0) return std::max<size_t>(part, 1);
    return std::clamp<size_t>(options.pieceBytes / std::max<size_t>(pictureBytes, 1), 1, std::max<size_t>(part, 1));
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
      m_pictureBytes(options.features ? options.features->width() * sizeof(uint16_t)
                                      : static_cast<size_t>(options.preprocess.width) *
                                            static_cast<size_t>(options.preprocess.height) * 3),
      m_pieceImages(pieceSize(options, partSize(options, m_dataset->size()), m_pictureBytes)),
      m_samples(m_dataset, options) {
    if (m_perEpoch == 0) throw Error("data", "there are no images to load");
    if (options.shuffle && options.shuffleBuffer > 0 && ReadAhead::isFor(*m_dataset))
        m_readAhead = std::make_unique<ReadAhead>(m_dataset, static_cast<size_t>(options.rank));
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
    open->first = begin + partOf(size, rank, ranks);
    open->count = begin + partOf(size, rank + 1, ranks) - open->first;
    open->begin = begin;
    open->end = begin + size;
    // Where replacements are looked for: behind the batch, then from the epoch's start; each process takes others.
    open->spare = open->end + rank;
    open->pieceImages = m_pieceImages;
    open->pieces.resize(std::max<size_t>(1, (open->count + m_pieceImages - 1) / m_pieceImages));
    open->samples.resize(open->count);
    if (m_readAhead) readAhead(step, open->plan, open->count);
    Batch& batch = open->batch;
    batch.step = step;
    batch.epoch = open->plan->epoch;
    batch.firstSample = static_cast<int64_t>(open->first);
    batch.width = m_options.preprocess.width;
    batch.height = m_options.preprocess.height;
    batch.indices.resize(open->count);
    batch.captions.resize(open->count);
    return open;
}

/// So far as the buffer holds when the batch has left it; behind an epoch's end the next one begins.
void BatchMaker::readAhead(int64_t step, const Plan& plan, size_t part) {
    const auto number = static_cast<size_t>(step % m_perEpoch);
    const size_t begin = number * part, end = begin + part + m_options.shuffleBuffer;
    m_readAhead->want(plan, begin, end);
    const size_t images = plan->reading[static_cast<size_t>(m_options.rank)].size();
    if (end <= images) return;
    std::shared_future<Plan> next;
    {
        const std::lock_guard lock(m_planMutex);
        if (const auto found = m_plans.find(plan->epoch + 1); found != m_plans.end()) next = found->second;
    }
    if (next.valid() && next.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
        m_readAhead->want(next.get(), 0, end - images);
}

/// Always of the same size: memory that was given back is used again.
void BatchMaker::begin(OpenBatch& open, size_t piece) const {
    open.pieces[piece] = PixelBuffer(pieceBytes(), m_options.allocate);
}

void BatchMaker::fill(OpenBatch& open, size_t place) {
    fill(open, place, open.plan->items[open.first + place]);
}

void BatchMaker::fill(OpenBatch& open, size_t place, const EpochPlan::Item& item) {
    Batch& batch = open.batch;
    uint8_t* const out = open.pieces[place / open.pieceImages].data() + place % open.pieceImages * m_pictureBytes;
    try {
        open.samples[place] = m_samples.make(item.index, item.caption, batch.epoch, out);
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

void BatchMaker::finish(OpenBatch& open, size_t piece, const std::stop_token& stop) {
    const EpochPlan::Items& items = open.plan->items;
    const auto ranks = static_cast<size_t>(m_options.ranks);
    const size_t lastSpare = open.begin + items.size();
    const size_t begin = open.pieceBegin(piece), end = open.pieceEnd(piece);
    for (size_t place = begin; place < end; ++place) {
        while (!open.samples[place] && open.spare < lastSpare) {
            if (stop.stop_requested()) throw Cancelled();
            fill(open, place, items[open.spare % items.size()]);
            open.spare += ranks;
        }
    }
    Batch& batch = open.batch;
    PixelBuffer& pixels = open.pieces[piece];
    size_t keptHere = 0;
    for (size_t place = begin; place < end; ++place) {
        if (!open.samples[place]) continue;
        Sample& sample = *open.samples[place];
        batch.imageIds.push_back(sample.imageId);
        batch.captionIds.push_back(sample.captionId);
        batch.teachers.insert(batch.teachers.end(), sample.teachers.begin(), sample.teachers.end());
        open.texts.push_back(std::move(sample.tokens));
        batch.indices[open.kept] = batch.indices[place];
        if (open.kept != place) batch.captions[open.kept] = std::move(batch.captions[place]);
        if (keptHere != place - begin)
            std::copy_n(pixels.data() + (place - begin) * m_pictureBytes, m_pictureBytes,
                        pixels.data() + keptHere * m_pictureBytes);
        ++open.kept;
        ++keptHere;
    }
    pixels.shrink(keptHere * m_pictureBytes);
    if (piece + 1 == open.pieces.size()) close(open);
}

void BatchMaker::close(OpenBatch& open) {
    open.batch.indices.resize(open.kept);
    open.batch.captions.resize(open.kept);
    if (open.kept == 0) {
        throw Error("data", "no image can be read; the first failure: " + failures().at(0),
                    "Check the image files with: diagonal-cli dataset info");
    }
    if (m_options.tokenizer != nullptr) open.batch.tokens = m_options.tokenizer->pack(open.texts);
}

std::vector<std::string> BatchMaker::failures() const {
    const std::lock_guard lock(m_failedMutex);
    return m_reasons;
}

}  // namespace diagonal
