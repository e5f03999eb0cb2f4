// SPDX-License-Identifier: Apache-2.0
#include "engine/model/quantized.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/cpu/Utils.h>
#include <ATen/native/quantized/PackedParams.h>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

namespace {

using Params = c10::intrusive_ptr<LinearPackedParamsBase>;

constexpr int64_t kLargest = 127;

/// Without VNNI the kernels add products in 16 bits, where inputs of 8 bits overflow: they get 7.
bool reducesRange() {
    return !at::cpu::is_avx512_vnni_supported();
}

Params pack(const Tensor& quantized, const Tensor& bias) {
    static const auto kPrepack = c10::Dispatcher::singleton()
                                     .findSchemaOrThrow("quantized::linear_prepack", "")
                                     .typed<Params(Tensor, std::optional<Tensor>)>();
    try {
        return kPrepack.call(quantized, bias);
    } catch (const c10::Error&) {
        throw Error("--precision int8", "is not known to LibTorch on this processor", "Use fp32");
    }
}

}  // namespace

struct Int8Weight::Packed {
    Params params;
    bool reduceRange;
};

Int8Weight::Int8Weight(const Tensor& weight, const Tensor& bias) {
    const torch::NoGradGuard guard;
    const Tensor scales = (weight.abs().amax(1) / kLargest).clamp_min(1e-12);
    const Tensor quantized = at::quantize_per_channel(weight.contiguous(), scales,
                                                      torch::zeros(weight.size(0), torch::kLong), 0, torch::kQInt8);
    m_packed = std::make_unique<Packed>(Packed{pack(quantized, bias.contiguous()), reducesRange()});
}

Int8Weight::~Int8Weight() = default;

Tensor Int8Weight::operator()(const Tensor& x) const {
    return m_packed->params->apply_dynamic(x.contiguous(), m_packed->reduceRange);
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, const std::shared_ptr<Int8Weight>& int8) {
    return int8 && !at::GradMode::is_enabled() ? (*int8)(x) : torch::linear(x, weight, bias);
}

void quantize(torch::nn::Module& model) {
    for (const auto& module : model.modules())
        if (auto* layer = dynamic_cast<Quantizable*>(module.get())) layer->quantize();
}

}  // namespace diagonal
