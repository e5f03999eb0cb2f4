// SPDX-License-Identifier: Apache-2.0
#include "training/checks/run_checks.h"

#include <ATen/Context.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// Whether products of float32 on an NVIDIA GPU are made in TF32, for the life of the object.
class Tf32Scope {
  public:
    explicit Tf32Scope(bool on) : m_conv(get(at::Float32Op::CONV)), m_matmul(get(at::Float32Op::MATMUL)) {
        const auto precision = on ? at::Float32Precision::TF32 : at::Float32Precision::IEEE;
        set(at::Float32Op::CONV, precision);
        set(at::Float32Op::MATMUL, precision);
    }
    ~Tf32Scope() {
        set(at::Float32Op::CONV, m_conv);
        set(at::Float32Op::MATMUL, m_matmul);
    }
    Tf32Scope(const Tf32Scope&) = delete;
    Tf32Scope& operator=(const Tf32Scope&) = delete;

  private:
    static at::Float32Precision get(at::Float32Op of) {
        return at::globalContext().float32Precision(at::Float32Backend::CUDA, of);
    }
    static void set(at::Float32Op of, at::Float32Precision precision) {
        at::globalContext().setFloat32Precision(at::Float32Backend::CUDA, of, precision);
    }

    at::Float32Precision m_conv, m_matmul;
};

double allowedFor(const Operation& operation, CheckPrecision precision) {
    switch (precision) {
        case CheckPrecision::Bf16:
            return operation.bf16;
        case CheckPrecision::Tf32:
            return operation.bf16 / 2;
        case CheckPrecision::Fp32:
            break;
    }
    return operation.fp32;
}

TensorList gradientsOf(const TensorList& inputs, const Tensor& output, const Tensor& slope) {
    output.backward(slope.to(output.device(), output.scalar_type()));
    TensorList gradients;
    for (const Tensor& input : inputs)
        if (input.requires_grad())
            gradients.push_back(input.grad().defined() ? input.grad() : torch::zeros_like(input));
    return gradients;
}

/// The largest difference of two lists, as a share of a tensor's largest value.
struct Difference {
    double value = 0;
    std::string where;

    /// Small tensors count by the largest of all: one of them may be 0 but for rounding.
    void add(const TensorList& found, const TensorList& wanted, const std::string& what) {
        TORCH_CHECK(found.size() == wanted.size(), "other outputs than expected");
        std::vector<double> largest;
        for (const Tensor& tensor : wanted)
            largest.push_back(tensor.numel() == 0 ? 0 : tensor.abs().max().item<double>());
        const double floor = std::max(1e-6, 0.1 * *std::ranges::max_element(largest));
        for (size_t i = 0; i < found.size(); ++i) {
            TORCH_CHECK(found[i].sizes() == wanted[i].sizes(), what, " ", i, " has another shape than expected");
            const Tensor here = found[i].detach().cpu().to(torch::kDouble);
            const double share = (here - wanted[i]).abs().max().item<double>() / std::max(largest[i], floor);
            if (share <= value) continue;  // what is no number goes on
            value = std::isfinite(share) ? share : INFINITY;
            where = what + " " + std::to_string(i);
        }
    }
};

/// What a case's reference computes; gradients of its first output for a slope, where one is defined.
struct Wanted {
    Wanted(const OperationCase& one, const TensorList& inputs, bool differentiates) : outputs(one.reference(inputs)) {
        if (!differentiates) return;
        slope = torch::randn(outputs[0].sizes(), torch::kDouble).to(torch::kBFloat16).to(torch::kDouble);
        gradients = gradientsOf(inputs, outputs[0], slope);
    }

    Difference differenceOf(const Computation& computation, const TensorList& inputs) const {
        const TensorList found = computation(inputs);
        Difference difference;
        difference.add(found, outputs, "output");
        if (slope.defined()) difference.add(gradientsOf(inputs, found[0], slope), gradients, "gradient");
        return difference;
    }

    TensorList outputs, gradients;
    Tensor slope;
};

/// How far the reference itself goes where its inputs are off by rounding: far at a kink of max(x, 0).
double sensitivity(const OperationCase& one, const TensorList& inputs, const Wanted& wanted, double rounding) {
    constexpr int kTries = 8;
    double largest = 0;
    for (int i = 0; i < kTries; ++i) {
        const TensorList moved = onDevice(inputs, torch::kCPU, torch::kDouble);
        for (const Tensor& input : moved)
            if (input.is_floating_point()) input.detach().mul_(1 + rounding * torch::randn_like(input));
        largest = std::max(largest, wanted.differenceOf(one.reference, moved).value);
    }
    return largest;
}

/// Of numbers in a precision, as a share.
double roundingOf(CheckPrecision precision) {
    return std::ldexp(1, precision == CheckPrecision::Bf16 ? -8 : precision == CheckPrecision::Tf32 ? -11 : -22);
}

