// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/packed_weight.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/cpu/Utils.h>
#include <ATen/native/quantized/PackedParams.h>

#include <atomic>
#include <mutex>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/half_weights.h"

namespace diagonal {

using torch::Tensor;

namespace {

template <typename Signature>
c10::TypedOperatorHandle<Signature> findOperator(const char* name) {
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

/// The kernels want a bias.
Tensor orZeros(const Tensor& bias, const Tensor& weight) {
    return bias.defined() ? bias : torch::zeros({weight.size(0)}, weight.options().requires_grad(false));
}

class BlockedWeight : public PackedWeight {
  public:
    BlockedWeight(const Tensor& weight, const Tensor& bias) : m_plain(weight), m_bias(orZeros(bias, weight)) {}

    Tensor operator()(const Tensor& x) const override {
        if (!m_used.exchange(true)) return torch::linear(x, m_plain, m_bias);
        std::call_once(m_once, [this] { pack(); });
        static const auto kLinear =
            findOperator<Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&, std::string_view,
                                c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>)>(
                "mkldnn::_linear_pointwise");
        return kLinear.call(x.contiguous(), m_packed, m_bias, "none", c10::List<std::optional<at::Scalar>>(),
                            std::nullopt);
    }

  private:
    void pack() const {
        static const auto kReorder =
            findOperator<Tensor(const Tensor&, std::optional<c10::SymInt>)>("mkldnn::_reorder_linear_weight");
        m_packed = kReorder.call(m_plain.contiguous(), c10::SymInt(kRows));
    }

    static constexpr int64_t kRows = 1024;  ///< of x, for which the layout is chosen; it serves any number

    Tensor m_plain, m_bias;
    mutable Tensor m_packed;
    mutable std::once_flag m_once;
    mutable std::atomic<bool> m_used = false;
};

class Int8Weight : public PackedWeight {
  public:
    Int8Weight(const Tensor& weight, const Tensor& bias) {
        static const auto kPrepack = findOperator<Params(Tensor, std::optional<Tensor>)>("quantized::linear_prepack");
        const Tensor scales = (weight.abs().amax(1) / kLargest).clamp_min(1e-12);
        const Tensor quantized = at::quantize_per_channel(weight.contiguous(), scales,
                                                          torch::zeros(weight.size(0), torch::kLong), 0, torch::kQInt8);
        m_params = kPrepack.call(quantized, orZeros(bias, weight).contiguous());
    }

    Tensor operator()(const Tensor& x) const override { return m_params->apply_dynamic(x.contiguous(), m_reduceRange); }

  private:
    using Params = c10::intrusive_ptr<LinearPackedParamsBase>;
    static constexpr int64_t kLargest = 127;

    Params m_params;
    /// Without VNNI the kernels add products in 16 bits, where inputs of 8 bits overflow: they get 7.
    bool m_reduceRange = !at::cpu::is_avx512_vnni_supported();
};

}  // namespace

std::shared_ptr<PackedWeight> packBlocks(const Tensor& weight, const Tensor& bias) {
    return at::hasMKLDNN() ? std::make_shared<BlockedWeight>(weight, bias) : nullptr;
}

bool isBf16Packed() {
    return at::hasMKLDNN() && findOperator<bool()>("mkldnn::_is_mkldnn_bf16_supported").call();
}

std::shared_ptr<PackedWeight> packInt8(const Tensor& weight, const Tensor& bias) {
    try {
        return std::make_shared<Int8Weight>(weight, bias);
    } catch (const c10::Error&) {
        throw Error("--precision int8", "is not known to LibTorch on this processor", "Use fp32");
    }
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, const std::shared_ptr<PackedWeight>& packed) {
    if (packed && !at::GradMode::is_enabled()) return (*packed)(x);
    return weight.scalar_type() == torch::kBFloat16 && x.scalar_type() == torch::kFloat
               ? linearOfHalf(x, weight, bias)
               : torch::linear(x, weight, bias);
}

void packWeights(torch::nn::Module& model, std::string_view precision) {
    const bool isBlocked = precision == "fp32" || (precision == "bf16" && isBf16Packed());
    if (!isBlocked && precision != "int8") return;
    const Pack how = isBlocked ? packBlocks : packInt8;
    const torch::NoGradGuard guard;
    for (const auto& module : model.modules())
        if (auto* layer = dynamic_cast<Packable*>(module.get())) layer->pack(how);
}

}  // namespace diagonal
