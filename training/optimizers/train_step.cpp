// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/train_step.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

#include <cmath>

namespace diagonal {

namespace {

const double kLargestLogScale = std::log(100.0);

NamedParameters namedParameters(const ClipModel& model) {
    NamedParameters parameters;
    for (const auto& item : model.named_parameters())
        parameters.emplace_back(item.key(), item.value());
    return parameters;
}

}  // namespace

AutocastScope::AutocastScope(const torch::Device& device, bool enabled) : m_type(device.type()), m_enabled(enabled) {
    if (!m_enabled) return;
    m_before = at::autocast::is_autocast_enabled(m_type);
    at::autocast::set_autocast_dtype(m_type, torch::kBFloat16);
    at::autocast::set_autocast_enabled(m_type, true);
    at::autocast::increment_nesting();
}

AutocastScope::~AutocastScope() {
    if (!m_enabled) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(m_type, m_before);
}

torch::Tensor normalizeImages(const torch::Tensor& pixels, const torch::Device& device,
                              const std::array<float, 3>& mean, const std::array<float, 3>& std) {
    std::array<float, 3> factor, shift;
    for (size_t i = 0; i < 3; ++i) {
        factor[i] = 1 / (255 * std[i]);
        shift[i] = -mean[i] / std[i];
    }
    const auto row = [&](const std::array<float, 3>& values) {
        return torch::tensor({values[0], values[1], values[2]}).to(device).view({3, 1, 1});
    };
    // Seen as [n, 3, h, w], interleaved pixels are already channels-last: nothing is moved.
    return pixels.to(device).permute({0, 3, 1, 2}).to(torch::kFloat).mul_(row(factor)).add_(row(shift));
}

TrainStep::TrainStep(std::shared_ptr<ClipModel> model, const TrainStepOptions& options)
    : m_model(std::move(model)),
      m_options(options),
      m_device(m_model->logitScale().device()),
      m_loss(makeLoss(options.loss)),
      m_optimizer(namedParameters(*m_model), options.adamW) {
    m_model->train();
}

TrainStepValues TrainStep::run(const torch::Tensor& pixels, const torch::Tensor& ids, const torch::Tensor& ends,
                               double learningRate) {
    const auto images = normalizeImages(pixels, m_device, m_options.mean, m_options.std);
    torch::Tensor imageFeatures, textFeatures;
    {
        const AutocastScope autocast(m_device, m_options.bf16);
        imageFeatures = m_model->encodeImage(images);
        textFeatures = m_model->encodeText(ids.to(m_device), ends.to(m_device));
    }
    auto logScale = m_model->logitScale();
    const auto terms = (*m_loss)(imageFeatures, textFeatures, logScale);
    m_optimizer.zeroGradients();
    terms.total.backward();
    const auto norm = m_optimizer.clipGradients(m_options.gradientClip);

    // One transfer for all that is reported: on a GPU each would wait for the step to end.
    const auto reported =
        torch::stack({terms.total.detach(), terms.imageToText, terms.textToImage, norm, logScale.detach().exp()})
            .to(torch::kCPU, torch::kDouble);
    const double* values = reported.data_ptr<double>();
    TrainStepValues result{values[0], values[1], values[2], values[3], values[4], false};
    if (!std::isfinite(result.loss) || !std::isfinite(result.gradientNorm)) return result;

    m_optimizer.step(learningRate);
    const torch::NoGradGuard noGrad;
    logScale.clamp_(0, kLargestLogScale);
    result.updated = true;
    return result;
}

}  // namespace diagonal