template <typename... Values>
std::string formatted(const char* format, Values... values) {
    char text[64];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

std::string nameOf(CheckPrecision precision) {
    return precision == CheckPrecision::Fp32 ? "fp32" : precision == CheckPrecision::Tf32 ? "TF32" : "bf16";
}

torch::ScalarType typeOf(CheckPrecision precision) {
    return precision == CheckPrecision::Bf16 ? torch::kBFloat16 : torch::kFloat;
}

TensorList onDevice(const TensorList& tensors, const c10::Device& device, torch::ScalarType type) {
    TensorList all;
    for (const Tensor& one : tensors) {
        const auto as = one.is_floating_point() ? type : one.scalar_type();
        all.push_back(one.detach().to(device, as, /*non_blocking=*/false, /*copy=*/true));
        all.back().set_requires_grad(one.requires_grad());
    }
    return all;
}

std::vector<CheckPrecision> precisionsOf(const Operation& operation, const c10::Device& device) {
    if (operation.runsOn && !operation.runsOn(device)) return {};
    if (operation.bf16 == 0) return {CheckPrecision::Fp32};
    if (!device.is_cuda()) return {CheckPrecision::Fp32, CheckPrecision::Bf16};
    return {CheckPrecision::Fp32, CheckPrecision::Tf32, CheckPrecision::Bf16};
}

Sizes smallSizes(uint64_t seed) {
    uint64_t state = seed;
    const auto draw = [&state](int64_t from, int64_t to) {  // splitmix64
        uint64_t x = state += 0x9E3779B97F4A7C15U;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
        return from + static_cast<int64_t>((x ^ (x >> 31)) % static_cast<uint64_t>(to - from + 1));
    };
    Sizes sizes;
    sizes.batch = draw(2, 8);
    sizes.length = draw(1, 7);
    sizes.heads = draw(1, 3);
    sizes.width = sizes.heads * 8 * draw(1, 3);
    sizes.patch = draw(1, 4);
    return sizes;
}

CheckOutcome checkOperation(const Operation& operation, const c10::Device& device, CheckPrecision precision,
                            const Sizes& sizes, uint64_t seed) {
    CheckOutcome outcome{operation.name, nameOf(precision), 0, allowedFor(operation, precision), {}};
    const std::string at = " (" + nameOf(sizes) + ", seed " + std::to_string(seed) + ")";
    try {
        const Tf32Scope tf32(precision == CheckPrecision::Tf32);
        const auto type = typeOf(precision);
        torch::manual_seed(seed);
        const OperationCase one = operation.make(sizes);
        const TensorList here = onDevice(one.inputs, device, type);
        const TensorList there = onDevice(onDevice(one.inputs, torch::kCPU, type), torch::kCPU, torch::kDouble);
        const Wanted wanted(one, there, operation.differentiates);
        const Difference difference = wanted.differenceOf(one.run, here);
        outcome.error = difference.value;
        if (outcome.error <= outcome.allowed) return outcome;
        if (outcome.error <= 2 * sensitivity(one, there, wanted, roundingOf(precision))) {
            outcome.error = outcome.allowed;  // these inputs tell nothing
            return outcome;
        }
        outcome.problem = difference.where + formatted(" is off by %.1e of %.1e", outcome.error, outcome.allowed) + at;
    } catch (const std::exception& error) {
        outcome.error = INFINITY;
        outcome.problem = firstLine(error.what()) + at;
    }
    return outcome;
}

std::vector<CheckOutcome> checkOperations(const c10::Device& device, int shapes) {
    std::vector<CheckOutcome> outcomes;
    for (const Operation& operation : operations())
        for (const CheckPrecision precision : precisionsOf(operation, device)) {
            CheckOutcome worst;
            for (int i = 0; i < shapes; ++i) {
                const auto seed = static_cast<uint64_t>(i);
                CheckOutcome one = checkOperation(operation, device, precision, smallSizes(seed), seed);
                if (i == 0 || one.error > worst.error) worst = std::move(one);
            }
            outcomes.push_back(std::move(worst));
        }
    return outcomes;
}

CheckOutcome checkModelOn(const c10::Device& device, const ModelCheck& check) {
    CheckOutcome outcome{check.name, "fp32", 0, check.tolerance, {}};
    try {
        const Tf32Scope exact(false);
        outcome.error = check.difference(device);
        if (!(outcome.error <= outcome.allowed))
            outcome.problem = formatted("is off by %.1e of %.1e", outcome.error, outcome.allowed);
    } catch (const std::exception& error) {
        outcome.error = INFINITY;
        outcome.problem = firstLine(error.what());
    }
    return outcome;
}

}  // namespace diagonal
