// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <functional>
#include <vector>

#include "engine/base/libtorch.h"
#include "tests/benchmarks/bench.h"
#include "training/distributed/c10d_world.h"
#include "training/distributed/gradient_buckets.h"

using namespace diagonal;
using torch::Tensor;

/// Alone, each exchange gives back what it was given; but it goes all the way through the library.
int runWorld(const torch::Device& device) {
    Launch launch;
    launch.launcher = "diagonal-bench";
    launch.port = 29871;
    const auto world = joinWorld(launch);
    world->use(device);
    int failed = 0;
    const auto report = [&](const char* name, bool passed) {
        failed += passed ? 0 : 1;
        std::printf("%s  %s on %s\n", passed ? "ok  " : "FAIL", name, device.str().c_str());
        std::fflush(stdout);
    };
    for (const auto type : {torch::kFloat, torch::kBFloat16, torch::kLong}) {
        const Tensor rows =
            torch::arange(4096 * 8, torch::TensorOptions(type).device(device)).remainder(97).view({-1, 8});
        report("gather", world->gather(rows).equal(rows));
        report("sum to owners", world->sumToOwners(rows).equal(rows));
        report("shift", world->shift({rows})[0].equal(rows));
        const Tensor sum = rows.clone(), first = rows.clone(), begun = rows.clone();
        world->sum({sum});
        report("sum", sum.equal(rows));
        world->takeFirst({first});
        report("take first", first.equal(rows));
        world->beginSum(begun)();
        report("begin sum", begun.equal(rows));
    }
    report("largest", world->largest({3, -1}) == std::vector<int64_t>{3, -1});
    report("texts", world->texts("text") == std::vector<std::string>{"text"});
    std::vector<Tensor> weights;
    for (int64_t i = 1; i <= 40; ++i)
        weights.push_back(torch::randn({i * 100, 64}, torch::TensorOptions().device(device)).requires_grad_(true));
    GradientBuckets buckets(world, weights, 1 << 20);
    buckets.arm();
    Tensor loss = torch::zeros({}, torch::TensorOptions().device(device));
    for (const Tensor& weight : weights)
        loss = loss + weight.square().sum();
    loss.backward();
    buckets.finish();
    bool areSums = true;
    for (const Tensor& weight : weights)
        areSums = areSums && weight.grad().equal(2 * weight.detach());
    report("buckets beside backward", areSums);
    return failed == 0 ? 0 : 1;
}
