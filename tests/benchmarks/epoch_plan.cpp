// SPDX-License-Identifier: Apache-2.0
// What opening a data set and planning its epochs takes: diagonal-epoch-plan SPEC [BATCH_SIZE]

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

#include "engine/base/error.h"
#include "training/data/fingerprint.h"
#include "training/data/sampler.h"

using namespace diagonal;

namespace {

void timed(const char* what, const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%-22s %7.2f s, peak %7.0f MB\n", what, seconds, static_cast<double>(usage.ru_maxrss) * 1024 / 1e6);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: diagonal-epoch-plan SPEC [BATCH_SIZE]\n");
        return 2;
    }
    try {
        const SamplerOptions options{.batchSize = argc > 2 ? std::atoi(argv[2]) : 1024};
        std::shared_ptr<const Dataset> dataset;
        timed("open", [&] { dataset = openDataset(argv[1]); });
        timed("fingerprint", [&] { std::printf("%s\n", fingerprint(*dataset).c_str()); });
        std::optional<EpochPlanner> planner;
        timed("number the captions", [&] { planner.emplace(*dataset, options); });
        EpochPlan plans[2];
        for (int64_t epoch = 0; epoch < 3; ++epoch)
            timed("plan an epoch", [&] { plans[epoch % 2] = planner->plan(epoch); });
        std::printf("%zu images, %zu batches\n", dataset->size(), plans[0].starts.size() - 1);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
