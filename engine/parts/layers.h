// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/parts/low_rank.h"
#include "engine/parts/packed_weight.h"
#include "engine/parts/weights.h"

namespace diagonal {

// The layers of torch.nn under its names. Unlike torch::nn's they take their tensors from Weights, so that a model that
// is loaded draws no random numbers and copies nothing.

/// Makes a child, registered under its name and fed from its scope.
template <typename Layer, typename... Arguments>
std::shared_ptr<Layer> addChild(torch::nn::Module& parent, const Scope& scope, const std::string& name,
                                Arguments&&... arguments) {
    return parent.register_module(name, std::make_shared<Layer>(scope / name, std::forward<Arguments>(arguments)...));
}

/// x [..., d] with rows of unit length: torch.nn.functional.normalize over the last dimension.
torch::Tensor normalizedRows(const torch::Tensor& x);

// LibTorch has no convolution, norm or attention for tensors without memory: of those these make the result's shape.
// What is a product is recorded, for OperationCounter, as "diagonal::product" with its FLOPs.

/// torch.nn.functional.scaled_dot_product_attention. query, key, value: [n, heads, length, depth].
torch::Tensor attended(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                       const std::optional<torch::Tensor>& mask = std::nullopt, bool causal = false);

/// torch.nn.functional.conv2d.
torch::Tensor convolved(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, int64_t stride,
                        int64_t padding, int64_t groups = 1);

/// torch.nn.Linear. Without `weight` both tensors are drawn as torch draws them; with it the bias starts at 0, or is
/// not there at all.
class Linear : public torch::nn::Module, public Packable, public Adaptable {
  public:
    Linear(const Scope& scope, int64_t in, int64_t out);
    Linear(const Scope& scope, int64_t in, int64_t out, Init weight, std::optional<Init> bias = Init::value(0));
    torch::Tensor operator()(const torch::Tensor& x) const;
    void pack(Pack how) override { m_packed = how(weight, bias); }
    const char* matrixName() const override { return "weight"; }
    void adapt(const std::string& name, int64_t rank, double scale) override {
        m_lowRank = std::make_shared<LowRank>(name, weight, 1, rank, scale);
    }

    torch::Tensor weight, bias;  ///< bias: undefined where there is none

  private:
    std::shared_ptr<PackedWeight> m_packed;
};

/// torch.nn.LayerNorm over the last dimension.
class LayerNorm : public torch::nn::Module {
  public:
    LayerNorm(const Scope& scope, int64_t width, double epsilon);
    torch::Tensor operator()(const torch::Tensor& x) const;

    torch::Tensor weight, bias;

  private:
    double m_epsilon;
};

/// torch.nn.Conv2d with a square kernel and padding kernel / 2, or 0 when kernel == stride (patches).
class Conv2d : public torch::nn::Module {
  public:
    Conv2d(const Scope& scope, int64_t in, int64_t out, int64_t kernel, int64_t stride = 1, bool bias = false);
    torch::Tensor operator()(const torch::Tensor& x) const;

    torch::Tensor weight, bias;

  private:
    int64_t m_stride, m_padding;
};

/// torch.nn.BatchNorm2d.
class BatchNorm2d : public torch::nn::Module {
  public:
    BatchNorm2d(const Scope& scope, int64_t channels, double gain = 1, double epsilon = 1e-5);
    torch::Tensor operator()(const torch::Tensor& x);
    double epsilon() const { return m_epsilon; }

    torch::Tensor weight, bias, runningMean, runningVariance, batches;

  private:
    double m_epsilon;
};

}  // namespace diagonal
