// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cmath>
#include <string>
#include <utility>

namespace diagonal {

/// Whether a tensor, by its name, is one of BatchNorm's statistics and no parameter.
bool isStatistic(const std::string& name);

/// How a new tensor is filled when a model starts from scratch.
struct Init {
    enum class Kind { Value, Normal, Uniform };
    Kind kind = Kind::Value;
    double number = 0;  ///< the value, the standard deviation, or the bound on both sides

    static Init value(double value) { return {Kind::Value, value}; }
    static Init normal(double deviation) { return {Kind::Normal, deviation}; }
    static Init uniform(double bound) { return {Kind::Uniform, bound}; }
    /// torch.nn's, of weight and bias of a layer with that many inputs.
    static Init fanIn(int64_t inputs) { return uniform(1 / std::sqrt(static_cast<double>(inputs))); }
};

/// Where a model that is being built takes its tensors from: a checkpoint, a random generator, or nowhere. A model's
/// constructor asks for each tensor once, by its open_clip name, so it is also the list of what a checkpoint must hold.
class Weights {
  public:
    virtual ~Weights() = default;
    /// A float tensor of that shape (int64 for counts). Throws Error when there is none.
    virtual torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) = 0;
};

/// Draws from torch's default generator.
class RandomWeights : public Weights {
  public:
    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override;
};

/// Tensors without memory, for shapes, counts and FLOPs.
class MetaWeights : public Weights {
  public:
    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override;
};

/// A place in the model's tree of names.
class Scope {
  public:
    explicit Scope(Weights& weights, std::string prefix = {}) : m_weights(&weights), m_prefix(std::move(prefix)) {}

    Scope operator/(const std::string& name) const { return Scope(*m_weights, m_prefix + name + "."); }
    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) const {
        return m_weights->take(m_prefix + name, shape, init);
    }

  private:
    Weights* m_weights;
    std::string m_prefix;
};

}  // namespace diagonal
