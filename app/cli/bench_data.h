// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "app/cli/command.h"
#include "engine/image/preprocess.h"

namespace diagonal {
class Tokenizer;
}

namespace diagonal::cli {

/// bench --task data: how fast batches are made of files.
struct DataBenchOptions {
    std::string data;
    int workers = 1;
    double cropScale = 0.9;
    bool fastDecode = false, plain = false;
};

void addDataBench(CLI::App* command, DataBenchOptions& options);

/// Makes all batches of one epoch; nothing is kept decoded. Throws Error, UsageError.
struct DataEpoch {
    std::function<void()> run;
    int64_t images = 0;
};
DataEpoch dataEpoch(const DataBenchOptions& options, const PreprocessConfig& preprocess,
                    const std::shared_ptr<const Tokenizer>& tokenizer, int batchSize, uint64_t seed);

}  // namespace diagonal::cli
