// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "training/data/read_ahead.h"
#include "training/data/sample_maker.h"
#include "training/data/sampler.h"

namespace diagonal {

/// A batch in the making. Each place is filled by one thread. Its pixels lie in pieces of so many images, whose memory
/// is made when they are begun and may be given away when they are finished.
struct OpenBatch {
    std::shared_ptr<const EpochPlan> plan;
    size_t first = 0, count = 0;  ///< places in plan->items
    size_t begin = 0, end = 0;    ///< of the whole batch, of which other processes may make the other parts
    size_t pieceImages = 0;
    Batch batch;                                 ///< without its pixels
    std::vector<PixelBuffer> pieces;             ///< of the pixels
    std::vector<std::optional<Sample>> samples;  ///< none where the image cannot be read

    size_t pieceBegin(size_t piece) const { return piece * pieceImages; }
    size_t pieceEnd(size_t piece) const { return std::min((piece + 1) * pieceImages, count); }

    // Of the pieces that are finished:
    size_t kept = 0;   ///< images in them
    size_t spare = 0;  ///< the place, counted on past the epoch's end, where a replacement is looked for next
    std::vector<std::vector<int64_t>> texts;
};

/// Makes batches by their number, in steps that several threads share. Any thread may call it.
class BatchMaker {
  public:
    BatchMaker(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options);

    ~BatchMaker() { stop(); }
    BatchMaker(const BatchMaker&) = delete;
    BatchMaker& operator=(const BatchMaker&) = delete;

    int64_t batchesPerEpoch() const { return m_perEpoch; }

    /// Ends the planning of epochs: what waits for a plan gets Cancelled.
    void stop() { m_stop.request_stop(); }

    /// Images of a piece, and its bytes.
    size_t pieceImages() const { return m_pieceImages; }
    size_t pieceBytes() const { return m_pieceImages * m_pictureBytes; }

    /// An empty batch.
    std::shared_ptr<OpenBatch> open(int64_t step);

    /// Makes the memory of a piece; before its places are filled.
    void begin(OpenBatch& open, size_t piece) const;

    /// Makes the sample that the plan has for a place, or leaves it empty.
    void fill(OpenBatch& open, size_t place);

    /// After every place of a piece was filled, one piece after another: replaces what cannot be read and closes the
    /// gaps that are left; behind the last packs the tokens. Throws Error where no image can be read, Cancelled.
    void finish(OpenBatch& open, size_t piece, const std::stop_token& stop);

    /// All images that could not be read so far, "path: reason".
    std::vector<std::string> failures() const;

  private:
    using Plan = std::shared_ptr<const EpochPlan>;

    Plan planOf(int64_t step);
    std::shared_future<Plan> startedPlan(int64_t epoch);  ///< under m_planMutex
    void fill(OpenBatch& open, size_t place, const EpochPlan::Item& item);
    void close(OpenBatch& open);
    void readAhead(int64_t step, const Plan& plan, size_t part);

    const std::shared_ptr<const Dataset> m_dataset;
    const LoaderOptions m_options;
    const SamplerOptions m_sampler;
    const int64_t m_perEpoch;
    const size_t m_pictureBytes, m_pieceImages;
    SampleMaker m_samples;
    std::unique_ptr<ReadAhead> m_readAhead;  ///< where the data is read in its order

    mutable std::mutex m_failedMutex;
    std::unordered_set<size_t> m_failed;
    std::vector<std::string> m_reasons;

    std::stop_source m_stop;  ///< of the plans under way
    std::mutex m_planMutex;
    std::once_flag m_plannerIsMade;
    std::unique_ptr<const EpochPlanner> m_planner;
    std::map<int64_t, std::shared_future<Plan>> m_plans;  ///< by epoch; last: their threads use all of the above
};

}  // namespace diagonal
