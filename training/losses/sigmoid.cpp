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
        : m_count(inputs.image.size(0) * inputs.world->size()),
          m_sum(torch::zeros({}, torch::TensorOptions(torch::kDouble).device(inputs.image.device()))) {}

    bool isSeparable() const override { return true; }

    void gather(const Tensor& logits, const Tile& tile) override {
        Tensor losses = torch::softplus(logits);
        if (tile.isOnDiagonal()) losses.diagonal(tile.diagonal).copy_(torch::softplus(-logits.diagonal(tile.diagonal)));
        m_sum.add_(losses.sum(torch::kDouble));
    }

    LossTerms finish(World& world) override {
        world.sum({m_sum});
        const Tensor mean = (m_sum / static_cast<double>(m_count)).to(torch::kFloat);
        return {mean, mean, mean};
    }

    Tensor logitGradient(Tensor logits, const Tile& tile) const override {
        if (!tile.isOnDiagonal()) return logits.sigmoid_().div_(static_cast<double>(m_count));
        const Tensor pairs = torch::sigmoid(-logits.diagonal(tile.diagonal)).neg_();
        logits.sigmoid_().diagonal(tile.diagonal).copy_(pairs);
        return logits.div_(static_cast<double>(m_count));
    }

  private:
    int64_t m_count;  ///< N
    Tensor m_sum;
};

}  // namespace

LossTerms SigmoidLoss::operator()(const LossInputs& inputs) {
    TORCH_CHECK(inputs.logBias.defined(), "the sigmoid loss needs a logit bias");
    SigmoidTileLoss loss(inputs);
    return tiledLoss(inputs, loss, m_tile);
}

}  // namespace diagonal
