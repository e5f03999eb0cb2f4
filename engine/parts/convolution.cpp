// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/convolution.h"

#include <cmath>
#include <utility>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

Convolution::Convolution(const Scope& scope, const ConvShape& shape, After after, Init init)
    : m_shape(shape), m_after(std::move(after)) {
    weight = register_parameter(
        "weight", scope.take("weight", {shape.out, shape.in / shape.groups, shape.kernel, shape.kernel}, init));
    if (!m_after.norm) bias = register_parameter("bias", scope.take("bias", {shape.out}, Init::value(0)));
}

Tensor Convolution::sum(const Tensor& x, const Tensor& shortcut) const {
    if (m_packed && !at::GradMode::is_enabled()) return shortcut.defined() ? (*m_packed)(x, shortcut) : (*m_packed)(x);
    Tensor y = convolved(padded(x, m_shape), weight, bias, m_shape.stride, m_shape.border(), m_shape.groups);
    if (m_after.norm) y = (*m_after.norm)(y);
    if (shortcut.defined()) y += shortcut;
    return activated(y, m_after.then);
}

FoldedConvolution Convolution::folded() const {
    return m_after.norm ? diagonal::folded(weight, *m_after.norm) : FoldedConvolution{weight, bias};
}

void Convolution::pack(Pack) {
    m_packed = std::make_shared<PackedConvolution>(m_shape, m_after.then, [this] { return folded(); });
}

FoldedConvolution folded(const Tensor& weight, const BatchNorm2d& norm) {
    const torch::NoGradGuard noGrad;
    const Tensor scale =
        norm.weight.to(torch::kDouble) / (norm.runningVariance.to(torch::kDouble) + norm.epsilon()).sqrt();
    return {(weight * scale.view({-1, 1, 1, 1})).to(weight.scalar_type()),
            (norm.bias - norm.runningMean * scale).to(weight.scalar_type())};
}

Init torchInit(const ConvShape& shape) {
    const int64_t inputs = shape.in / shape.groups * shape.kernel * shape.kernel;
    return Init::uniform(1 / std::sqrt(static_cast<double>(inputs)));
}

Init heInit(const ConvShape& shape) {
    const int64_t outputs = shape.out / shape.groups * shape.kernel * shape.kernel;
    return Init::normal(std::sqrt(2.0 / static_cast<double>(outputs)));
}

std::shared_ptr<Convolution> addNormed(torch::nn::Module& parent, const Scope& scope, const std::string& name,
                                       const std::string& normName, const ConvShape& shape, Then then,
                                       const NormedInit& init) {
    const auto norm = addChild<BatchNorm2d>(parent, scope, normName, shape.out, init.gain, init.epsilon);
    return addChild<Convolution>(parent, scope, name, shape, After{norm, then}, init.weight);
}

}  // namespace diagonal
