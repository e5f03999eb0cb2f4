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
    bool drawCaptions = false;  ///< of an image's captions one is drawn each epoch, in place of all in turn
    /// Images of a buffer through which the data is read in its order, of which the next is drawn (WebDataset's way);
    /// 0: any order, and images are read wherever they lie. Labels are not spread then.
    size_t shuffleBuffer = 0;
    int ranks = 1;  ///< parts of a batch that processes read for themselves; counts where there is a buffer
};

/// Which image with which of its captions, in which order.
struct EpochPlan {
    struct Item {
        size_t index = 0;
        size_t caption = 0;
    };
    /// 4 bytes an image, 8 where not all show their first caption.
    class Items {
      public:
        void reserve(size_t count) { m_images.reserve(count); }
        void add(uint32_t image, uint32_t caption) {
            m_images.push_back(image);
            if (caption != 0 || !m_captions.empty()) m_captions.resize(m_images.size());
            if (caption != 0) m_captions.back() = caption;
        }
        size_t size() const { return m_images.size(); }
        Item operator[](size_t i) const { return {m_images[i], m_captions.empty() ? 0 : m_captions[i]}; }

      private:
        std::vector<uint32_t> m_images, m_captions;
    };

    int64_t epoch = 0;
    Items items;
    std::vector<size_t> starts;  ///< of the batches in items, and items.size() at the end
    /// Where there is a buffer: for each rank the images in the order in which they are read. Number k goes into its
    /// buffer before number k - shuffleBuffer of its own in items leaves it.
    std::vector<std::vector<uint32_t>> reading;
};

/// Where the part of rank r of a batch of so many begins; ranks: its end.
inline size_t partOf(size_t batch, size_t rank, size_t ranks) {
    return batch * rank / ranks;
}

/// Number of batches of every epoch.
int64_t batchesPerEpoch(size_t images, const SamplerOptions& options);

/// Plans epochs. What the captions are compared by is made once. Any thread may call plan().
class EpochPlanner {
  public:
    /// dataset must outlive it. Throws Cancelled.
    EpochPlanner(const Dataset& dataset, const SamplerOptions& options, const std::stop_token& stop = {});

    /// The plan of one epoch, a pure function of the data's captions and labels, the options and the epoch: a new order
    /// each epoch, and for each image one caption (over the epochs all in turn, or drawn by their probabilities). With
    /// a buffer the stretches of the data stand in a new order each epoch, the same share of them belongs to each rank,
    /// and each part of a batch is of its rank's images (but where in the last, smaller one too few are left). Equal
    /// captions in a batch would count as wrong answers to each other (false negatives), so an image whose caption is
    /// already in the batch shows another of its captions, or waits for a later batch; equal captions meet only where
    /// the images of three batches leave no choice. Throws Cancelled.
    EpochPlan plan(int64_t epoch, const std::stop_token& stop = {}) const;

  private:
    const Dataset& m_dataset;
    const SamplerOptions m_options;
    const CaptionNumbers m_captions;
};

}  // namespace diagonal
