// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_normalizer.h"

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

ImageNormalizer::ImageNormalizer(const torch::Device& device, const std::array<float, 3>& mean,
                                 const std::array<float, 3>& std) {
    m_factor = torch::empty({3, 1, 1});
    m_shift = torch::empty({3, 1, 1});
    for (size_t i = 0; i < 3; ++i) {
        m_factor.data_ptr<float>()[i] = 1 / (255 * std[i]);
        m_shift.data_ptr<float>()[i] = -mean[i] / std[i];
    }
    m_factor = m_factor.to(device);
    m_shift = m_shift.to(device);
}

Tensor ImageNormalizer::operator()(const Tensor& pixels, torch::ScalarType type) const {
    // Seen as [n, 3, h, w], interleaved pixels are already channels-last: nothing is moved.
    const Tensor images = pixels.to(m_factor.device()).permute({0, 3, 1, 2});
    Tensor normalized = images.to(torch::kFloat).mul_(m_factor);
    if (type == torch::kFloat) return normalized.add_(m_shift);
    Tensor narrow = torch::empty_like(normalized, type);
    return at::add_out(narrow, normalized, m_shift);
}

}  // namespace diagonal
