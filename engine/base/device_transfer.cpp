// SPDX-License-Identifier: Apache-2.0
#include "engine/base/device_transfer.h"

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

Tensor hostTensor(at::IntArrayRef sizes, torch::ScalarType type, const torch::Device& device) {
    const torch::TensorOptions options(type);
    if (device.is_cpu()) return torch::empty(sizes, options);
    try {
        return torch::empty(sizes, options.pinned_memory(true));
    } catch (const c10::Error&) {  // there is no more to pin: copies from elsewhere wait, and are right
        return torch::empty(sizes, options);
    }
}

std::function<std::shared_ptr<uint8_t[]>(size_t)> hostMemory(const torch::Device& device) {
    if (device.is_cpu()) return {};
    return [device](size_t size) {
        const Tensor memory = hostTensor({static_cast<int64_t>(size)}, torch::kByte, device);
        return std::shared_ptr<uint8_t[]>(memory.data_ptr<uint8_t>(), [memory](uint8_t*) {});
    };
}

Download::Download(const Tensor& tensor) {
    const torch::Device device = tensor.device();
    m_host = hostTensor(tensor.sizes(), tensor.scalar_type(), device);
    m_host.copy_(tensor, /*non_blocking=*/true);
    if (device.is_cpu()) return;
    m_arrived.emplace(device.type());
    m_arrived->record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
}

const Tensor& Download::wait() {
    if (m_arrived) m_arrived->synchronize();
    m_arrived.reset();
    return m_host;
}

UploadStream::UploadStream(const torch::Device& device) : m_device(device) {
    if (!device.is_cpu()) m_stream = c10::impl::VirtualGuardImpl(device.type()).getNewStream(device);
}

void UploadStream::forgetArrived() {
    while (!m_onTheWay.empty() && m_onTheWay.front().first.query())
        m_onTheWay.pop_front();
}

Tensor UploadStream::room(at::IntArrayRef sizes, torch::ScalarType type) {
    const torch::TensorOptions options = torch::TensorOptions(type).device(m_device);
    if (!m_stream) return torch::empty(sizes, options);
    const c10::StreamGuard guard(*m_stream);
    return torch::empty(sizes, options);
}

void UploadStream::copy(const Tensor& to, Tensor from) {
    constexpr size_t kMostOnTheWay = 4;
    if (!m_stream) {
        to.copy_(from);
        return;
    }
    forgetArrived();
    for (; m_onTheWay.size() >= kMostOnTheWay; m_onTheWay.pop_front())
        m_onTheWay.front().first.synchronize();
    c10::Event arrived(m_device.type());
    const c10::StreamGuard guard(*m_stream);
    to.copy_(from, /*non_blocking=*/true);
    arrived.record(*m_stream);
    m_onTheWay.emplace_back(std::move(arrived), std::vector<Tensor>{std::move(from)});
}

std::vector<Tensor> UploadStream::upload(std::vector<Tensor> tensors) {
    if (!m_stream) return tensors;
    forgetArrived();
    const c10::Stream current = c10::impl::VirtualGuardImpl(m_device.type()).getStream(m_device);
    std::vector<Tensor> there;
    c10::Event arrived(m_device.type());
    {
        const c10::StreamGuard guard(*m_stream);
        for (const Tensor& tensor : tensors)
            there.push_back(tensor.defined() ? tensor.to(m_device, tensor.scalar_type(), /*non_blocking=*/true)
                                             : tensor);
        arrived.record(*m_stream);
    }
    arrived.block(current);
    for (const Tensor& tensor : there)  // made on one stream, used on another: its memory waits for both
        if (tensor.defined()) tensor.record_stream(current);
    m_onTheWay.emplace_back(std::move(arrived), std::move(tensors));
    return there;
}

void UploadStream::wait() {
    for (; !m_onTheWay.empty(); m_onTheWay.pop_front())
        m_onTheWay.front().first.synchronize();
}

}  // namespace diagonal
