// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/reparam_convolution.h"

#include "engine/base/libtorch.h"
#include "engine/parts/image_towers/conv_tower.h"

namespace diagonal {

using torch::Tensor;

ReparamConvolution::ReparamConvolution(const Scope& scope, const ConvShape& shape, const Branches& branches)
    : m_shape(shape), m_then(branches.then) {
    for (const auto& [name, kernel] : branches.convolutions) {
        const size_t dot = name.find('.');
        const bool isNested = dot != std::string::npos;
        const auto folder = addFolder(*this, name.substr(0, dot));
        torch::nn::Module& parent = isNested ? *addFolder(*folder, name.substr(dot + 1)) : *folder;
        ConvShape one = shape;
        one.kernel = kernel;
        m_convolutions.push_back(addNormed(parent, scope / name, "conv", "bn", one, Then::Nothing, {torchInit(one)}));
    }
    if (branches.identity) m_identity = addChild<BatchNorm2d>(*this, scope, "identity", shape.out);
    if (branches.squeezed == 0) return;
    const ConvShape down{.in = shape.out, .out = branches.squeezed}, up{.in = branches.squeezed, .out = shape.out};
    const auto folder = addFolder(*this, "se");
    m_squeeze = addChild<Convolution>(*folder, scope / "se", "fc1", down, After{{}, Then::Relu}, torchInit(down));
    m_excite = addChild<Convolution>(*folder, scope / "se", "fc2", up, After{}, torchInit(up));
}

Tensor ReparamConvolution::sum(const Tensor& x) const {
    Tensor y;
    for (const auto& convolution : m_convolutions)
        y = y.defined() ? y + (*convolution)(x) : (*convolution)(x);
    if (!m_identity) return y;
    const Tensor passed = (*m_identity)(x);
    return y.defined() ? y + passed : passed;
}

Tensor ReparamConvolution::forward(const Tensor& x) const {
    const bool isPacked = m_packed && !at::GradMode::is_enabled();
    const Tensor y = isPacked ? (*m_packed)(x) : sum(x);
    if (m_squeeze) return activated(y * (*m_excite)((*m_squeeze)(y.mean({2, 3}, true))).sigmoid(), m_then);
    return isPacked ? y : activated(y, m_then);
}

FoldedConvolution ReparamConvolution::folded() const {
    const torch::NoGradGuard noGrad;
    FoldedConvolution all;
    const auto add = [&](const FoldedConvolution& one) {
        const int64_t border = (m_shape.kernel - one.weight.size(2)) / 2;
        const Tensor weight = torch::constant_pad_nd(one.weight, {border, border, border, border});
        all.weight = all.weight.defined() ? all.weight + weight : weight;
        all.bias = all.bias.defined() ? all.bias + one.bias : one.bias;
    };
    for (const auto& convolution : m_convolutions)
        add(convolution->folded());
    if (m_identity)
        add(diagonal::folded(identityKernel(m_shape, m_identity->weight.options().requires_grad(false)), *m_identity));
    return all;
}

void ReparamConvolution::pack(Pack) {
    m_packed =
        std::make_shared<PackedConvolution>(m_shape, m_squeeze ? Then::Nothing : m_then, [this] { return folded(); });
}

Tensor identityKernel(const ConvShape& shape, const torch::TensorOptions& options) {
    const int64_t inputs = shape.in / shape.groups, middle = shape.kernel / 2;
    Tensor kernel = torch::zeros({shape.out, inputs, shape.kernel, shape.kernel}, options);
    // Output c takes input c, which is input c % inputs of its group.
    kernel.select(3, middle).select(2, middle).copy_(torch::eye(inputs, options).repeat({shape.groups, 1}));
    return kernel;
}

}  // namespace diagonal
