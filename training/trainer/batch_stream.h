// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/device_transfer.h"
#include "training/data/loader.h"
#include "training/optimizers/train_step.h"

namespace diagonal {

/// The ids of a batch of texts as tensors, on the CPU: [count, length] and [count].
struct TextTensors {
    torch::Tensor ids, lengths;
};
TextTensors textTensors(const TokenBatch& batch);

/// A batch on its way to the model.
struct DeviceBatch {
    TrainBatch tensors;  ///< on the device
    int64_t pairs = 0;
    std::vector<std::string> failures;  ///< see Batch
};

/// The batches of a run on its device: made ahead in host memory by a Loader's threads, and copied there beside what
/// the device computes, pixels in pieces, so that the host holds a few of them and never a whole large batch. On the
/// CPU a batch is used where it was made. One thread at a time.
class BatchStream {
  public:
    /// startStep: batches that were taken before. Throws Error when the data set is empty.
    BatchStream(std::shared_ptr<const Dataset> dataset, LoaderOptions options, const torch::Device& device,
                int64_t startStep = 0);

    /// Throws Error when no image can be read, Cancelled on a stop request.
    DeviceBatch next(const std::stop_token& stop = {});

  private:
    void take(const PixelPiece& piece);
    std::vector<int64_t> ofImages(int64_t count) const;

    torch::Device m_device;
    std::vector<int64_t> m_sizes;  ///< of one image's bytes: height, width and 3, or twice a feature's length
    torch::Tensor m_pixels;        ///< of the batch that is being taken; undefined before its first piece
    int64_t m_taken = 0;           ///< images of it
    Loader m_loader;
    UploadStream m_upload;
};

}  // namespace diagonal
