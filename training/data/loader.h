// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/image/pixel_buffer.h"
#include "engine/image/preprocess.h"
#include "engine/text/tokenizer.h"
#include "training/data/augment.h"
#include "training/data/dataset.h"
#include "training/data/feature_views.h"

namespace diagonal {

/// 1.5 GiB, or an eighth of this computer's memory where that is less.
uint64_t pictureCacheBytes();

struct LoaderOptions {
    int batchSize = 128;
    PreprocessConfig preprocess;
    bool augment = false;  ///< where the data allows it
    AugmentOptions augmentation;
    /// In place of pixels: batches carry the features of a view that is drawn for each picture. Null: pixels.
    std::shared_ptr<const FeatureViews> features;
    bool fastDecode = false;                     ///< JPEG decoded at a fraction of its size where that is enough
    std::shared_ptr<const Tokenizer> tokenizer;  ///< null: batches carry no tokens
    bool keptTokens = false;                     ///< the ids that are kept with the data are those of the tokenizer
    bool teachers = false;                       ///< batches carry what the data's teachers made of them
    uint64_t seed = 1;
    int workers = 2;  ///< threads that decode and draw; at least 1
    bool shuffle = true;
    bool dropLast = true;
    bool spreadLabels = true;                   ///< see SamplerOptions
    bool drawCaptions = false;                  ///< likewise
    size_t shuffleBuffer = 0;                   ///< likewise; the data is then read ahead in its order
    size_t pieceBytes = 0;                      ///< pixels come in pieces of at most so many bytes; 0: a batch in one
    uint64_t aheadBytes = uint64_t{1} << 30;    ///< of pixels made ahead, or of one batch or piece where it has more
    uint64_t cacheBytes = pictureCacheBytes();  ///< pictures kept decoded at about the model's size
    int rank = 0, ranks = 1;  ///< of processes that make one part of each batch each; failures aside, of like sizes
    Allocate allocate;        ///< where pixels lie; by default anywhere
};

/// n images with one caption each.
struct Batch {
    int64_t step = 0;             ///< number of this batch since the first epoch
    int64_t epoch = 0;            ///< from 0
    int64_t firstSample = 0;      ///< images of this epoch before this batch
    std::vector<size_t> indices;  ///< [n] in the data set
    int width = 0, height = 0;
    /// uint8 [n, height, width, 3], RGB, not normalised: a quarter of the bytes of floats. The trainer applies mean and
    /// std of the preprocess configuration. Or the bytes of float16 [n, LoaderOptions::features->width()].
    PixelBuffer pixels;                 ///< none where they were taken in pieces
    std::vector<std::string> captions;  ///< [n]
    TokenBatch tokens;                  ///< of the captions
    /// float16 [n, 2, teacherWidth]: the teachers' rows of each image and of its caption. Empty: none were asked for.
    std::vector<uint16_t> teachers;
    /// int64 [n] each: equal numbers mean equal pictures (their pixels, before augmentation), equal captions.
    std::vector<int64_t> imageIds, captionIds;
    std::vector<std::string> failures;  ///< images that could not be read, each told once: "path: reason"
    double waitSeconds = 0;             ///< how long next() waited for this batch
};

/// Pixels of some images of a batch, one after another.
struct PixelPiece {
    PixelBuffer pixels;
    size_t first = 0;    ///< images of the batch before
    size_t planned = 0;  ///< images of the batch, at most
};

/// Batches one after another, epoch after epoch, made ahead on threads of their own, which share the samples of a
/// batch.
///
/// What a batch holds is a function of the data, the options (but workers and cacheBytes) and its step alone (failures
/// apart): a loader that starts at a later step gives the very same batches. An image that cannot be read is replaced
/// by the next one in the epoch's order that is not in the batch; when too few are left the batch is smaller.
///
/// One thread at a time may call next(); the destructor may run at any time no next() is running, and
/// stops the threads.
class Loader {
  public:
    /// startStep: batches that were taken before. Throws Error when the data set is empty.
    Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, int64_t startStep = 0);
    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    /// Throws Error when no image of the data set can be read, Cancelled on a stop request.
    Batch next(const std::stop_token& stop = {});
    /// The same; its pixels are given to `take`, in their order, piece after piece as they are made, so that no more of
    /// them are in memory than aheadBytes and what is taken. What was given before Cancelled is not given again.
    Batch next(const std::function<void(PixelPiece)>& take, const std::stop_token& stop = {});

    int64_t batchesPerEpoch() const;

    /// All images that could not be read so far, "path: reason". Any thread may call it.
    std::vector<std::string> failures() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace diagonal
