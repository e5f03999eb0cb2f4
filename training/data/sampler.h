// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "training/data/caption_numbers.h"
#include "training/data/dataset.h"

namespace diagonal {

struct SamplerOptions {
    int batchSize = 128;
    uint64_t seed = 1;
    bool shuffle = true;
    bool dropLast = true;      ///< the smaller rest of an epoch is left out; a set below one batch is one smaller batch
    bool spreadLabels = true;  ///< images of one label are spread evenly over the batches, where the data has labels
};

/// Which image with which of its captions, in which order.
struct EpochPlan {
    struct Item {
        uint32_t index = 0;
        uint32_t caption = 0;
    };
    int64_t epoch = 0;
    std::vector<Item> items;
    std::vector<size_t> starts;  ///< of the batches in items, and items.size() at the end
};

/// Number of batches of every epoch.
int64_t batchesPerEpoch(size_t images, const SamplerOptions& options);

/// Plans epochs. What the captions are compared by is made once. Any thread may call plan().
class EpochPlanner {
  public:
    /// dataset must outlive it. Throws Cancelled.
    EpochPlanner(const Dataset& dataset, const SamplerOptions& options, const std::stop_token& stop = {});

    /// The plan of one epoch, a pure function of the data's captions and labels, the options and the epoch: a new order
    /// each epoch, and for each image one caption (over the epochs all in turn). Equal captions in a batch would count
    /// as wrong answers to each other (false negatives), so an image whose caption is already in the batch shows
    /// another of its captions, or waits for a later batch; equal captions meet only where the images of three batches
    /// leave no choice. Throws Cancelled.
    EpochPlan plan(int64_t epoch, const std::stop_token& stop = {}) const;

  private:
    const Dataset& m_dataset;
    const SamplerOptions m_options;
    const CaptionNumbers m_captions;
};

}  // namespace diagonal
