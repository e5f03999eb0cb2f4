// SPDX-License-Identifier: Apache-2.0
#include "training/losses/sigmoid.h"

#include "engine/base/libtorch.h"
#include "training/losses/tiles.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// -log sigmoid(x) of the pairs and -log sigmoid(-x) of all others.
class SigmoidTileLoss : public TileLoss {
  public:
    explicit SigmoidTileLoss(const LossInputs& inputs)
        : m_n(inputs.image.size(0)),
          m_sum(torch::zeros({}, torch::TensorOptions(torch::kDouble).device(inputs.image.device()))) {}

    void gather(const Tensor& logits, const Tile& tile) override {
        Tensor losses = torch::softplus(logits);
        if (tile.isOnDiagonal()) losses.diagonal().copy_(torch::softplus(-logits.diagonal()));
        m_sum.add_(losses.sum(torch::kDouble));
    }

    LossTerms finish() override {
        const Tensor mean = (m_sum / static_cast<double>(m_n)).to(torch::kFloat);
        return {mean, mean, mean};
    }

    Tensor logitGradient(Tensor logits, const Tile& tile) const override {
        if (!tile.isOnDiagonal()) return logits.sigmoid_().div_(static_cast<double>(m_n));
        const Tensor pairs = torch::sigmoid(-logits.diagonal()).neg_();
        logits.sigmoid_().diagonal().copy_(pairs);
        return logits.div_(static_cast<double>(m_n));
    }

  private:
    int64_t m_n;
    Tensor m_sum;
};

}  // namespace

LossTerms SigmoidLoss::operator()(const LossInputs& inputs) const {
    TORCH_CHECK(inputs.logBias.defined(), "the sigmoid loss needs a logit bias");
    SigmoidTileLoss loss(inputs);
    return tiledLoss(inputs, loss, m_tile);
}

}  // namespace diagonal
