// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/EmptyTensor.h>
#include <ATen/InferSize.h>
#include <ATen/detail/HPUHooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/native/Resize.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>
#include <cstdlib>

#include "engine/base/libtorch.h"

/// A device that stands in for a GPU, under the name of one that nobody has here (HPU: modules cannot be moved to
/// PrivateUse1, LibTorch's own name for such things): its memory the computer's, its kernels the CPU's, one at
/// a time. It refuses what a GPU would: an operation on tensors of two devices. It counts what a GPU would wait for:
/// each number and each tensor that goes to the CPU. Included by one source of a program.
namespace stand_in {

inline std::atomic<int64_t> waits = 0;  ///< transfers to the CPU that the host waits for at once
inline std::atomic<int64_t> joins =
    0;  ///< events that the host waited for: what went before, not all that is under way
inline std::atomic<int64_t> uploads = 0;  ///< from it

/// While it lives, what is copied is the stand-in's own doing: a kernel of a GPU would copy nothing.
struct Own {
    Own() { ++depth; }
    ~Own() { --depth; }
    Own(const Own&) = delete;
    Own& operator=(const Own&) = delete;
    static inline thread_local int depth = 0;
};

inline const torch::Device kDevice(c10::DeviceType::HPU, 0);

struct Memory : c10::Allocator {
    static void release(void* data) { std::free(data); }
    c10::DataPtr allocate(size_t bytes) override {
        void* data = bytes == 0 ? nullptr : std::aligned_alloc(64, (bytes + 63) / 64 * 64);
        return {data, data, &release, kDevice};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void* target, const void* source, size_t bytes) const override {
        default_copy_data(target, source, bytes);
    }
};

/// One device with one stream, on which all is done when it is asked for.
struct Guard : c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::HPU> {
    static c10::Stream stream() { return c10::Stream(c10::Stream::DEFAULT, kDevice); }
    c10::Device exchangeDevice(c10::Device) const override { return kDevice; }
    c10::Device getDevice() const override { return kDevice; }
    c10::Stream getStream(c10::Device) const noexcept override { return stream(); }
    c10::Stream getNewStream(c10::Device, int) const override { return c10::Stream(c10::Stream::UNSAFE, kDevice, 1); }
    c10::Stream exchangeStream(c10::Stream) const noexcept override { return stream(); }
    void record(void**, const c10::Stream&, c10::DeviceIndex, c10::EventFlag) const override {}
    void block(void*, const c10::Stream&) const override {}
    bool queryEvent(void*) const override { return true; }
    void synchronizeEvent(void*) const override { ++joins; }
};

struct Hooks : at::HPUHooksInterface {
    explicit Hooks(at::HPUHooksArgs) {}
    void init() const override {}
    bool isBuilt() const override { return true; }
    bool isAvailable() const override { return true; }
    bool hasHPU() const override { return true; }
    bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
    c10::DeviceIndex deviceCount() const override { return 1; }
    c10::DeviceIndex getCurrentDevice() const override { return 0; }
    at::Device getDeviceFromPtr(void*) const override { return kDevice; }
    const at::Generator& getDefaultGenerator(c10::DeviceIndex) const override {
        return at::globalContext().defaultGenerator(torch::kCPU);
    }
    at::Generator getNewGenerator(c10::DeviceIndex) const override { return getDefaultGenerator(0).clone(); }
    at::Allocator* getPinnedMemoryAllocator() const override { return c10::GetCPUAllocator(); }
};

inline at::Tensor empty(c10::IntArrayRef size, std::optional<at::ScalarType> type, std::optional<at::Layout>,
                        std::optional<at::Device>, std::optional<bool>, std::optional<at::MemoryFormat> format) {
    return at::detail::empty_generic(size, c10::GetAllocator(c10::DeviceType::HPU),
                                     c10::DispatchKeySet(c10::DispatchKey::HPU), c10::dtype_or_default(type), format);
}

inline at::Tensor emptyStrided(c10::IntArrayRef size, c10::IntArrayRef stride, std::optional<at::ScalarType> type,
                               std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
    return at::detail::empty_strided_generic(size, stride, c10::GetAllocator(c10::DeviceType::HPU),
                                             c10::DispatchKeySet(c10::DispatchKey::HPU), c10::dtype_or_default(type));
}

/// The same memory, seen as a tensor of the CPU.
inline at::Tensor onCpu(const at::Tensor& tensor) {
    if (tensor.is_cpu()) return tensor;
    return at::from_blob(tensor.mutable_data_ptr(), tensor.sizes(), tensor.strides(),
                         tensor.options().device(torch::kCPU).requires_grad(false));
}

inline at::Tensor copyFrom(const at::Tensor& self, const at::Tensor& target, bool nonBlocking) {
    if (!self.is_cpu() && target.is_cpu()) waits += Own::depth == 0 && !nonBlocking;
    if (self.is_cpu() && !target.is_cpu()) uploads += Own::depth == 0;
    onCpu(target).copy_(onCpu(self));
    return target;
}

inline at::Tensor copyFromAndResize(const at::Tensor& self, const at::Tensor& target) {
    if (target.sizes() != self.sizes()) at::native::resize_(target, self.sizes(), std::nullopt);
    onCpu(target).copy_(onCpu(self));
    return target;
}

inline at::Scalar localScalar(const at::Tensor& self) {
    waits += Own::depth == 0;
    return at::_local_scalar_dense(onCpu(self));
}

inline at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                              c10::SymIntArrayRef stride, c10::SymIntArrayRef padding, c10::SymIntArrayRef dilation,
                              bool transposed, c10::SymIntArrayRef outputPadding, c10::SymInt groups) {
    const Own own;
    const auto host = bias && bias->defined() ? std::optional(onCpu(*bias)) : std::nullopt;
    return at::convolution_symint(onCpu(input), onCpu(weight), host, stride, padding, dilation, transposed,
                                  outputPadding, std::move(groups))
        .to(kDevice);
}

