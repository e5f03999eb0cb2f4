// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/layers.h"

#include <ATen/record_function.h>

#include <cmath>
#include <vector>

#include "engine/base/libtorch.h"
#include "engine/parts/recompute.h"

namespace diagonal {

using torch::Tensor;

namespace {

void recordProduct(int64_t flops) {
    const std::vector<c10::IValue> inputs(1, c10::IValue(flops));
    RECORD_FUNCTION("diagonal::product", inputs);
}

}  // namespace

Tensor normalizedRows(const Tensor& x) {
    return x / x.norm(2, -1, true).clamp_min(1e-12);
}

Tensor convolved(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding,
                 int64_t groups) {
    if (!x.is_meta()) {
        // oneDNN's gradient of a 1x1 weight writes past its workspace where stride > 1, channels are last and fewer
        // than 16 (https://github.com/uxlfoundation/oneDNN/issues/6035): wrong gradients, crashes, hangs. The places
        // between the steps are dropped first.
        const bool isPoint = weight.size(2) == 1 && weight.size(3) == 1 && padding == 0;
        if (!isPoint || stride == 1 || x.size(1) >= 16)
            return torch::conv2d(x, weight, bias, stride, padding, 1, groups);
        const auto every = torch::indexing::Slice(torch::indexing::None, torch::indexing::None, stride);
        return convolved(x.index({torch::indexing::Ellipsis, every, every}), weight, bias, 1, padding, groups);
    }
    const auto side = [&](int64_t i) { return (x.size(i) + 2 * padding - weight.size(i)) / stride + 1; };
    const Tensor y = torch::empty({x.size(0), weight.size(0), side(2), side(3)}, x.options());
    recordProduct(2 * y.size(0) * y.size(2) * y.size(3) * weight.numel());
    return y;
}

Tensor attended(const Tensor& query, const Tensor& key, const Tensor& value, const std::optional<Tensor>& mask,
                bool causal) {
    if (!query.is_meta()) return at::scaled_dot_product_attention(query, key, value, mask, 0.0, causal);
    recordProduct(2 * query.numel() * key.size(2) +
                  2 * query.numel() / query.size(3) * value.numel() / (value.size(0) * value.size(1)));
    return query.new_empty({query.size(0), query.size(1), query.size(2), value.size(3)});
}

Linear::Linear(const Scope& scope, int64_t in, int64_t out) : Linear(scope, in, out, Init::fanIn(in), Init::fanIn(in)) {
}

Linear::Linear(const Scope& scope, int64_t in, int64_t out, Init weightInit, std::optional<Init> biasInit) {
    weight = register_parameter("weight", scope.take("weight", {out, in}, weightInit));
    if (biasInit) bias = register_parameter("bias", scope.take("bias", {out}, *biasInit));
}

Tensor Linear::operator()(const Tensor& x) const {
    const Tensor output = linear(x, weight, bias, m_packed);
    return m_lowRank ? m_lowRank->added(output, x) : output;
}

LayerNorm::LayerNorm(const Scope& scope, int64_t width, double epsilon) : m_epsilon(epsilon) {
    weight = register_parameter("weight", scope.take("weight", {width}, Init::value(1)));
    bias = register_parameter("bias", scope.take("bias", {width}, Init::value(0)));
}

Tensor LayerNorm::operator()(const Tensor& x) const {
    // Autocast makes float32 of it on a GPU, and all that is added to it as well.
    if (x.is_meta()) return torch::empty_like(x);
    return torch::layer_norm(x, weight.sizes(), weight, bias, m_epsilon).to(x.scalar_type());
}

Conv2d::Conv2d(const Scope& scope, int64_t in, int64_t out, int64_t kernel, int64_t stride, bool hasBias)
    : m_stride(stride), m_padding(kernel == stride ? 0 : kernel / 2) {
    const Init init = Init::fanIn(in * kernel * kernel);
    weight = register_parameter("weight", scope.take("weight", {out, in, kernel, kernel}, init));
    if (hasBias) bias = register_parameter("bias", scope.take("bias", {out}, init));
}

Tensor Conv2d::operator()(const Tensor& x) const {
    return convolved(x, weight, bias, m_stride, m_padding);
}

BatchNorm2d::BatchNorm2d(const Scope& scope, int64_t channels, double gain, double epsilon) : m_epsilon(epsilon) {
    weight = register_parameter("weight", scope.take("weight", {channels}, Init::value(gain)));
    bias = register_parameter("bias", scope.take("bias", {channels}, Init::value(0)));
    runningMean = register_buffer("running_mean", scope.take("running_mean", {channels}, Init::value(0)));
    runningVariance = register_buffer("running_var", scope.take("running_var", {channels}, Init::value(1)));
    // Counts training batches; no result depends on it.
    batches =
        register_buffer("num_batches_tracked", scope.take("num_batches_tracked", {}, Init::value(0)).to(torch::kLong));
}

Tensor BatchNorm2d::operator()(const Tensor& x) {
    if (x.is_meta()) return torch::empty_like(x);
    if (is_training() && isRecomputing())  // the batch is in the statistics already
        return torch::batch_norm(x, weight, bias, {}, {}, true, 0.1, m_epsilon, true);
    if (is_training()) batches.add_(1);
    return torch::batch_norm(x, weight, bias, runningMean, runningVariance, is_training(), 0.1, m_epsilon, true);
}

}  // namespace diagonal
