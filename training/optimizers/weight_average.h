// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <vector>

#include "training/optimizers/optimizer.h"

namespace diagonal {

/// Exponential moving average of a model's weights and floating-point buffers. Young averages forget faster: the decay
/// of update k is min(decay, (1 + k) / (10 + k)), as TensorFlow's ExponentialMovingAverage has it.
class WeightAverage {
  public:
    /// Starts from the model's weights. decay 0: there is no average, and no memory is taken.
    WeightAverage(const torch::nn::Module& model, double decay);
    /// The same of chosen weights.
    WeightAverage(const NamedParameters& weights, double decay);

    bool isEnabled() const { return m_decay > 0; }
    /// refused: float scalar on the weights' device; where it is 1 nothing changes. Tell by count() whether it was 0.
    void update(const torch::Tensor& refused);
    void count() { ++m_updates; }
    /// The model's weights and the average change places, and types: that of bf16 weights is fp32.
    void swap();

    int64_t updates() const { return m_updates; }
    void setUpdates(int64_t updates) { m_updates = updates; }
    /// What is not in the model at the moment, by name.
    const NamedParameters& stored() const { return m_stored; }

  private:
    double m_decay;
    int64_t m_updates = 0;
    std::vector<torch::Tensor> m_weights;  ///< the model's
    NamedParameters m_stored;
};

/// The model is its average for the life of the object.
class AveragedScope {
  public:
    explicit AveragedScope(WeightAverage& average) : m_average(average) { m_average.swap(); }
    ~AveragedScope() { m_average.swap(); }
    AveragedScope(const AveragedScope&) = delete;
    AveragedScope& operator=(const AveragedScope&) = delete;

  private:
    WeightAverage& m_average;
};

}  // namespace diagonal
