// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "training/optimizers/adamw.h"

namespace diagonal {

/// An optimizer whose logit scale learns apart, by AdamW at a constant rate, and at a third of it while the temperature
/// is 0.03 or less (FastCLIP's --lr_tau with step_thresh, arXiv 2407.01445).
class TemperatureOptimizer : public Optimizer {
  public:
    /// others: of all parameters but logScale, the ln of the logit scale, which is a scalar.
    TemperatureOptimizer(std::unique_ptr<Optimizer> others, const torch::Tensor& logScale, const AdamWOptions& options,
                         double rate);

    void zeroGradients() override;
    std::vector<torch::Tensor> gradients() override;
    /// The learning rate is that of the others.
    void step(double learningRate, const torch::Tensor& refused = {}) override;

    /// That of the others, and "temperature/" before AdamW's names.
    NamedParameters state() const override;
    void load(const std::map<std::string, torch::Tensor>& state, const std::string& source) override;

  private:
    std::unique_ptr<Optimizer> m_others;
    torch::Tensor m_logScale;
    AdamW m_optimizer;
    double m_rate;
};

}  // namespace diagonal
