// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <functional>

#include "engine/base/libtorch.h"
#include "tests/benchmarks/bench.h"
#include "tests/benchmarks/flop_counter.h"
#include "training/checks/run_checks.h"

using namespace diagonal;

namespace {

struct Timing {
    double seconds = 0;
    int64_t flops = 0;
};

/// Of one run among as many as fill a fifth of a second; the fastest of three such rounds.
Timing timingOf(const torch::Device& device, const std::function<void()>& run) {
    constexpr double kRound = 0.2;
    Timing timing;
    run();
    {
        const FlopCounter counter;
        run();
        wait(device);
        timing.flops = counter.flops();
    }
    const auto roundOf = [&](int runs) {
        wait(device);
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < runs; ++i)
            run();
        wait(device);
        return secondsSince(start) / runs;
    };
    timing.seconds = roundOf(1);
    const int runs = static_cast<int>(std::clamp(kRound / timing.seconds, 1.0, 1000.0));
    for (int i = 0; i < 3; ++i)
        timing.seconds = std::min(timing.seconds, roundOf(runs));
    return timing;
}

int64_t bytesOf(const TensorList& tensors) {
    int64_t bytes = 0;
    for (const auto& tensor : tensors)
        bytes += tensor.defined() ? static_cast<int64_t>(tensor.nbytes()) : 0;
    return bytes;
}

/// "    0.123       45.6      78.9": milliseconds, GFLOP/s (none where no product is made), GB/s.
void print(const Timing& timing, int64_t bytes) {
    std::printf("  %9.3f", timing.seconds * 1e3);
    if (timing.flops > 0)
        std::printf("  %9.0f", static_cast<double>(timing.flops) / timing.seconds / 1e9);
    else
        std::printf("  %9s", "");
    std::printf("  %7.1f", static_cast<double>(bytes) / timing.seconds / 1e9);
}

void timeOperation(const Operation& operation, int64_t batch, const torch::Device& device, CheckPrecision precision) {
    Sizes sizes = operation.real;
    sizes.batch = batch;
    const OperationCase one = operation.make(sizes);
    const auto inputs = onDevice(one.inputs, device, typeOf(precision));
    TensorList outputs;
    const auto forward = [&] {
        const torch::NoGradGuard noGrad;
        outputs = one.run(inputs);
    };
    std::printf("%-32s %s", operation.name.c_str(), nameOf(precision).c_str());
    const auto timing = timingOf(device, forward);
    const int64_t bytes = bytesOf(inputs) + bytesOf(outputs);
    print(timing, bytes);
    if (operation.differentiates) {
        const auto slope = torch::ones_like(outputs[0]);
        // Reads what the forward pass does and the outputs' gradient, writes as many gradients as there are inputs.
        print(timingOf(device,
                       [&] {
                           for (const auto& input : inputs)
                               input.mutable_grad().reset();
                           one.run(inputs)[0].backward(slope);
                       }),
              2 * bytes);
    }
    std::printf("\n");
    std::fflush(stdout);
}

}  // namespace

int runOperations(const BenchOptions& options, const torch::Device& device) {
    std::printf("batch %lld on %s\n%-32s %4s  %9s  %9s  %7s  %9s  %9s  %7s\n",
                static_cast<long long>(options.batchSize), device.str().c_str(), "operation", "", "ms", "GFLOP/s",
                "GB/s", "ms +grad", "GFLOP/s", "GB/s");
    const auto wanted = options.isBf16() ? CheckPrecision::Bf16 : CheckPrecision::Fp32;
    for (const Operation& operation : operations()) {
        const auto precisions = precisionsOf(operation, device);
        if (operation.name.find(options.filter) == std::string::npos || precisions.empty()) continue;
        const bool has = std::ranges::find(precisions, wanted) != precisions.end();
        timeOperation(operation, options.batchSize, device, has ? wanted : CheckPrecision::Fp32);
    }
    return 0;
}