inline std::tuple<at::Tensor, at::Tensor, at::Tensor> convolutionBackward(
    const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight, c10::SymIntArrayRef stride,
    c10::SymIntArrayRef padding, c10::SymIntArrayRef dilation, bool transposed, c10::SymIntArrayRef outputPadding,
    c10::SymInt groups, std::array<bool, 3> wanted) {
    const Own own;
    const c10::SymInt channels = weight.sym_size(0);
    auto [a, b, c] = at::convolution_backward_symint(onCpu(gradient), onCpu(input), onCpu(weight),
                                                     c10::SymIntArrayRef(&channels, 1), stride, padding, dilation,
                                                     transposed, outputPadding, std::move(groups), wanted);
    const auto back = [](const at::Tensor& tensor) { return tensor.defined() ? tensor.to(kDevice) : tensor; };
    return {back(a), back(b), back(c)};
}

/// Writes into the running statistics, which its schema does not tell.
inline std::tuple<at::Tensor, at::Tensor, at::Tensor> batchNorm(const at::Tensor& input,
                                                                const std::optional<at::Tensor>& weight,
                                                                const std::optional<at::Tensor>& bias,
                                                                const std::optional<at::Tensor>& mean,
                                                                const std::optional<at::Tensor>& variance,
                                                                bool training, double momentum, double epsilon) {
    const Own own;
    const auto host = [](const std::optional<at::Tensor>& tensor) {
        return tensor && tensor->defined() ? std::optional(onCpu(*tensor)) : std::nullopt;
    };
    const auto [out, savedMean, savedScale] = at::native_batch_norm(onCpu(input), host(weight), host(bias), host(mean),
                                                                    host(variance), training, momentum, epsilon);
    return {out.to(kDevice), savedMean.to(kDevice), savedScale.to(kDevice)};
}

/// The CPU's kernel, where all tensors but single numbers lie here.
inline void fallback(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
    bool here = false, elsewhere = false;
    const auto look = [&](const at::Tensor& tensor) {
        if (!tensor.defined()) return;
        here = here || tensor.is_hpu();
        elsewhere = elsewhere || (tensor.is_cpu() && tensor.dim() > 0);
    };
    for (const c10::IValue& value : torch::jit::last(*stack, op.schema().arguments().size())) {
        if (value.isTensor()) look(value.toTensor());
        if (value.isTensorList())
            for (const at::Tensor& tensor : value.toTensorVector())
                look(tensor);
    }
    TORCH_CHECK(!here || !elsewhere, op.schema().name(), ": tensors of two devices");
    const Own own;
    at::native::cpu_fallback(op, stack);
}

inline void install() {
    static Memory memory;
    c10::SetAllocator(c10::DeviceType::HPU, &memory);
}

C10_REGISTER_GUARD_IMPL(HPU, Guard);

TORCH_LIBRARY_IMPL(_, HPU, m) {
    m.fallback(torch::CppFunction::makeFromBoxedFunction<&fallback>());
}

TORCH_LIBRARY_IMPL(aten, HPU, m) {
    m.impl("empty.memory_format", &empty);
    m.impl("empty_strided", &emptyStrided);
    m.impl("as_strided", &at::native::as_strided_tensorimpl);
    m.impl("view", [](const at::Tensor& self, c10::IntArrayRef size) { return at::native::view(self, size); });
    m.impl("_reshape_alias", [](const at::Tensor& self, c10::IntArrayRef size, c10::IntArrayRef stride) {
        return at::native::_reshape_alias(self, size, stride);
    });
    m.impl("unfold", &at::native::unfold);
    m.impl("native_batch_norm", &batchNorm);
    m.impl("_copy_from", &copyFrom);
    m.impl("_copy_from_and_resize", &copyFromAndResize);
    m.impl("_local_scalar_dense", &localScalar);
    m.impl("record_stream", [](at::Tensor&, c10::Stream) {});
    m.impl("convolution_overrideable", &convolution);
    m.impl("convolution_backward_overrideable", &convolutionBackward);
}

}  // namespace stand_in

namespace at {
using StandInHooks = stand_in::Hooks;
C10_REGISTER_CLASS(HPUHooksRegistry, HPUHooks, StandInHooks);
}  // namespace at
