// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/batch_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

using torch::Tensor;

LoaderOptions withMemoryFor(LoaderOptions options, const torch::Device& device) {
    options.allocate = hostMemory(device);
    return options;
}

/// [n] or [count, length]
template <typename Number>
Tensor numbers(const std::vector<Number>& values, at::IntArrayRef sizes, const torch::Device& device) {
    Tensor tensor = hostTensor(sizes, torch::kLong, device);
    std::ranges::copy(values, tensor.data_ptr<int64_t>());
    return tensor;
}

/// float16 [n, 2, width]; undefined where the batch carries none.
Tensor taughtRows(const Batch& batch, const torch::Device& device) {
    if (batch.teachers.empty()) return {};
    const auto count = static_cast<int64_t>(batch.indices.size());
    const auto width = static_cast<int64_t>(batch.teachers.size()) / (2 * count);
    const Tensor rows = hostTensor({count, 2, width}, torch::kHalf, device);
    std::memcpy(rows.data_ptr(), batch.teachers.data(), batch.teachers.size() * sizeof(uint16_t));
    return rows;
}

}  // namespace

TextTensors textTensors(const TokenBatch& batch) {
    return {torch::tensor(batch.ids, torch::kLong).view({batch.count, batch.length}),
            torch::tensor(batch.ends, torch::kLong)};
}

BatchStream::BatchStream(std::shared_ptr<const Dataset> dataset, LoaderOptions options, const torch::Device& device,
                         int64_t startStep)
    : m_device(device),
      m_loader(std::move(dataset), withMemoryFor(std::move(options), device), startStep),
      m_upload(device) {
}

DeviceBatch BatchStream::next(const std::stop_token& stop) {
    Batch batch = m_loader.next(stop);
    const auto count = static_cast<int64_t>(batch.indices.size());
    const Tensor pixels = torch::from_blob(
        batch.pixels.data(), {count, batch.height, batch.width, 3}, [memory = batch.pixels.memory()](void*) {},
        torch::TensorOptions(torch::kByte));
    const auto there =
        m_upload.upload({pixels, numbers(batch.tokens.ids, {count, batch.tokens.length}, m_device),
                         numbers(batch.tokens.ends, {count}, m_device), numbers(batch.imageIds, {count}, m_device),
                         numbers(batch.captionIds, {count}, m_device), numbers(batch.indices, {count}, m_device),
                         taughtRows(batch, m_device)});
    return {{there[0], there[1], there[2], there[3], there[4], there[5], batch.epoch, there[6]},
            count,
            std::move(batch.failures)};
}

}  // namespace diagonal
