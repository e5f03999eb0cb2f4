// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/Event.h>
#include <torch/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace diagonal {

/// An uninitialised tensor of the CPU that `device` copies from and to without a wait: in pinned memory, unless the
/// device is the CPU itself or there is none to be had.
torch::Tensor hostTensor(at::IntArrayRef sizes, torch::ScalarType type, const torch::Device& device);

/// Where a device copies from without a wait, for PixelBuffer; for the CPU: none, which is anywhere.
std::function<std::shared_ptr<uint8_t[]>(size_t)> hostMemory(const torch::Device& device);

/// A tensor on its way to the host, behind what its device was given before.
class Download {
  public:
    Download() = default;
    explicit Download(const torch::Tensor& tensor);
    /// Waits until it is there: no longer than for its own device's work before it.
    const torch::Tensor& wait();

  private:
    torch::Tensor m_host;
    std::optional<c10::Event> m_arrived;
};

/// Brings tensors to a device while it computes, on a stream of its own. One thread at a time.
class UploadStream {
  public:
    explicit UploadStream(const torch::Device& device);

    /// Uninitialised memory on the device, to be filled by copy() before upload() brings it to the current stream.
    torch::Tensor room(at::IntArrayRef sizes, torch::ScalarType type);
    /// Copies a CPU tensor into (a part of) what room() gave, as upload() does. Few are on the way at a time: a call
    /// may wait for the first of them.
    void copy(const torch::Tensor& to, torch::Tensor from);
    /// Copies of CPU tensors (undefined ones stay so, as do those on the device) on the device; what the current stream
    /// is given from here on sees them whole. Those of hostTensor go there without a wait, and are held until they have
    /// arrived. For the CPU: the tensors themselves.
    std::vector<torch::Tensor> upload(std::vector<torch::Tensor> tensors);
    /// Waits until all are there: their host memory may change.
    void wait();

  private:
    void forgetArrived();

    torch::Device m_device;
    std::optional<c10::Stream> m_stream;  ///< none: the CPU
    std::deque<std::pair<c10::Event, std::vector<torch::Tensor>>> m_onTheWay;
};

}  // namespace diagonal
