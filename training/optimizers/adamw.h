// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace diagonal {

using NamedParameters = std::vector<std::pair<std::string, torch::Tensor>>;

struct AdamWOptions {
    double beta1 = 0.9, beta2 = 0.98, epsilon = 1e-6;
    double weightDecay = 0.2;
    double imageRate = 1, textRate = 1;  ///< learning rates of the towers, as shares of step()'s
};

/// Whether open_clip decays this parameter: not biases, gains, and the logit scale.
bool isDecayed(const std::string& name, const torch::Tensor& parameter);

/// torch.optim.AdamW (Loshchilov & Hutter, 2019) on ATen's fused kernels. One thread at a time.
class AdamW {
  public:
    /// Takes the parameters that require a gradient.
    AdamW(const NamedParameters& parameters, const AdamWOptions& options);

    void zeroGradients();
    /// Multiplies all gradients: what undoes fp16's loss scale.
    void scaleGradients(double factor);
    /// Scales all gradients down so that their joint norm is at most maxNorm (0: leaves them). Returns the norm before,
    /// a scalar on the parameters' device.
    torch::Tensor clipGradients(double maxNorm);
    void step(double learningRate);

    /// "exp_avg/NAME", "exp_avg_sq/NAME" and "step": what a checkpoint keeps.
    NamedParameters state() const;
    /// Takes state() back. Throws Error (naming `source`) where a tensor is missing or has another shape.
    void load(const std::map<std::string, torch::Tensor>& state, const std::string& source);

  private:
    struct Group {
        double weightDecay = 0, rate = 1;
        std::vector<std::string> names;
        std::vector<torch::Tensor> parameters, averages, squareAverages;
    };

    Group& groupFor(double weightDecay, double rate);
    static std::vector<torch::Tensor> gradients(const Group& group);
    std::vector<torch::Tensor> allGradients() const;

    AdamWOptions m_options;
    std::vector<Group> m_groups;
    torch::Tensor m_step;
};

}  // namespace diagonal
