// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <array>
#include <memory>
#include <string>

#include "engine/model/clip.h"
#include "training/losses/loss.h"
#include "training/optimizers/adamw.h"

namespace diagonal {

struct TrainStepOptions {
    std::string loss = "contrastive";
    AdamWOptions adamW;
    double gradientClip = 1.0;  ///< 0: none
    bool bf16 = false;          ///< autocast; parameters and optimizer stay fp32
    std::array<float, 3> mean = {0.48145466F, 0.4578275F, 0.40821073F};
    std::array<float, 3> std = {0.26862954F, 0.26130258F, 0.27577711F};
};

struct TrainStepValues {
    double loss = 0, lossImage = 0, lossText = 0;
    double gradientNorm = 0;
    double logitScale = 0;  ///< after exp, as the step used it
    bool updated = false;   ///< false: loss or gradient was not finite, and nothing was changed
};

/// Autocast to bf16 on the device's kind, for the life of the object, on this thread.
class AutocastScope {
  public:
    AutocastScope(const torch::Device& device, bool enabled);
    ~AutocastScope();
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

  private:
    torch::DeviceType m_type;
    bool m_enabled, m_before = false;
};

/// uint8 [n, h, w, 3] on any device -> float [n, 3, h, w] on `device`, channels last in memory, (x / 255 - mean) / std.
torch::Tensor normalizeImages(const torch::Tensor& pixels, const torch::Device& device,
                              const std::array<float, 3>& mean, const std::array<float, 3>& std);

/// Forward, backward, clip, AdamW, clamp: one optimizer step on a model that it keeps in training mode. One thread at a
/// time.
class TrainStep {
  public:
    /// The model must already be on its device.
    TrainStep(std::shared_ptr<ClipModel> model, const TrainStepOptions& options);

    /// pixels: uint8 [n, h, w, 3]; ids: int64 [n, length]; ends: int64 [n].
    TrainStepValues run(const torch::Tensor& pixels, const torch::Tensor& ids, const torch::Tensor& ends,
                        double learningRate);

    AdamW& optimizer() { return m_optimizer; }
    const torch::Device& device() const { return m_device; }

  private:
    std::shared_ptr<ClipModel> m_model;
    TrainStepOptions m_options;
    torch::Device m_device;
    std::unique_ptr<Loss> m_loss;
    AdamW m_optimizer;
};

}  // namespace diagonal
