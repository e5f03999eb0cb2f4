// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/packed_convolution.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"

namespace diagonal {

using torch::Tensor;

namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;
using Sizes = c10::SymIntArrayRef;

/// oneDNN's name of an activation, its numbers and its kind.
struct OneDnnActivation {
    std::string_view name;
    Scalars numbers;
    std::string_view algorithm;
};

OneDnnActivation oneDnn(Then then) {
    switch (then) {
        case Then::Relu:
            return {"relu", Scalars(), ""};
        case Then::Relu6:
            return {"hardtanh", Scalars({at::Scalar(0.0), at::Scalar(6.0)}), ""};
        case Then::Gelu:
            return {"gelu", Scalars(), "none"};
        case Then::Nothing:
            break;
    }
    return {"none", Scalars(), ""};
}

Tensor reordered(const Tensor& weight, const ConvShape& shape) {
    static const auto kReorder =
        c10::Dispatcher::singleton()
            .findSchemaOrThrow("mkldnn::_reorder_convolution_weight", "")
            .typed<Tensor(const Tensor&, Sizes, Sizes, Sizes, c10::SymInt, at::OptionalSymIntArrayRef)>();
    const c10::SymInt border = shape.border(), stride = shape.stride, one = 1;
    return kReorder.call(weight.contiguous(), Sizes({border, border}), Sizes({stride, stride}), Sizes({one, one}),
                         shape.groups, std::nullopt);
}

int64_t zerosForSame(int64_t side, const ConvShape& shape) {
    const int64_t outputs = (side + shape.stride - 1) / shape.stride;
    return std::max<int64_t>((outputs - 1) * shape.stride + shape.kernel - side, 0);
}

}  // namespace

Tensor padded(const Tensor& x, const ConvShape& shape) {
    if (shape.padding != Padding::Same) return x;
    const int64_t rows = zerosForSame(x.size(2), shape), columns = zerosForSame(x.size(3), shape);
    if (rows == 0 && columns == 0) return x;
    return torch::constant_pad_nd(x, {columns / 2, columns - columns / 2, rows / 2, rows - rows / 2});
}

Tensor activated(Tensor x, Then then) {
    switch (then) {
        case Then::Relu:
            return x.relu_();
        case Then::Relu6:
            return torch::hardtanh_(x, 0, 6);
        case Then::Gelu:
            return at::GradMode::is_enabled() ? torch::gelu(x) : at::gelu_(x);
        case Then::Nothing:
            break;
    }
    return x;
}

void PackedConvolution::pack() const {
    const FoldedConvolution folded = m_fold();
    m_weight = at::hasMKLDNN() ? reordered(folded.weight, m_shape) : folded.weight;
    m_bias = folded.bias;
    m_fold = nullptr;
}

Tensor PackedConvolution::operator()(const Tensor& x) const {
    std::call_once(m_once, [this] { pack(); });
    const Tensor in = padded(x, m_shape);
    if (!at::hasMKLDNN())
        return activated(convolved(in, m_weight, m_bias, m_shape.stride, m_shape.border(), m_shape.groups), m_then);
    static const auto kConvolution =
        c10::Dispatcher::singleton()
            .findSchemaOrThrow("mkldnn::_convolution_pointwise", "")
            .typed<Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&, Sizes, Sizes, Sizes, c10::SymInt,
                          std::string_view, Scalars, std::optional<std::string_view>)>();
    const c10::SymInt border = m_shape.border(), stride = m_shape.stride, one = 1;
    const OneDnnActivation after = oneDnn(m_then);
    return kConvolution.call(in, m_weight, m_bias, Sizes({border, border}), Sizes({stride, stride}), Sizes({one, one}),
                             m_shape.groups, after.name, after.numbers, after.algorithm);
}

Tensor PackedConvolution::operator()(const Tensor& x, const Tensor& shortcut) const {
    std::call_once(m_once, [this] { pack(); });
    const Tensor in = padded(x, m_shape);
    if (!at::hasMKLDNN())
        return activated(shortcut + convolved(in, m_weight, m_bias, m_shape.stride, m_shape.border(), m_shape.groups),
                         m_then);
    static const auto kSum =
        c10::Dispatcher::singleton()
            .findSchemaOrThrow("mkldnn::_convolution_pointwise_", "binary")
            .typed<Tensor&(Tensor&, const Tensor&, const Tensor&, const std::optional<Tensor>&, Sizes, Sizes, Sizes,
                           c10::SymInt, std::string_view, std::optional<at::Scalar>, std::optional<std::string_view>,
                           Scalars, std::optional<std::string_view>)>();
    const c10::SymInt border = m_shape.border(), stride = m_shape.stride, one = 1;
    // Of activations this kernel knows one.
    const bool isRelu = m_then == Then::Relu;
    Tensor sum = shortcut;
    kSum.call(sum, in, m_weight, m_bias, Sizes({border, border}), Sizes({stride, stride}), Sizes({one, one}),
              m_shape.groups, "add", at::Scalar(1.0), isRelu ? std::optional<std::string_view>("relu") : std::nullopt,
              Scalars(), std::nullopt);
    return isRelu ? sum : activated(sum, m_then);
}

}  // namespace diagonal
