// SPDX-License-Identifier: Apache-2.0
// What opening a data set and planning its epochs takes: diagonal-epoch-plan SPEC [BATCH_SIZE [SHUFFLE_BUFFER [read]]].
// Of shards and packs how often an epoch's images do not lie behind one another; with read, the time to read them from
// files that are not in memory.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>

#include "engine/base/error.h"
#include "training/data/fingerprint.h"
#include "training/data/parallel.h"
#include "training/data/read_ahead.h"
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

/// Places that do not begin within a megabyte behind the one before.
size_t jumps(const Dataset& dataset, size_t count, const std::function<size_t(size_t)>& imageAt) {
    size_t jumps = 0;
    Dataset::Place before;
    for (size_t i = 0; i < count; ++i) {
        const Dataset::Place place = dataset.place(imageAt(i));
        const uint64_t end = before.offset + before.size;
        jumps += place.file != before.file || place.offset < end || place.offset > end + (1 << 20) ? 1 : 0;
        before = place;
    }
    return jumps;
}

void forgetFiles(const Dataset& dataset) {
    std::set<std::filesystem::path> files;
    for (size_t i = 0; i < dataset.size(); ++i)
        files.insert(*dataset.place(i).file);
    for (const auto& path : files) {
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        ::fsync(file);
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        ::close(file);
    }
}

void readEpoch(const std::shared_ptr<const Dataset>& dataset, const std::shared_ptr<const EpochPlan>& plan,
               size_t buffer) {
    constexpr size_t kAtOnce = 64;
    std::optional<ReadAhead> ahead;
    if (!plan->reading.empty()) ahead.emplace(dataset, 0);
    for (size_t begin = 0; begin < plan->items.size(); begin += kAtOnce) {
        if (ahead) ahead->want(plan, 0, begin + kAtOnce + buffer);
        parallelFor(std::min(kAtOnce, plan->items.size() - begin), 2,
                    [&](size_t i) { (void)dataset->bytes(plan->items[begin + i].index); });
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: diagonal-epoch-plan SPEC [BATCH_SIZE [SHUFFLE_BUFFER [read]]]\n");
        return 2;
    }
    try {
        SamplerOptions options{.batchSize = argc > 2 ? std::atoi(argv[2]) : 1024};
        if (argc > 3) options.shuffleBuffer = static_cast<size_t>(std::atoll(argv[3]));
        std::shared_ptr<const Dataset> dataset;
        timed("open", [&] { dataset = openDataset(argv[1]); });
        timed("fingerprint", [&] { std::printf("%s\n", fingerprint(*dataset).c_str()); });
        std::optional<EpochPlanner> planner;
        timed("number the captions", [&] { planner.emplace(*dataset, options); });
        EpochPlan plans[2];
        for (int64_t epoch = 0; epoch < 3; ++epoch)
            timed("plan an epoch", [&] { plans[epoch % 2] = planner->plan(epoch); });
        std::printf("%zu images, %zu batches\n", dataset->size(), plans[0].starts.size() - 1);
        if (!ReadAhead::isFor(*dataset)) return 0;
        const EpochPlan& plan = plans[0];
        std::printf("%zu jumps between images, %zu where they are read ahead\n",
                    jumps(*dataset, plan.items.size(), [&](size_t i) { return plan.items[i].index; }),
                    plan.reading.empty() ? size_t{0} : jumps(*dataset, plan.reading[0].size(), [&](size_t i) {
                        return size_t{plan.reading[0][i]};
                    }));
        if (argc < 5) return 0;
        forgetFiles(*dataset);
        const auto shared = std::make_shared<const EpochPlan>(plan);
        timed("read an epoch", [&] { readEpoch(dataset, shared, options.shuffleBuffer); });
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
