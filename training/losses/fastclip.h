// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/losses/loss.h"

namespace diagonal {

/// FastCLIP-v3's loss (Wei et al., 2024, arXiv 2407.01445): a global contrastive loss for batches that are small beside
/// the data. With g the mean of exp((cosine of a wrong pair - cosine of the right one) / t) over a sample's wrong pairs
/// in the batch, once with its image, once with its text, each sample keeps moving estimates
///     u = (1 - gamma) u + gamma g
/// (u = g where it is met for the first time), and its gradient is that of g / (u + 1e-14) in place of g / g. gamma
/// falls from 1 by half a cosine over the epochs. Features, temperature t and u follow the objective and the code of
/// the paper (Optimization-AI/fast_clip, multiply_tau and a global, learned temperature): features have the gradient of
///     t/2 mean(g_image / (u_image + eps) + g_text / (u_text + eps))
/// and t twice that share, and that of t (rho + mean(ln u_image + ln u_text) / 2) besides.
///
/// u is kept as its logarithm, and is never too large or too small for a float. What is reported, as total and both
/// directions, is the contrastive loss of the batch, which other runs and validation compare with. Where a batch does
/// not say which samples it has, all are met for the first time.
class FastClipLoss : public Loss {
  public:
    explicit FastClipLoss(const LossOptions& options = {});

    LossTerms operator()(const LossInputs& inputs) override;
    void keep(const torch::Tensor& refused) override;
    /// "fastclip/log_u": ln u of each sample's image side and text side, float [2, samples]; -inf: not met yet.
    std::vector<std::pair<std::string, torch::Tensor>> state() const override;
    void load(const std::map<std::string, torch::Tensor>& state, const std::string& source) override;

    double gammaAt(int64_t epoch) const;

  private:
    /// What the last batch found, of all processes' samples.
    struct Found {
        torch::Tensor samples;        ///< int64 [N]
        torch::Tensor before, after;  ///< ln u, float [2, N]
    };

    LossOptions m_options;
    torch::Tensor m_logs;  ///< as in state()
    Found m_found;
};

}  // namespace diagonal
