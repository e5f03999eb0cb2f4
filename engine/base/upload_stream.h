// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/Event.h>
#include <torch/types.h>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace diagonal {

/// An uninitialised tensor of the CPU that `device` copies from and to without a wait: in pinned memory, unless the
/// device is the CPU itself.
torch::Tensor hostTensor(at::IntArrayRef sizes, torch::ScalarType type, const torch::Device& device);

/// Brings tensors to a device while it computes, on a stream of its own. One thread at a time.
class UploadStream {
  public:
    explicit UploadStream(const torch::Device& device);

    /// Copies of CPU tensors (undefined ones stay so) on the device; what the current stream is given from here on sees
    /// them whole. Those of hostTensor go there without a wait, and are held until they have arrived. For the CPU:
    /// the tensors themselves.
    std::vector<torch::Tensor> upload(std::vector<torch::Tensor> tensors);

  private:
    torch::Device m_device;
    std::optional<c10::Stream> m_stream;  ///< none: the CPU
    std::deque<std::pair<c10::Event, std::vector<torch::Tensor>>> m_onTheWay;
};

}  // namespace diagonal
