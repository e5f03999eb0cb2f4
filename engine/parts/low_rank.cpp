// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/low_rank.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/head.h"
#include "engine/parts/layers.h"
#include "engine/parts/low_rank_terms.h"

namespace diagonal {

using torch::Tensor;

LowRank::LowRank(const std::string& name, const Tensor& weight, int64_t parts, int64_t rank, double scale)
    : m_parts(parts), m_scale(scale) {
    const int64_t out = weight.size(0), in = weight.size(1), least = std::min(out / parts, in);
    if (rank >= least)
        throw Error("--lora-rank " + std::to_string(rank),
                    "is no less than the " + std::to_string(least) + " rows or columns of " + name, "Give less.");
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    a = torch::empty({parts * rank, in}).uniform_(-bound, bound).to(weight.device()).requires_grad_();
    b = torch::zeros({out, rank}, weight.options().requires_grad(false)).requires_grad_();
}

Tensor LowRank::added(const Tensor& output, const Tensor& x) const {
    // The parts' B stand in a block diagonal: one product for all, whose zeros cost less than several launches.
    const Tensor up = m_parts == 1 ? b : torch::block_diag(b.chunk(m_parts));
    return output.add_(torch::linear(torch::linear(x, a) * m_scale, up));
}

Tensor LowRank::product(const Tensor& up, const Tensor& down) const {
    const Tensor parts = up.unflatten(0, {m_parts, -1}).bmm(down.unflatten(0, {m_parts, -1}));
    return parts.flatten(0, 1) * m_scale;
}

Tensor LowRank::term() const {
    return product(b, a);
}

Tensor LowRank::merged(const Tensor& weight) const {
    const torch::NoGradGuard noGrad;
    // In double, which no device shortens as TensorFloat-32 shortens float.
    return (weight.to(torch::kDouble) + product(b.to(torch::kDouble), a.to(torch::kDouble))).to(weight.scalar_type());
}

std::vector<Tensor> learnersOf(const torch::nn::Module& layer) {
    std::vector<Tensor> learners = layer.parameters();
    for (const auto& module : layer.modules()) {
        const auto* adaptable = dynamic_cast<const Adaptable*>(module.get());
        if (adaptable == nullptr || !adaptable->lowRank()) continue;
        learners.push_back(adaptable->lowRank()->a);
        learners.push_back(adaptable->lowRank()->b);
    }
    return learners;
}

namespace {

/// Whether the options mean the layer, by its place in the model; heads that learn from nothing need no such terms.
bool isMeant(const std::string& module, const LowRankOptions& options) {
    if (isOwnHead(module + ".")) return false;
    const bool isMlp = module.find("mlp.") != std::string::npos;
    return (module.starts_with("visual.") ? options.image : options.text) && (isMlp ? options.mlp : options.attention);
}

}  // namespace

LowRankNumbers lowRankNumbers(const ClipConfig& config, const LowRankOptions& options) {
    MetaWeights weights;
    const DualEncoder model(config, weights);
    LowRankNumbers numbers;
    for (const auto& item : model.named_modules({}, false)) {
        const auto* layer = dynamic_cast<const Adaptable*>(item.value().get());
        if (layer == nullptr || !isMeant(item.key(), options)) continue;
        const Tensor matrix = item.value()->named_parameters(false)[layer->matrixName()];
        (item.key().starts_with("visual.") ? numbers.image : numbers.text) +=
            options.rank * (matrix.size(0) + layer->parts() * matrix.size(1));
    }
    return numbers;
}

void DualEncoder::adapt(const LowRankOptions& options) {
    const torch::NoGradGuard noGrad;
    for (const auto& item : named_parameters())
        if (!item.key().starts_with("logit_") && !isOwnHead(item.key())) item.value().requires_grad_(false);
    bool hasImage = false, hasText = false;
    for (const auto& item : named_modules({}, false)) {
        const std::string& module = item.key();
        auto* layer = dynamic_cast<Adaptable*>(item.value().get());
        if (layer == nullptr || !isMeant(module, options)) continue;
        layer->adapt(module + "." + layer->matrixName(), options.rank, options.scale);
        m_adapted.emplace(module + "." + layer->matrixName(), layer);
        (module.starts_with("visual.") ? hasImage : hasText) = true;
    }
    const auto require = [](bool has, const std::string& tower, const std::string& lock) {
        if (!has)
            throw Error("--lora-rank", "the " + tower + " tower has none of the matrices that would learn",
                        "Leave it out, or give " + lock + ".");
    };
    require(hasImage || !options.image, "image", "--lock-image");
    require(hasText || !options.text, "text", "--lock-text");
    train(is_training());
}

std::vector<std::pair<std::string, Tensor>> DualEncoder::lowRankFactors() const {
    std::vector<std::pair<std::string, Tensor>> factors;
    for (const auto& [name, layer] : m_adapted) {
        factors.emplace_back(name + ".lora_A", layer->lowRank()->a);
        factors.emplace_back(name + ".lora_B", layer->lowRank()->b);
    }
    return factors;
}

}  // namespace diagonal
