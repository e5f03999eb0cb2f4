// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "tests/benchmarks/bench.h"
#include "training/checks/run_checks.h"

using namespace diagonal;

int runChecks(const BenchOptions&, const torch::Device& device) {
    constexpr int kShapes = 8;
    int failed = 0;
    const auto print = [&failed](const CheckOutcome& outcome) {
        failed += outcome.passed() ? 0 : 1;
        std::printf("%s  %-40s %s  %.1e of %.0e  %s\n", outcome.passed() ? "ok  " : "FAIL", outcome.name.c_str(),
                    outcome.precision.c_str(), outcome.error, outcome.allowed, outcome.problem.c_str());
        std::fflush(stdout);
    };
    for (const CheckOutcome& outcome : checkOperations(device, kShapes))
        print(outcome);
    for (const ModelCheck& check : modelChecks())
        print(checkModelOn(device, check));
    return failed == 0 ? 0 : 1;
}
