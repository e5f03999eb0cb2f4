// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_data.h"

#include <algorithm>

#include "app/cli/signals.h"
#include "training/data/loader.h"

namespace diagonal::cli {

void addDataBench(CLI::App* command, DataBenchOptions& options) {
    command->add_option("--train-data", options.data, "data: what to load, as for train")->option_text("SPEC");
    command->add_option("--workers", options.workers, "data: threads that decode (default: 1)")
        ->option_text("N")
        ->check(CLI::Range(1, 256));
    command
        ->add_option("--crop-scale", options.cropScale,
                     "data: smallest random crop as a share of the picture; 1: no crops (default: 0.9)")
        ->option_text("X")
        ->check(CLI::Range(0.01, 1.0));
    command->add_flag("--fast-decode", options.fastDecode, "data: as for train");
    command->add_flag("--no-augment", options.plain, "data: no random crops, no mirror images");
}

DataEpoch dataEpoch(const DataBenchOptions& options, const PreprocessConfig& preprocess,
                    const std::shared_ptr<const Tokenizer>& tokenizer, int batchSize, uint64_t seed) {
    if (options.data.empty()) throw UsageError("--task data: --train-data says what to load.");
    const auto dataset = openDataset(options.data);
    LoaderOptions loading;
    loading.batchSize = batchSize;
    loading.preprocess = preprocess;
    loading.augment = !options.plain;
    loading.augmentation.smallestArea = static_cast<float>(options.cropScale);
    loading.fastDecode = options.fastDecode;
    loading.tokenizer = tokenizer;
    loading.seed = seed;
    loading.workers = options.workers;
    loading.dropLast = false;
    loading.cacheBytes = 0;
    const auto loader = std::make_shared<Loader>(dataset, loading);
    return {[loader] {
                for (int64_t i = 0; i < loader->batchesPerEpoch(); ++i)
                    loader->next(stopToken());
            },
            static_cast<int64_t>(dataset->size())};
}

}  // namespace diagonal::cli
