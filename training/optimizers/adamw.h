// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

#include "training/optimizers/optimizer.h"

namespace diagonal {

struct AdamWOptions {
    double beta1 = 0.9, beta2 = 0.98, epsilon = 1e-6;
    double weightDecay = 0.2;
    double imageRate = 1, textRate = 1;              ///< learning rates of the towers, as shares of step()'s
    double headRate = 0;                             ///< of both heads; 0: as their towers
    double imageLayerDecay = 1, textLayerDecay = 1;  ///< see LayerDecay
    bool halfStates = false;                         ///< both moments are kept in bf16, see roundedAdamW
    uint64_t seed = 1;                               ///< of what is rounded at random
};

/// Whether open_clip decays this parameter: not biases, gains, and the logit scale.
bool isDecayed(const std::string& name, const torch::Tensor& parameter);

/// torch.optim.AdamW (Loshchilov & Hutter, 2019) on ATen's fused kernels; where weights or moments are bf16, on
/// roundedAdamW.
class AdamW : public Optimizer {
  public:
    /// Takes the parameters that require a gradient. The others say how many layers the towers have.
    AdamW(const NamedParameters& parameters, const AdamWOptions& options);

    void zeroGradients() override;
    std::vector<torch::Tensor> gradients() override;
    void step(double learningRate, const torch::Tensor& refused = {}) override;

    /// "exp_avg/NAME", "exp_avg_sq/NAME" and "step".
    NamedParameters state() const override;
    void load(const std::map<std::string, torch::Tensor>& state, const std::string& source) override;

  private:
    struct Group {
        double weightDecay = 0, rate = 1;
        bool isRounded = false;
        std::vector<std::string> names;
        std::vector<torch::Tensor> parameters, averages, squareAverages;
    };

    Group& groupFor(double weightDecay, double rate, bool isRounded);
    static std::vector<torch::Tensor> gradients(const Group& group);
    void roundedStep(const Group& group, double learningRate, const torch::Tensor& refused) const;

    AdamWOptions m_options;
    std::vector<Group> m_groups;
    torch::Tensor m_step;
};

}  // namespace diagonal
