// SPDX-License-Identifier: Apache-2.0
#include "training/losses/tiles.h"

#include <algorithm>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The logits of this process's images with some of all processes' texts, made tile by tile.
class Logits {
  public:
    /// first: place of the first text among all processes'.
    Logits(const LossInputs& inputs, const Tensor& texts, int64_t first, int64_t tile)
        : m_image(inputs.image), m_text(texts), m_first(first), m_scale(inputs.logScale.exp()), m_bias(inputs.logBias) {
        const int64_t rows = m_image.size(0), end = first + texts.size(0);
        const int64_t pairs = inputs.world->rank() * rows;  // the column of row 0's
        for (int64_t row = 0; row < rows; row += tile)
            for (int64_t column = first; column < end; column += tile)
                m_tiles.push_back(
                    {row, std::min(tile, rows - row), column, std::min(tile, end - column), pairs + row - column});
    }

    const std::vector<Tile>& tiles() const { return m_tiles; }
    const Tensor& scale() const { return m_scale; }
    Tensor images(const Tile& tile) const { return m_image.narrow(0, tile.row, tile.rows); }
    Tensor texts(const Tile& tile) const { return narrow(m_text, tile); }
    /// Of a tensor with a row a text, those of a tile.
    Tensor narrow(const Tensor& ofTexts, const Tile& tile) const {
        return ofTexts.narrow(0, tile.column - m_first, tile.columns);
    }

    Tensor of(const Tile& tile) const {
        auto logits = images(tile).mm(texts(tile).t()).mul_(m_scale);
        return m_bias.defined() ? logits.add_(m_bias) : logits;
    }

  private:
    Tensor m_image, m_text;
    int64_t m_first;
    Tensor m_scale, m_bias;
    std::vector<Tile> m_tiles;
};

/// Sums over tiles are made in fp64: the gradient of the scale is a small difference of large ones.
class Gradients {
  public:
    explicit Gradients(const LossInputs& inputs)
        : image(torch::zeros_like(inputs.image)), logScale(torch::zeros_like(inputs.logScale, torch::kDouble)) {
        if (inputs.logBias.defined()) logBias = torch::zeros_like(logScale);
    }

    /// ofTexts: of the texts of these logits.
    void add(const Tensor& ofLogits, const Logits& logits, const Tile& tile, const Tensor& ofTexts) {
        if (logBias.defined()) logBias.add_(ofLogits.sum(torch::kDouble));
        // With respect to the cosines; the logits grow with the scale as the cosines do.
        const Tensor ofCosines = ofLogits * logits.scale();
        const Tensor ofImages = ofCosines.mm(logits.texts(tile));
        logScale.add_((ofImages * logits.images(tile)).sum(torch::kDouble));
        image.narrow(0, tile.row, tile.rows).add_(ofImages);
        logits.narrow(ofTexts, tile).addmm_(ofCosines.t(), logits.images(tile));
    }

    /// In the order of the arguments of WithGradients.
    std::vector<Tensor> all(const LossInputs& inputs) const {
        std::vector<Tensor> list = {image, text, logScale.to(inputs.logScale.scalar_type())};
        if (logBias.defined()) list.push_back(logBias.to(inputs.logBias.scalar_type()));
        return list;
    }

    Tensor image, text, logScale, logBias;
};

/// All texts are here; the loss's gradient waits for what all logits give.
LossTerms inTwoPasses(const LossInputs& inputs, TileLoss& loss, int64_t tile, Gradients* gradients) {
    World& world = *inputs.world;
    const Logits logits(inputs, world.gather(inputs.text), 0, tile);
    for (const Tile& one : logits.tiles())
        loss.gather(logits.of(one), one);
    const LossTerms terms = loss.finish(world);
    if (gradients == nullptr) return terms;
    const Tensor ofTexts =
        torch::zeros({world.size() * inputs.text.size(0), inputs.text.size(1)}, inputs.text.options());
    for (const Tile& one : logits.tiles())
        gradients->add(loss.logitGradient(logits.of(one), one), logits, one, ofTexts);
    gradients->text = world.sumToOwners(ofTexts);
    return terms;
}

/// The texts of one process after the other, which take their gradients along.
LossTerms inARing(const LossInputs& inputs, TileLoss& loss, int64_t tile, Gradients* gradients) {
    World& world = *inputs.world;
    const int64_t rows = inputs.text.size(0);
    Tensor texts = inputs.text, ofTexts = gradients != nullptr ? torch::zeros_like(texts) : Tensor();
    for (int hop = 0; hop < world.size(); ++hop) {
        const int owner = (world.rank() - hop + world.size()) % world.size();
        const Logits logits(inputs, texts, owner * rows, tile);
        for (const Tile& one : logits.tiles()) {
            const Tensor some = logits.of(one);
            loss.gather(some, one);
            if (gradients != nullptr) gradients->add(loss.logitGradient(some, one), logits, one, ofTexts);
        }
        const bool isLast = hop + 1 == world.size();  // the gradients go home
        std::vector<Tensor> given;
        if (!isLast) given.push_back(texts);
        if (gradients != nullptr) given.push_back(ofTexts);
        if (given.empty()) break;
        const auto taken = world.shift(given);
        if (!isLast) texts = taken.front();
        if (gradients != nullptr) ofTexts = taken.back();
    }
    if (gradients != nullptr) gradients->text = ofTexts;
    return loss.finish(world);
}

/// Carries gradients that were made with the loss.
struct WithGradients : torch::autograd::Function<WithGradients> {
    static Tensor forward(AutogradContext* context, const Tensor& image, const Tensor& text, const Tensor& logScale,
                          const std::optional<Tensor>& logBias, const Tensor& total,
                          const std::vector<Tensor>& gradients) {
        (void)image, (void)text, (void)logScale, (void)logBias;
        context->saved_data["gradients"] = c10::List<Tensor>(gradients);
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

Tensor logSumExpOfAll(World& world, const Tensor& partial) {
    return world.isAlone() ? partial : world.gather(partial.unsqueeze(0)).logsumexp(0);
}

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
    std::vector<Tensor> gradients;
    {
        const torch::NoGradGuard noGrad;
        LossInputs values = inputs;
        values.text = inputs.text.detach().contiguous();
        std::optional<Gradients> sums;
        if (differentiates) sums.emplace(values);
        const auto run = loss.isSeparable() ? inARing : inTwoPasses;
        terms = run(values, loss, tile, sums ? &*sums : nullptr);
        if (sums) {
            sums->logScale = loss.scaleGradient(sums->logScale);
            gradients = sums->all(inputs);
        }
    }
    // A function of torch takes no undefined tensors.
    const auto bias = inputs.logBias.defined() ? std::optional(inputs.logBias) : std::nullopt;
    if (differentiates)
        terms.total = WithGradients::apply(inputs.image, inputs.text, inputs.logScale, bias, terms.total, gradients);
    return terms;
}

}  // namespace diagonal
