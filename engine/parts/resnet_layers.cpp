// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/resnet_layers.h"

#include <cmath>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

Tensor rectified(const Tensor& x) {
    return x.relu_();
}

Bottleneck::Bottleneck(const Scope& scope, int64_t in, int64_t planes, int64_t stride) : m_stride(stride) {
    const int64_t out = planes * kExpansion;
    m_conv1 = addChild<Conv2d>(*this, scope, "conv1", in, planes, 1);
    m_bn1 = addChild<BatchNorm2d>(*this, scope, "bn1", planes);
    m_conv2 = addChild<Conv2d>(*this, scope, "conv2", planes, planes, 3);
    m_bn2 = addChild<BatchNorm2d>(*this, scope, "bn2", planes);
    m_conv3 = addChild<Conv2d>(*this, scope, "conv3", planes, out, 1);
    m_bn3 = addChild<BatchNorm2d>(*this, scope, "bn3", out, 0.0);
    if (stride == 1 && in == out) return;
    const auto shortcut = register_module("downsample", std::make_shared<torch::nn::Module>("downsample"));
    m_shortcut = addChild<Conv2d>(*shortcut, scope / "downsample", "0", in, out, 1);
    m_shortcutNorm = addChild<BatchNorm2d>(*shortcut, scope / "downsample", "1", out);
}

Tensor Bottleneck::pool(const Tensor& x) const {
    return m_stride > 1 ? torch::avg_pool2d(x, m_stride) : x;
}

Tensor Bottleneck::forward(const Tensor& x) const {
    Tensor h = rectified((*m_bn1)((*m_conv1)(x)));
    h = pool(rectified((*m_bn2)((*m_conv2)(h))));
    h = (*m_bn3)((*m_conv3)(h));
    h += m_shortcut ? (*m_shortcutNorm)((*m_shortcut)(pool(x))) : x;
    return rectified(h);
}

AttentionPool::AttentionPool(const Scope& scope, int64_t grid, int64_t width, int64_t heads, int64_t out)
    : m_heads(heads) {
    const Init init = Init::normal(std::pow(static_cast<double>(width), -0.5));
    const Init biasInit = Init::uniform(std::pow(static_cast<double>(width), -0.5));
    m_positions =
        register_parameter("positional_embedding", scope.take("positional_embedding", {grid * grid + 1, width}, init));
    m_key = addChild<Linear>(*this, scope, "k_proj", width, width, init, biasInit);
    m_query = addChild<Linear>(*this, scope, "q_proj", width, width, init, biasInit);
    m_value = addChild<Linear>(*this, scope, "v_proj", width, width, init, biasInit);
    m_out = addChild<Linear>(*this, scope, "c_proj", width, out, init, biasInit);
}

Tensor AttentionPool::forward(const Tensor& features) const {
    Tensor x = features.flatten(2).transpose(1, 2);  // [n, grid * grid, width]
    x = torch::cat({x.mean(1, true), x}, 1) + m_positions;
    const auto split = [this](const Tensor& t) { return t.unflatten(-1, {m_heads, -1}).transpose(1, 2); };
    const Tensor pooled = attended(split((*m_query)(x.narrow(1, 0, 1))), split((*m_key)(x)), split((*m_value)(x)));
    return (*m_out)(pooled.transpose(1, 2).flatten(1));
}

}  // namespace diagonal
