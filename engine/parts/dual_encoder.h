// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/low_rank.h"
#include "engine/parts/text_tower.h"

namespace diagonal {

/// An image tower and a text tower whose embeddings are compared, as in CLIP (Radford et al., 2021) and SigLIP (Zhai et
/// al., 2023), with the module names of open_clip's CustomTextCLIP: visual.*, text.*, logit_scale, logit_bias. An image
/// tower with a head of its own is visual.trunk.*, the head visual.head.*; of a text tower the head is text.proj.*.
/// named_parameters() and named_buffers() carry exactly those names.
class DualEncoder : public torch::nn::Module {
  public:
    /// Tensors are taken from `weights`, which throws Error where one is missing or has another shape.
    DualEncoder(const ClipConfig& config, Weights& weights);
    /// Random weights as open_clip draws them (from torch's default generator).
    explicit DualEncoder(const ClipConfig& config);

    const ClipConfig& config() const { return m_config; }

    /// float [n, 3, size, size], or the features [n, width] that a head of its own projects -> [n, embed_dim], unit
    /// length when normalized.
    torch::Tensor encodeImage(const torch::Tensor& images, bool normalized = true);

    /// ids: int64 [n, length], length <= context_length; lengths: int64 [n], how many tokens of each text count, up to
    /// its end-of-text token (SigLIP: the whole context). -> [n, embed_dim]. The ids need only reach the longest.
    torch::Tensor encodeText(const torch::Tensor& ids, const torch::Tensor& lengths, bool normalized = true);

    ImageTower& imageTower() { return *m_visual; }

    /// Scalar parameter: ln of the logit scale.
    torch::Tensor logitScale() const { return m_logitScale; }
    /// Scalar parameter that SigLIP adds to the scaled cosine, or undefined.
    torch::Tensor logitBias() const { return m_logitBias; }

    /// Adds SigLIP's bias where the model has none, for a loss that needs it.
    void addLogitBias(double value);

    /// Keeps the image tower, but a head of its own, as it is for good: in evaluation mode (BatchNorm's statistics,
    /// patches), without gradients.
    void lockImageTower();

    /// Gives matrices of attention (the attention pools of SigLIP and ResNets among them) and MLPs low-rank terms,
    /// which learn in place of all weights but the temperature and SigLIP's bias: the others ask for no gradient, and
    /// batch norms keep their statistics. Throws Error where a tower has no such matrix, or the rank is too large.
    void adapt(const LowRankOptions& options);
    bool isAdapted() const { return !m_adapted.empty(); }
    /// Whether the parameter is a matrix with a low-rank term.
    bool isAdapted(const std::string& name) const { return m_adapted.contains(name); }
    /// "NAME.lora_A" and "NAME.lora_B" of each matrix NAME with a low-rank term.
    std::vector<std::pair<std::string, torch::Tensor>> lowRankFactors() const;

    /// Another input size: positions are interpolated, as resizedPositions() has it. They are new tensors behind the
    /// parameter: what was made for the old ones (moments, averages) fits no longer. Throws Error where the size is
    /// less than a patch.
    void setImageSize(int size);

    void train(bool on = true) override;

    /// Share of an image's patches that encodeImage leaves out in training mode. Throws Error where there are none.
    void setPatchDropout(double share);
    double patchDropout() const { return m_patchDropout; }

    /// Whether the backward pass computes each block of both towers again, in place of keeping what it needs of the
    /// forward pass: less memory, more time, the same gradient bit for bit.
    void setGradCheckpointing(bool on);

    /// Parameters and buffers by name. In place of a matrix with a low-rank term stands a copy with the term merged
    /// into it, for models and checkpoints that know of no such terms.
    std::map<std::string, torch::Tensor> stateDict() const;

  private:
    ClipConfig m_config;
    std::shared_ptr<ImageTower> m_visual;
    std::shared_ptr<TextTower> m_text;
    torch::Tensor m_logitScale, m_logitBias;
    double m_patchDropout = 0;
    bool m_imageLocked = false;
    std::map<std::string, Adaptable*> m_adapted;  ///< layers by their matrix's name
};

}  // namespace diagonal
