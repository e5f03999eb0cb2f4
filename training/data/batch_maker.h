// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "training/data/sample_maker.h"
#include "training/data/sampler.h"

namespace diagonal {

/// A batch in the making. Each place is filled by one thread.
struct OpenBatch {
    std::shared_ptr<const EpochPlan> plan;
    size_t first = 0, count = 0;  ///< places in plan->items
    size_t end = 0;               ///< of the whole batch, of which other processes may make the other parts
    Batch batch;
    std::vector<std::optional<Sample>> samples;  ///< none where the image cannot be read
};

/// Makes batches by their number, in steps that several threads share. Any thread may call it.
class BatchMaker {
  public:
    BatchMaker(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options);

    int64_t batchesPerEpoch() const { return m_perEpoch; }

    /// An empty batch.
    std::shared_ptr<OpenBatch> open(int64_t step);

    /// Makes the sample that the plan has for a place, or leaves it empty.
    void fill(OpenBatch& open, size_t place);

    /// After every place was filled: replaces what cannot be read, closes the gaps that are left, and packs the tokens.
    /// Throws Error where no image can be read, Cancelled.
    void finish(OpenBatch& open, const std::stop_token& stop);

    /// All images that could not be read so far, "path: reason".
    std::vector<std::string> failures() const;

  private:
    std::shared_ptr<const EpochPlan> planOf(int64_t epoch);
    void fill(OpenBatch& open, size_t place, const EpochPlan::Item& item);
    void move(Batch& batch, size_t from, size_t to) const;

    const std::shared_ptr<const Dataset> m_dataset;
    const LoaderOptions m_options;
    const SamplerOptions m_sampler;
    const int64_t m_perEpoch;
    const size_t m_pictureBytes;
    SampleMaker m_samples;

    std::mutex m_planMutex;
    std::vector<std::shared_ptr<const EpochPlan>> m_plans;

    mutable std::mutex m_failedMutex;
    std::unordered_set<size_t> m_failed;
    std::vector<std::string> m_reasons;
};

}  // namespace diagonal
