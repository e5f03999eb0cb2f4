// SPDX-License-Identifier: Apache-2.0
#include "engine/model/transformer.h"

#include <torch/torch.h>

#include <cmath>
#include <optional>

namespace diagonal {

using torch::Tensor;

namespace {

/// The parameters of torch.nn.MultiheadAttention under its names.
struct Attention : torch::nn::Module {
    Attention(int width, int headCount) : heads(headCount) {
        inWeight = register_parameter("in_proj_weight", torch::empty({3 * width, width}));
        inBias = register_parameter("in_proj_bias", torch::zeros({3 * width}));
        outProjection = register_module("out_proj", torch::nn::Linear(width, width));
        torch::nn::init::xavier_uniform_(inWeight);
        torch::nn::init::zeros_(outProjection->bias);
    }

    /// [n, length, width] -> [n, heads, length, width / heads]
    Tensor split(const Tensor& x) const { return x.unflatten(-1, {heads, -1}).transpose(1, 2); }

    Tensor project(const Tensor& heads_) { return outProjection(heads_.transpose(1, 2).flatten(2)); }

    Tensor forward(const Tensor& x, bool causal) {
        const auto parts = torch::linear(x, inWeight, inBias).chunk(3, -1);
        return project(at::scaled_dot_product_attention(split(parts[0]), split(parts[1]), split(parts[2]), std::nullopt,
                                                        0.0, causal));
    }

    /// One query a sequence: query [n, 1, width]; allowed bool [n, 1, 1, length] or undefined.
    Tensor forwardPooled(const Tensor& query, const Tensor& x, const std::optional<Tensor>& allowed) {
        const int64_t width = x.size(-1);
        const Tensor q = torch::linear(query, inWeight.narrow(0, 0, width), inBias.narrow(0, 0, width));
        const auto keyValue =
            torch::linear(x, inWeight.narrow(0, width, 2 * width), inBias.narrow(0, width, 2 * width)).chunk(2, -1);
        return project(at::scaled_dot_product_attention(split(q), split(keyValue[0]), split(keyValue[1]), allowed));
    }

    int64_t heads;
    Tensor inWeight, inBias;
    torch::nn::Linear outProjection{nullptr};
};

struct Mlp : torch::nn::Module {
    Mlp(int width, int hidden, bool quick) : quickGelu(quick) {
        up = register_module("c_fc", torch::nn::Linear(width, hidden));
        down = register_module("c_proj", torch::nn::Linear(hidden, width));
    }

    Tensor forward(const Tensor& x) {
        const Tensor h = up(x);
        return down(quickGelu ? h * torch::sigmoid(1.702 * h) : torch::gelu(h));
    }

    bool quickGelu;
    torch::nn::Linear up{nullptr}, down{nullptr};
};

}  // namespace

class ResidualAttentionBlock : public torch::nn::Module {
  public:
    explicit ResidualAttentionBlock(const TransformerConfig& config) {
        const torch::nn::LayerNormOptions norm({config.width});
        ln1 = register_module("ln_1", torch::nn::LayerNorm(norm));
        attention = register_module("attn", std::make_shared<Attention>(config.width, config.heads));
        ln2 = register_module("ln_2", torch::nn::LayerNorm(norm));
        mlp = register_module(
            "mlp",
            std::make_shared<Mlp>(config.width, static_cast<int>(config.width * config.mlpRatio), config.quickGelu));
    }

    Tensor forward(const Tensor& x, bool causal) {
        const Tensor h = x + attention->forward(ln1(x), causal);
        return h + mlp->forward(ln2(h));
    }

    /// -> [n, 1, width]
    Tensor forwardPooled(const Tensor& x, const Tensor& positions, const std::optional<Tensor>& allowed) {
        const Tensor index = positions.view({-1, 1, 1}).expand({-1, 1, x.size(2)});
        const Tensor normalized = ln1(x);
        const Tensor h =
            x.gather(1, index) + attention->forwardPooled(normalized.gather(1, index), normalized, allowed);
        return h + mlp->forward(ln2(h));
    }

    torch::nn::LayerNorm ln1{nullptr}, ln2{nullptr};
    std::shared_ptr<Attention> attention;
    std::shared_ptr<Mlp> mlp;
};

Transformer::Transformer(const TransformerConfig& config) : m_config(config) {
    torch::nn::ModuleList list;
    for (int i = 0; i < config.layers; ++i) {
        m_blocks.push_back(std::make_shared<ResidualAttentionBlock>(config));
        list->push_back(m_blocks.back());
    }
    register_module("resblocks", list);
}

Tensor Transformer::forward(Tensor tokens, const Tensor& positions, bool causal) {
    for (size_t i = 0; i + 1 < m_blocks.size(); ++i)
        tokens = m_blocks[i]->forward(tokens, causal);
    std::optional<Tensor> allowed;
    if (causal) {
        const Tensor keys = torch::arange(tokens.size(1), positions.options());
        allowed = (keys.unsqueeze(0) <= positions.unsqueeze(1)).view({-1, 1, 1, tokens.size(1)});
    }
    return m_blocks.back()->forwardPooled(tokens, positions, allowed).squeeze(1);
}

void Transformer::initializeAsTextTower() {
    const double width = m_config.width;
    const double attentionStd = std::pow(width, -0.5);
    const double projectionStd = attentionStd * std::pow(2.0 * m_config.layers, -0.5);
    const double hiddenStd = std::pow(2.0 * width, -0.5);
    for (const auto& block : m_blocks) {
        torch::nn::init::normal_(block->attention->inWeight, 0.0, attentionStd);
        torch::nn::init::normal_(block->attention->outProjection->weight, 0.0, projectionStd);
        torch::nn::init::normal_(block->mlp->up->weight, 0.0, hiddenStd);
        torch::nn::init::normal_(block->mlp->down->weight, 0.0, projectionStd);
    }
}

}  // namespace diagonal
