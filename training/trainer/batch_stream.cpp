// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/batch_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// A device's pixels come in pieces of pinned memory, of which each takes a power of two.
LoaderOptions withMemoryFor(LoaderOptions options, const torch::Device& device) {
    constexpr size_t kPieceBytes = size_t{64} << 20;
    options.allocate = hostMemory(device);
    if (device.is_cpu())
        options.pieceBytes = 0;
    else if (options.pieceBytes == 0)
        options.pieceBytes = kPieceBytes;
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
            torch::tensor(batch.lengths, torch::kLong)};
}

BatchStream::BatchStream(std::shared_ptr<const Dataset> dataset, LoaderOptions options, const torch::Device& device,
                         int64_t startStep)
    : m_device(device),
      m_sizes(options.features ? std::vector<int64_t>{2 * static_cast<int64_t>(options.features->width())}
                               : std::vector<int64_t>{options.preprocess.height, options.preprocess.width, 3}),
      m_loader(std::move(dataset), withMemoryFor(std::move(options), device), startStep),
      m_upload(device) {
}

std::vector<int64_t> BatchStream::ofImages(int64_t count) const {
    std::vector<int64_t> sizes = {count};
    sizes.insert(sizes.end(), m_sizes.begin(), m_sizes.end());
    return sizes;
}

void BatchStream::take(const PixelPiece& piece) {
    const int64_t count = static_cast<int64_t>(piece.pixels.size()) / c10::multiply_integers(m_sizes);
    const Tensor pixels = torch::from_blob(
        piece.pixels.data(), ofImages(count), [memory = piece.pixels.memory()](void*) {},
        torch::TensorOptions(torch::kByte));
    if (m_device.is_cpu()) {  // the whole batch
        m_pixels = pixels;
    } else {
        if (!m_pixels.defined()) m_pixels = m_upload.room(ofImages(static_cast<int64_t>(piece.planned)), torch::kByte);
        m_upload.copy(m_pixels.narrow(0, m_taken, count), pixels);
    }
    m_taken += count;
}

DeviceBatch BatchStream::next(const std::stop_token& stop) {
    Batch batch = m_loader.next([this](const PixelPiece& piece) { take(piece); }, stop);
    const int64_t count = std::exchange(m_taken, 0);
    const Tensor pixels = std::exchange(m_pixels, {}).narrow(0, 0, count);
    const auto there =
        m_upload.upload({pixels, numbers(batch.tokens.ids, {count, batch.tokens.length}, m_device),
                         numbers(batch.tokens.lengths, {count}, m_device), numbers(batch.imageIds, {count}, m_device),
                         numbers(batch.captionIds, {count}, m_device), numbers(batch.indices, {count}, m_device),
                         taughtRows(batch, m_device)});
    constexpr size_t kFeatures = 1;
    const Tensor images = m_sizes.size() == kFeatures ? there[0].view(torch::kHalf) : there[0];
    return {{images, there[1], there[2], there[3], there[4], there[5], batch.epoch, there[6]},
            count,
            std::move(batch.failures)};
}

}  // namespace diagonal
