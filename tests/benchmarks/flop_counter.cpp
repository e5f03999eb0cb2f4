// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmarks/flop_counter.h"

#include <atomic>
#include <string_view>

#include "engine/base/libtorch.h"

namespace {

using torch::Tensor;

std::atomic<int64_t> counted = 0;

/// a [..., m, k] times b [..., k, n]
int64_t productFlops(const Tensor& a, const Tensor& b) {
    return 2 * a.numel() * b.size(-1);
}

/// query [..., queries, depth], key [..., length, depth]
int64_t attentionFlops(const Tensor& query, const Tensor& key, int64_t products) {
    return products * 2 * query.numel() * key.size(-2);
}

int64_t convolutionFlops(c10::ArrayRef<const c10::IValue> inputs) {
    const Tensor &x = inputs[0].toTensor(), &weight = inputs[1].toTensor();
    // One number for all directions, or one for each.
    const auto at = [&](size_t argument, int64_t direction) {
        const auto numbers = inputs[argument].toIntVector();
        return numbers[numbers.size() == 1 ? 0 : static_cast<size_t>(direction)];
    };
    int64_t flops = 2 * x.size(0) * weight.numel();
    for (int64_t i = 0; i + 2 < x.dim(); ++i) {
        const int64_t kernel = at(5, i) * (weight.size(i + 2) - 1) + 1;
        flops *= (x.size(i + 2) + 2 * at(4, i) - kernel) / at(3, i) + 1;
    }
    return flops;
}

int64_t convolutionGradientFlops(c10::ArrayRef<const c10::IValue> inputs) {
    const Tensor &slope = inputs[0].toTensor(), &weight = inputs[2].toTensor();
    const auto wanted = inputs.back().toBoolList();
    const int64_t one = 2 * slope.numel() / slope.size(1) * weight.numel();
    return (wanted[0] ? one : 0) + (wanted[1] ? one : 0);
}

int64_t flopsOf(std::string_view name, c10::ArrayRef<const c10::IValue> inputs) {
    const auto tensor = [&](size_t i) -> const Tensor& { return inputs[i].toTensor(); };
    if (name == "aten::mm" || name == "aten::bmm") return productFlops(tensor(0), tensor(1));
    if (name == "aten::addmm" || name == "aten::addmm_" || name == "aten::baddbmm")
        return productFlops(tensor(1), tensor(2));
    if (name == "mkldnn::_linear_pointwise") return 2 * tensor(0).numel() * tensor(1).size(0);
    if (name == "aten::convolution") return convolutionFlops(inputs);
    if (name == "aten::convolution_backward") return convolutionGradientFlops(inputs);
    // All but the fallback, which is made of products: …_flash_attention, …_efficient_attention, …_cudnn_attention
    if (!name.starts_with("aten::_scaled_dot_product_") || name.find("_math") != name.npos) return 0;
    constexpr int64_t kForward = 2, kBackward = 5;  // products; the gradient makes the scores anew
    const bool isGradient = name.find("_backward") != name.npos;
    return isGradient ? attentionFlops(tensor(1), tensor(2), kBackward)
                      : attentionFlops(tensor(0), tensor(1), kForward);
}

std::unique_ptr<at::ObserverContext> onCall(const at::RecordFunction& call) {
    counted += flopsOf(call.name(), call.inputs());
    return nullptr;
}

}  // namespace

FlopCounter::FlopCounter() {
    counted = 0;
    m_callback = at::addGlobalCallback(
        at::RecordFunctionCallback(&onCall).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
}

FlopCounter::~FlopCounter() {
    at::removeCallback(m_callback);
}

int64_t FlopCounter::flops() const {
    return counted;
}
