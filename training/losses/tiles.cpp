// SPDX-License-Identifier: Apache-2.0
#include "training/losses/tiles.h"

#include <algorithm>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The logits of one batch, made tile by tile.
class Logits {
  public:
    Logits(const LossInputs& inputs, int64_t tile)
        : m_image(inputs.image), m_text(inputs.text), m_scale(inputs.logScale.exp()), m_bias(inputs.logBias) {
        const int64_t n = m_image.size(0);
        for (int64_t row = 0; row < n; row += tile)
            for (int64_t column = 0; column < n; column += tile)
                m_tiles.push_back({row, std::min(tile, n - row), column, std::min(tile, n - column)});
    }

    const std::vector<Tile>& tiles() const { return m_tiles; }
    const Tensor& scale() const { return m_scale; }
    Tensor images(const Tile& tile) const { return m_image.narrow(0, tile.row, tile.rows); }
    Tensor texts(const Tile& tile) const { return m_text.narrow(0, tile.column, tile.columns); }

    Tensor cosines(const Tile& tile) const { return images(tile).mm(texts(tile).t()); }
    Tensor of(const Tile& tile) const {
        auto logits = cosines(tile).mul_(m_scale);
        return m_bias.defined() ? logits.add_(m_bias) : logits;
    }

  private:
    Tensor m_image, m_text, m_scale, m_bias;
    std::vector<Tile> m_tiles;
};

struct Gradients {
    Tensor image, text, logScale, logBias;
};

/// Sums over tiles are made in fp64: the gradient of the scale is a small difference of large ones.
Gradients gradientsOf(const Logits& logits, const TileLoss& loss, const LossInputs& inputs) {
    Gradients sums{torch::zeros_like(inputs.image),
                   torch::zeros_like(inputs.text),
                   torch::zeros_like(inputs.logScale, torch::kDouble),
                   {}};
    if (inputs.logBias.defined()) sums.logBias = torch::zeros_like(sums.logScale);
    for (const Tile& tile : logits.tiles()) {
        const Tensor ofLogits = loss.logitGradient(logits.of(tile), tile);
        if (sums.logBias.defined()) sums.logBias.add_(ofLogits.sum(torch::kDouble));
        // With respect to the cosines; the logits grow with the scale as the cosines do.
        const Tensor ofCosines = ofLogits * logits.scale();
        const Tensor ofImages = ofCosines.mm(logits.texts(tile));
        sums.logScale.add_((ofImages * logits.images(tile)).sum(torch::kDouble));
        sums.image.narrow(0, tile.row, tile.rows).add_(ofImages);
        sums.text.narrow(0, tile.column, tile.columns).addmm_(ofCosines.t(), logits.images(tile));
    }
    sums.logScale = sums.logScale.to(inputs.logScale.scalar_type());
    if (sums.logBias.defined()) sums.logBias = sums.logBias.to(inputs.logBias.scalar_type());
    return sums;
}

/// Carries gradients that were made with the loss.
struct WithGradients : torch::autograd::Function<WithGradients> {
    static Tensor forward(AutogradContext* context, const Tensor& image, const Tensor& text, const Tensor& logScale,
                          const std::optional<Tensor>& logBias, const Tensor& total, const Gradients& gradients) {
        (void)image, (void)text, (void)logScale, (void)logBias;
        c10::List<Tensor> saved({gradients.image, gradients.text, gradients.logScale});
        if (gradients.logBias.defined()) saved.push_back(gradients.logBias);
        context->saved_data["gradients"] = std::move(saved);
        return total.clone();
    }

    static variable_list backward(AutogradContext* context, const variable_list& outer) {
        // Scaled in place and handed over: at 32,768 pairs a copy would be 128 MB.
        TORCH_CHECK(!context->saved_data.empty(), "this loss is differentiated once");
        variable_list result = context->saved_data.at("gradients").toTensorVector();
        context->saved_data.clear();
        result.resize(6);  // one for each argument of forward
        for (Tensor& gradient : result)
            if (gradient.defined()) gradient.mul_(outer[0]);
        return result;
    }
};

}  // namespace

LossTerms tiledLoss(const LossInputs& given, TileLoss& loss, int64_t tile) {
    TORCH_CHECK(given.image.dim() == 2 && given.image.sizes() == given.text.sizes(),
                "features must be [n, d] and of one shape");
    LossInputs inputs = given;
    for (Tensor* value : {&inputs.image, &inputs.text, &inputs.logScale, &inputs.logBias})
        if (value->defined()) *value = value->to(torch::kFloat);
    const bool differentiates =
        torch::GradMode::is_enabled() &&
        (inputs.image.requires_grad() || inputs.text.requires_grad() || inputs.logScale.requires_grad());
    LossTerms terms;
    Gradients gradients;
    {
        const torch::NoGradGuard noGrad;
        const Logits logits(inputs, tile);
        for (const Tile& one : logits.tiles())
            loss.gather(logits.of(one), one);
        terms = loss.finish();
        if (differentiates) gradients = gradientsOf(logits, loss, inputs);
    }
    // A function of torch takes no undefined tensors.
    const auto bias = inputs.logBias.defined() ? std::optional(inputs.logBias) : std::nullopt;
    if (differentiates)
        terms.total = WithGradients::apply(inputs.image, inputs.text, inputs.logScale, bias, terms.total, gradients);
    return terms;
}

}  // namespace diagonal
